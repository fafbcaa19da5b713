// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * What is run on a server: fixed scripts, to which everything that varies is an argument. Those of one service are equal for
 * all its sites, so that changes of many sites are checked and activated once.
 */
final class NginxCommands {
    private static final String CHECK = script("nginx-test.sh");
    private static final String ACTIVATE = script("nginx-reload.sh");
    private static final String CONFIRM = script("nginx-confirm.sh");

    private NginxCommands() {}

    /** Tests the configuration as it lies there, all of it. */
    static Command check(NginxSettings settings, String service) {
        return shell(
                CHECK,
                settings.configDir().child("nginx.conf").value(),
                settings.pidFile().value(),
                service);
    }

    /** Loads it, and waits until nothing older accepts connections. */
    static Command activate(NginxSettings settings) {
        return shell(
                        ACTIVATE,
                        settings.pidFile().value(),
                        settings.logDir().child("error.log").value(),
                        String.valueOf(settings.reloadSeconds()))
                .timeout(Duration.ofSeconds(settings.reloadSeconds() + 30L));
    }

    /** Proves that what a file holds is what is served. */
    static Command confirm(NginxSettings settings, HostPath file, NginxGeneration generation, String hostName) {
        NginxSettings.Listen listen = settings.listen().get(0);
        return shell(
                CONFIRM,
                settings.pidFile().value(),
                file.value(),
                generation.hash(),
                listen.local(),
                String.valueOf(listen.port()),
                hostName,
                generation.path());
    }

    /** What {@code sh -eu -s} reads to install nginx. */
    static String install() {
        return script("nginx-install.sh");
    }

    /** Succeeds when nginx is there. */
    static Command isInstalled() {
        return shell("# nginx is installed\nPATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\ncommand -v nginx >/dev/null");
    }

    private static Command shell(String script, String... arguments) {
        return Command.of("sh", "-c", script, "aegir").with(arguments);
    }

    /** A script without its comments, which would only travel, but for the first, by which people know it in a preview. */
    private static String script(String file) {
        String title = file.substring(0, file.lastIndexOf('.')).replace('-', ' ');
        return resource(file)
                .lines()
                .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                .collect(Collectors.joining("\n", "# " + title + "\n", "\n"));
    }

    /** The text of a file beside this class. */
    static String resource(String file) {
        try (InputStream in = NginxCommands.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
