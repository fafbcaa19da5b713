// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import java.util.List;
import java.util.stream.Collectors;

/** What keeps the logs of a service's sites short: a timer of systemd, and the service that it starts. */
final class LogUnits {
    /** A log of so many bytes is begun anew. */
    private static final int LONG = 10 * 1024 * 1024;

    private static final String PROGRAM = Scripts.script("logs-shorten.sh")
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(String::strip)
            .collect(Collectors.joining(" "));

    private LogUnits() {}

    static String service(PhpSettings settings) {
        List<String> words = List.of(
                "/bin/sh",
                "-c",
                PROGRAM,
                "aegir-logs",
                settings.pools().value(),
                settings.sites().value(),
                String.valueOf(LONG));
        return head(settings)
                + "[Service]\nType=oneshot\nExecStart=" + SystemdUnit.command(words) + "\n"
                + String.join(
                        "\n",
                        "TimeoutStartSec=1h",
                        "Nice=10",
                        "NoNewPrivileges=yes",
                        "CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_DAC_READ_SEARCH",
                        "ProtectSystem=strict",
                        "ReadWritePaths=" + settings.sites(),
                        "PrivateDevices=yes",
                        "PrivateNetwork=yes",
                        "PrivateTmp=yes",
                        "ProtectProc=invisible",
                        "ProtectKernelTunables=yes",
                        "ProtectKernelModules=yes",
                        "ProtectKernelLogs=yes",
                        "ProtectControlGroups=yes",
                        "ProtectClock=yes",
                        "ProtectHostname=yes",
                        // setpriv and tr ask who an account is.
                        "RestrictAddressFamilies=AF_UNIX",
                        "RestrictNamespaces=yes",
                        "RestrictRealtime=yes",
                        "RestrictSUIDSGID=yes",
                        "LockPersonality=yes",
                        "MemoryDenyWriteExecute=yes",
                        "SystemCallArchitectures=native",
                        "SystemCallFilter=@system-service",
                        "SystemCallErrorNumber=EPERM",
                        "");
    }

    static String timer(PhpSettings settings) {
        return head(settings)
                + "[Timer]\nOnCalendar=hourly\nRandomizedDelaySec=30min\n[Install]\nWantedBy=timers.target\n";
    }

    private static String head(PhpSettings settings) {
        return "# Written by Aegir, which finds changes made here.\n[Unit]\nDescription=Logs of Aegir sites with PHP "
                + settings.version() + "\n";
    }
}
