// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.DriftPolicy;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings of a service that nginx runs, as {@link NginxEngine} documents them, read and checked. */
record NginxSettings(
        HostPath configDir,
        HostPath sitesDir,
        HostPath logDir,
        HostPath pidFile,
        List<Listen> listen,
        Optional<String> resolver,
        DriftPolicy drift,
        boolean install,
        int reloadSeconds,
        int rehearsalPort) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._+-]+");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+]");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    static NginxSettings of(Settings settings) {
        HostPath configDir = plain(settings, "config-dir", "/etc/nginx");
        int reloadSeconds = settings.number("reload-timeout", 30);
        if (reloadSeconds < 1 || reloadSeconds > 600) {
            throw new InvalidValueException(
                    "setting reload-timeout", String.valueOf(reloadSeconds), "write 1 to 600 seconds");
        }
        return new NginxSettings(
                configDir,
                plain(settings, "sites-dir", configDir + "/aegir/sites"),
                plain(settings, "log-dir", "/var/log/nginx"),
                plain(settings, "pid-file", "/run/nginx.pid"),
                Stream.of(settings.text("listen").orElse("80, [::]:80").split(",", -1))
                        .map(text -> Listen.of(text.strip()))
                        .toList(),
                settings.text("resolver").map(NginxSettings::address),
                drift(settings),
                yes(settings, "install"),
                reloadSeconds,
                port(settings));
    }

    private static int port(Settings settings) {
        int port = settings.number("rehearsal-port", 20080);
        if (port < 1 || port > 65535) {
            throw new InvalidValueException("setting rehearsal-port", String.valueOf(port), "write a port");
        }
        return port;
    }

    /** The same service, where nobody but the server itself reaches it. */
    NginxSettings rehearsing() {
        return new NginxSettings(
                configDir,
                sitesDir,
                logDir,
                pidFile,
                List.of(Listen.of("127.0.0.1:" + rehearsalPort)),
                resolver,
                drift,
                install,
                reloadSeconds,
                rehearsalPort);
    }

    /** Where the configuration of a service goes that is not of one site. */
    HostPath serverFile() {
        return configDir.resolve("conf.d/aegir.conf");
    }

    /** The directory of the pages that the service itself shows. */
    HostPath pagesDir() {
        return configDir.resolve("aegir/pages");
    }

    /** The page of a site that is disabled. */
    HostPath disabledPage() {
        return pagesDir().child("disabled.html");
    }

    /** The page of a site that is being worked on. */
    HostPath maintenancePage() {
        return pagesDir().child("maintenance.html");
    }

    /** A path that may also stand in a pattern of an include, where other characters have a meaning. */
    private static HostPath plain(Settings settings, String name, String otherwise) {
        HostPath path = settings.path(name, otherwise);
        if (!PLAIN.matcher(path.value()).matches()) {
            throw new InvalidValueException("setting " + name, path.value(), "only letters, digits and / . _ + - here");
        }
        return path;
    }

    private static String address(String text) {
        if (!isAddress(text)) {
            throw new InvalidValueException("setting resolver", text, "write the address of a DNS server");
        }
        return text;
    }

    /** Whether a text is an address as nginx writes it, with IPv6 in brackets. */
    static boolean isAddress(String text) {
        return ADDRESS.matcher(text).matches();
    }

    private static boolean yes(Settings settings, String name) {
        String text = settings.text(name).orElse("false");
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidValueException("setting " + name, text, "write true or false");
        };
    }

    private static DriftPolicy drift(Settings settings) {
        String text = settings.text("drift").orElse("overwrite");
        return Stream.of(DriftPolicy.values())
                .filter(policy -> policy.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidValueException("setting drift", text, "write overwrite, keep or fail"));
    }

    /**
     * Where a server listens.
     *
     * @param text as nginx writes it
     * @param local the address under which the server itself reaches it
     * @param port the port
     */
    record Listen(String text, String local, int port) {
        static Listen of(String text) {
            String address = text.contains(":") ? text.substring(0, text.lastIndexOf(':')) : "*";
            String port = text.substring(text.lastIndexOf(':') + 1);
            boolean valid = (address.equals("*") || isAddress(address))
                    && PORT.matcher(port).matches()
                    && Integer.parseInt(port) <= 65535;
            if (!valid) {
                throw new InvalidValueException(
                        "setting listen",
                        text,
                        "write ports or addresses and ports, such as 80, [::]:80, 192.0.2.1:80");
            }
            String local = switch (address) {
                case "*", "0.0.0.0" -> "127.0.0.1";
                case "[::]" -> "::1";
                default -> address.replace("[", "").replace("]", "");
            };
            return new Listen(text, local, Integer.parseInt(port));
        }
    }
}
