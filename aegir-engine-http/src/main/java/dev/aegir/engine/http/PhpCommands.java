// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import java.time.Duration;

/**
 * What is run on a server: fixed scripts, to which everything that varies is an argument. Those that make configuration
 * effective are equal for all sites of a service, so that changes of many are activated once.
 */
final class PhpCommands {
    private static final String CHECK = Scripts.script("php-check.sh");
    private static final String ACTIVATE = Scripts.script("php-activate.sh");
    private static final String CONFIRM = Scripts.script("php-confirm.sh");
    private static final String ASK = Scripts.resource("php-ask.php").replaceFirst("^<\\?php\\s+(//[^\n]*\n)*", "");
    private static final String OFFLINE = Scripts.script("php-offline.sh");
    private static final String GONE = Scripts.script("php-gone.sh");
    private static final String IDLE = Scripts.script("php-idle.sh");
    private static final String CRON_CHECK = Scripts.script("cron-check.sh");
    private static final String CRON_ACTIVATE = Scripts.script("cron-activate.sh");
    private static final String CRON_RUN = Scripts.script("cron-run.sh");

    private PhpCommands() {}

    /** Tests the configuration of all pools as it lies there. */
    static Command check(PhpSettings settings) {
        return Scripts.shell(
                CHECK, settings.program().value(), settings.config().value(), settings.version(), settings.unit());
    }

    /** Tests the configuration of a php-fpm that one site has for itself. */
    static Command checkAlone(PhpSettings settings, HostPath file) {
        return Scripts.shell(
                CHECK, settings.program().value(), file.value(), settings.version(), settings.unit(), "alone");
    }

    /** Proves that a unit has another network than the server. */
    static Command confirmOffline(HostPath unit) {
        return Scripts.shell(OFFLINE, unit.name());
    }

    /** Starts php-fpm, or lets it read its configuration again. */
    static Command activate(PhpSettings settings) {
        return Scripts.shell(
                        ACTIVATE,
                        settings.unit(),
                        settings.dropIn().value(),
                        settings.bootFile().value(),
                        settings.sockets().value(),
                        settings.offlinePrefix())
                .timeout(Duration.ofSeconds(settings.reloadSeconds() + 120L));
    }

    /** Proves that what a file says is in effect: its pool starts a process, which answers with the file's generation. */
    static Command confirm(PhpSettings settings, HostPath file, HostPath socket, String generation) {
        return Scripts.shell(
                        CONFIRM,
                        file.value(),
                        generation,
                        settings.interpreter().value(),
                        socket.value(),
                        PhpPoolFile.PING,
                        String.valueOf(settings.reloadSeconds() + 15),
                        ASK)
                .timeout(Duration.ofSeconds(settings.reloadSeconds() + 30L));
    }

    /** Waits until the requests of a pool that nobody is led to any more are answered. */
    static Command idle(PhpSettings settings, HostPath socket) {
        return Scripts.shell(IDLE, socket.value(), String.valueOf(settings.reloadSeconds()))
                .timeout(Duration.ofSeconds(settings.reloadSeconds() + 30L));
    }

    /** Proves that a pool is gone. */
    static Command gone(PhpSettings settings, HostPath socket) {
        return Scripts.shell(GONE, socket.value(), String.valueOf(settings.reloadSeconds() + 15))
                .timeout(Duration.ofSeconds(settings.reloadSeconds() + 30L));
    }

    /** Tests units of systemd. */
    static Command checkUnits(HostPath service, HostPath timer) {
        return Scripts.shell(CRON_CHECK, service.value(), timer.value());
    }

    /** Timers run if they are there, and do not if they are not. */
    static Command activateCron(PhpSettings settings) {
        return Scripts.shell(CRON_ACTIVATE, settings.cronPrefix()).timeout(Duration.ofMinutes(3));
    }

    /** Runs a site's cron to its end. */
    static Command runCron(String unit) {
        return Scripts.shell(CRON_RUN, unit).timeout(Duration.ofMinutes(65));
    }
}
