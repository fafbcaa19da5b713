// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import java.time.Duration;

/**
 * What is run on a server: fixed scripts, to which everything that varies is an argument. Those of one service are equal for
 * all its sites, so that changes of many sites are checked and activated once.
 */
final class NginxCommands {
    private static final String CHECK = Scripts.script("nginx-test.sh");
    private static final String ACTIVATE = Scripts.script("nginx-reload.sh");
    private static final String CONFIRM = Scripts.script("nginx-confirm.sh");

    private static final String REHEARSE = Scripts.script("nginx-rehearse.sh");

    private NginxCommands() {}

    /** Tests the configuration as it lies there, all of it. */
    static Command check(NginxSettings settings, String service) {
        return Scripts.shell(
                CHECK,
                settings.configDir().child("nginx.conf").value(),
                settings.pidFile().value(),
                service);
    }

    /** Loads it, and waits until nothing older accepts connections. */
    static Command activate(NginxSettings settings) {
        return Scripts.shell(
                        ACTIVATE,
                        settings.pidFile().value(),
                        settings.logDir().child("error.log").value(),
                        String.valueOf(settings.reloadSeconds()))
                .timeout(Duration.ofSeconds(settings.reloadSeconds() + 30L));
    }

    /** Proves that what a file holds is what is served. */
    static Command confirm(NginxSettings settings, HostPath file, NginxGeneration generation, String hostName) {
        NginxSettings.Listen listen = settings.listen().get(0);
        return Scripts.shell(
                CONFIRM,
                settings.pidFile().value(),
                file.value(),
                generation.hash(),
                listen.local(),
                String.valueOf(listen.port()),
                hostName,
                generation.path());
    }

    /** Proves that a site answers, and not with an error. */
    static Command rehearse(NginxSettings settings, String hostName, String path) {
        NginxSettings.Listen listen = settings.listen().get(0);
        return Scripts.shell(REHEARSE, listen.local(), String.valueOf(listen.port()), hostName, path)
                .timeout(Duration.ofSeconds(90));
    }

    /** What {@code sh -eu -s} reads to install nginx. */
    static String install() {
        return Scripts.script("nginx-install.sh");
    }

    /** Succeeds when nginx is there. */
    static Command isInstalled() {
        return Scripts.shell(
                "# nginx is installed\nPATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\ncommand -v nginx >/dev/null");
    }
}
