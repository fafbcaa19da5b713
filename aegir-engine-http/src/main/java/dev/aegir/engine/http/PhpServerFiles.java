// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.HostPath;
import dev.aegir.model.Pool;

/** What a service has once, whatever its sites. */
final class PhpServerFiles {
    private static final String WRITTEN = " Written by Aegir, which finds changes made here.\n";

    private PhpServerFiles() {}

    /**
     * A pool that runs nothing, since php-fpm refuses to start without any, and how a reload goes: running requests may end,
     * where php-fpm's default is to break them off.
     */
    static PhpPoolFile pool(PhpSettings settings) {
        String generation = NginxGeneration.hash(pool(settings, ""));
        return new PhpPoolFile(pool(settings, generation), generation);
    }

    private static String pool(PhpSettings settings, String generation) {
        return ";" + WRITTEN + "[global]\n"
                + PhpIni.fixed("process_control_timeout", settings.reloadSeconds() + "s")
                + "[aegir]\n"
                + PhpIni.line("user", settings.webAccount())
                + PhpIni.line("group", settings.webAccount())
                + PhpIni.line("listen", settings.serverSocket().value())
                // Nobody but root, who asks whether the configuration is in effect.
                + PhpIni.fixed("listen.mode", "0600")
                + PhpIni.fixed("pm", "ondemand")
                + PhpIni.fixed("pm.max_children", "1")
                + PhpIni.fixed("pm.process_idle_timeout", "1s")
                + PhpIni.line("ping.path", PhpPoolFile.PING)
                + PhpIni.line("ping.response", generation)
                // No file is called so: even root runs nothing here.
                + PhpIni.fixed("security.limit_extensions", ".aegir-none")
                + PhpIni.entry("php_admin_value", "engine", "0");
    }

    /** The directories that must be there before php-fpm starts; what is in /run is gone with every boot. */
    static String boot(PhpSettings settings) {
        return "#" + WRITTEN
                + "d " + settings.sockets() + " 0750 root " + settings.webAccount() + " -\n"
                + "d " + settings.sites() + " 0711 root root -\n";
    }

    /**
     * What no program that php-fpm starts needs. It changes accounts and gives sockets away, so it keeps these capabilities.
     */
    static String dropIn(PhpSettings settings) {
        String body = confinement(settings);
        String generation = NginxGeneration.hash(body);
        return "#" + WRITTEN + "# Generation " + generation + "\n[Service]\n" + body
                // Rules count for what is started under them only.
                + "ExecStartPost=/bin/sh -c 'echo " + generation + " >" + settings.sockets() + "/rules'\n";
    }

    /**
     * A php-fpm for one site, which has no network: what answers to it on the server does so by a socket of the file system. What
     * would ask others in its stead is not there.
     */
    static String offlineUnit(Pool pool, PhpPoolFile file, PhpSettings settings) {
        String body = "[Unit]\nDescription=PHP " + settings.version() + " of Aegir site " + pool.owner()
                + ", without a network\n[Service]\nType=notify\nExecStart=" + settings.program()
                + " --nodaemonize --fpm-config " + settings.offlineFile(pool.owner()) + "\n"
                + confinement(settings)
                        .replace("NoNewPrivileges=no\n", "NoNewPrivileges=yes\n")
                        .replaceFirst("RestrictAddressFamilies=.*\n", "RestrictAddressFamilies=AF_UNIX\n")
                        .replaceFirst("IPAddressDeny=.*\n", "IPAddressDeny=any\n")
                + "PrivateNetwork=yes\n"
                + "InaccessiblePaths=-/run/dbus -/run/systemd/resolve -/run/nscd -/run/avahi-daemon\n"
                + "[Install]\nWantedBy=multi-user.target\n";
        return "# Aegir site " + pool.owner() + "\n#" + WRITTEN + "# Generation "
                + NginxGeneration.hash(body + file.generation()) + "\n" + body;
    }

    private static String confinement(PhpSettings settings) {
        return String.join(
                "\n",
                "Restart=on-failure",
                "NoNewPrivileges=" + (settings.setIdPrograms() ? "no" : "yes"),
                "PrivateTmp=yes",
                "PrivateDevices=yes",
                "ProtectSystem=full",
                "ProtectProc=invisible",
                "ProtectKernelTunables=yes",
                "ProtectKernelModules=yes",
                "ProtectKernelLogs=yes",
                "ProtectControlGroups=yes",
                "ProtectClock=yes",
                "ProtectHostname=yes",
                "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6" + (settings.setIdPrograms() ? " AF_NETLINK" : ""),
                "RestrictNamespaces=yes",
                "RestrictRealtime=yes",
                "RestrictSUIDSGID=yes",
                "LockPersonality=yes",
                "SystemCallArchitectures=native",
                "SystemCallFilter=@system-service",
                "SystemCallErrorNumber=EPERM",
                "CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_KILL"
                        + " CAP_SYS_RESOURCE",
                // Where clouds tell a machine its own credentials.
                "IPAddressDeny=169.254.169.254",
                "");
    }

    /** Debian's own pool, which would serve every site as one account. */
    static HostPath defaultPool(PhpSettings settings) {
        return settings.pools().child("www.conf");
    }
}
