// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.DriftPolicy;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Settings;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The settings of a service that php-fpm runs, as {@link PhpFpmEngine} documents them, read and checked. */
record PhpSettings(
        String version,
        HostPath sites,
        String webAccount,
        boolean setIdPrograms,
        int reloadSeconds,
        DriftPolicy drift) {
    private static final Set<String> KNOWN =
            Set.of("version", "sites", "web-account", "set-id-programs", "reload-timeout", "drift");

    static PhpSettings of(Settings settings) {
        Set<String> unknown = new TreeSet<>(settings.values().keySet());
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw new InvalidValueException(
                    "setting", unknown.iterator().next(), "php-fpm has " + new TreeSet<>(KNOWN));
        }
        String version = settings.text("version").orElse("8.2");
        if (!version.matches("[1-9][0-9]?\\.[0-9]{1,2}")) {
            throw new InvalidValueException("setting version", version, "write it like 8.2");
        }
        String web = settings.text("web-account").orElse("www-data");
        if (!web.matches("[a-z_][a-z0-9_-]{0,31}") || web.equals("root")) {
            throw new InvalidValueException(
                    "setting web-account", web, "write the account of the web server's workers, such as www-data");
        }
        int seconds = settings.number("reload-timeout", 5);
        if (seconds < 0 || seconds > 300) {
            throw new InvalidValueException(
                    "setting reload-timeout", String.valueOf(seconds), "write 0 to 300 seconds");
        }
        return new PhpSettings(
                version,
                plain("setting sites", settings.path("sites", "/srv/aegir/sites")),
                web,
                yes(settings, "set-id-programs"),
                seconds,
                drift(settings));
    }

    String unit() {
        return "php" + version + "-fpm";
    }

    HostPath program() {
        return HostPath.of("/usr/sbin/php-fpm" + version);
    }

    HostPath interpreter() {
        return HostPath.of("/usr/bin/php" + version);
    }

    HostPath config() {
        return HostPath.of("/etc/php/" + version + "/fpm/php-fpm.conf");
    }

    HostPath pools() {
        return HostPath.of("/etc/php/" + version + "/fpm/pool.d");
    }

    /** What is this engine's alone, and keeps php-fpm running when there is no site. */
    HostPath serverFile() {
        return pools().child("aegir.conf");
    }

    HostPath poolFile(Id site) {
        return pools().child("aegir-" + site + ".conf");
    }

    /** Where the sockets are, made again at every boot; not below /run/aegir, which is swept by the backends. */
    HostPath sockets() {
        return HostPath.of("/run/aegir-php" + version);
    }

    HostPath socket(Id site) {
        return sockets().child(site + ".sock");
    }

    HostPath serverSocket() {
        return sockets().child("aegir.sock");
    }

    HostPath bootFile() {
        return HostPath.of("/etc/tmpfiles.d/aegir-php" + version + ".conf");
    }

    HostPath dropIn() {
        return HostPath.of("/etc/systemd/system/" + unit() + ".service.d/aegir.conf");
    }

    /** The configuration of the php-fpm that a site without a network has for itself; the other one does not read it. */
    HostPath offlineFile(Id site) {
        return pools().child("aegir-" + site + ".offline");
    }

    /** How the units of sites without a network are called in the beginning. */
    String offlinePrefix() {
        return "aegir-php" + version + "-offline-";
    }

    HostPath offlineUnit(Id site) {
        return HostPath.of("/etc/systemd/system/" + offlinePrefix() + site + ".service");
    }

    /** How the units of all sites' cron are called in the beginning. */
    String cronPrefix() {
        return "aegir-php" + version + "-";
    }

    HostPath cronUnit(Id site, String type) {
        return HostPath.of("/etc/systemd/system/" + cronPrefix() + site + "." + type);
    }

    /** What keeps the logs of the sites short. */
    HostPath logUnit(String type) {
        return HostPath.of("/etc/systemd/system/" + cronPrefix() + "logs." + type);
    }

    /** A path that means itself wherever it stands. */
    static HostPath plain(String what, HostPath path) {
        if (!path.value().matches("(/[A-Za-z0-9_][A-Za-z0-9._+-]*)+")) {
            throw new InvalidValueException(what, path.value(), "only letters, digits and . _ + - between slashes");
        }
        return path;
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
}
