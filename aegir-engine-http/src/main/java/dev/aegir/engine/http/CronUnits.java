// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A site's cron as a service of systemd and the timer that starts it. */
final class CronUnits {
    /** After a boot, every site's first run comes within so many seconds. */
    private static final int FIRST_RUN = 15 * 60;

    private CronUnits() {}

    static String service(Pool pool, Pool.Cron cron, PhpSettings settings) {
        List<String> words = new ArrayList<>(List.of(
                "/usr/bin/flock",
                "--nonblock",
                // Programs left behind do not hold it.
                "--close",
                "--conflict-exit-code",
                "75",
                pool.home().child(".aegir").value()));
        words.addAll(cron.words());
        String environment = PhpPoolFile.environment(pool).entrySet().stream()
                .map(variable -> "Environment=" + SystemdUnit.variable(variable.getKey(), variable.getValue()) + "\n")
                .collect(Collectors.joining());
        return head(pool, settings)
                + lines(
                        "[Service]",
                        "Type=oneshot",
                        "User=" + pool.account(),
                        "Group=" + pool.account(),
                        "WorkingDirectory=/")
                + environment
                // While a site changes its runtime there are two timers for a moment, and still one run at a time.
                + lines("ExecStart=" + SystemdUnit.command(words), "SuccessExitStatus=75")
                + lines("TimeoutStartSec=1h", "UMask=0022", "Nice=5", "LimitCORE=0", "PrivateTmp=yes")
                + lines("ProtectHome=" + (belowHome(pool) ? "no" : "yes"), "IPAddressDeny=169.254.169.254")
                + (settings.setIdPrograms() && online(pool) ? lines("ProtectSystem=full") : confined(pool))
                + (online(pool)
                        ? ""
                        : lines(
                                "PrivateNetwork=yes",
                                "InaccessiblePaths=-/run/dbus -/run/systemd/resolve -/run/nscd -/run/avahi-daemon"));
    }

    private static boolean online(Pool pool) {
        return PhpLimits.of(pool.settings()).egress();
    }

    /** Under any of these, whatever changes its account does not. */
    private static String confined(Pool pool) {
        return lines(
                "NoNewPrivileges=yes",
                "CapabilityBoundingSet=",
                "ProtectSystem=strict",
                "ReadWritePaths=" + pool.home(),
                "PrivateDevices=yes",
                "ProtectProc=invisible",
                "ProtectKernelTunables=yes",
                "ProtectKernelModules=yes",
                "ProtectKernelLogs=yes",
                "ProtectControlGroups=yes",
                "ProtectClock=yes",
                "ProtectHostname=yes",
                "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
                "RestrictNamespaces=yes",
                "RestrictRealtime=yes",
                "RestrictSUIDSGID=yes",
                "LockPersonality=yes",
                "SystemCallArchitectures=native",
                "SystemCallFilter=@system-service",
                "SystemCallErrorNumber=EPERM");
    }

    static String timer(Pool pool, Pool.Cron cron, PhpSettings settings) {
        int seconds = cron.minutes() * 60;
        // By its id, so that it stays where it is whenever this is written, and sites do not all run at once.
        int first = 1 + Math.floorMod(pool.owner().value().hashCode(), Math.min(seconds, FIRST_RUN));
        return head(pool, settings)
                + lines(
                        "[Timer]",
                        "OnActiveSec=" + first + "s",
                        "OnUnitActiveSec=" + seconds + "s",
                        "AccuracySec=5s",
                        "[Install]",
                        "WantedBy=timers.target");
    }

    private static boolean belowHome(Pool pool) {
        return Stream.of("/home/", "/root/", "/run/user/")
                .anyMatch(directory -> pool.home().value().startsWith(directory));
    }

    private static String head(Pool pool, PhpSettings settings) {
        return lines(
                "# Aegir site " + pool.owner(),
                "# Written by Aegir, which finds changes made here.",
                "[Unit]",
                "Description=Cron of Aegir site " + pool.owner() + " with PHP " + settings.version());
    }

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }
}
