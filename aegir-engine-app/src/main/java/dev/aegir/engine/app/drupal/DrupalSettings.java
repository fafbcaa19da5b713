// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.host.FileChange;
import dev.aegir.host.SecretText;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Site;
import dev.aegir.spi.ApplicationRequest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a site's settings file says: all that differs between the sites of one codebase. */
final class DrupalSettings {
    private static final String PASSWORD = "{{db.password}}";
    private static final String SALT = "{{hash.salt}}";

    private static final String LOCAL = """
            if (is_readable(__DIR__ . '/settings.local.php')) {
              include __DIR__ . '/settings.local.php';
            }
            """;

    /** Core brings a way to send mail that keeps it instead; where mail is sent by another, it is told so as well. */
    private static final String NO_MAIL = """
            $config['system.mail']['interface']['default'] = 'test_mail_collector';
            $config['system.mail']['mailer_dsn'] = ['scheme' => 'null', 'host' => 'null'];
            $config['mailsystem.settings']['defaults']['sender'] = 'test_mail_collector';
            """;

    private DrupalSettings() {}

    private static boolean mail(Site site) {
        String mail = site.settings().text("mail").orElse("on");
        if (!mail.equals("on") && !mail.equals("off")) {
            throw new InvalidValueException("mail", mail, "write on or off");
        }
        return mail.equals("on");
    }

    static HostPath directory(HostPath home) {
        return home.child("settings");
    }

    static FileChange.Write file(ApplicationRequest request) {
        DatabaseAccess database = request.database()
                .orElseThrow(
                        () -> new RefusedException("The site " + request.site().name()
                                + " is bound to no database service; bind it with database(\"server/service\")."));
        return new FileChange.Write(
                directory(request.home()).child("settings.php"),
                text(request.site(), request.release().owner(), request.home(), database),
                "0440",
                "root:" + request.workbench().account(),
                Optional.of(request.site().id()),
                Map.of(
                        PASSWORD, SecretText.php(database.password()),
                        SALT, SecretText.php(DrupalSite.salt(request.site().id()))));
    }

    static String text(Site site, Id codebase, HostPath home, DatabaseAccess database) {
        StringBuilder out = new StringBuilder("<?php\n// Settings of the site " + site.name() + " (" + site.id()
                + "), written by Aegir: what is changed here is lost.\n"
                + "// Settings of your own belong into settings.local.php beside this file.\n");
        out.append("$databases['default']['default'] = [\n");
        database(database)
                .forEach((key, value) -> out.append("  '")
                        .append(key)
                        .append("' => ")
                        .append(value)
                        .append(",\n"));
        out.append("];\n");
        settings(site, codebase, home)
                .forEach((key, value) -> out.append("$settings['")
                        .append(key)
                        .append("'] = ")
                        .append(value)
                        .append(";\n"));
        return out.append(mail(site) ? "" : NO_MAIL).append(LOCAL).toString();
    }

    private static Map<String, String> database(DatabaseAccess access) {
        String driver = switch (access.protocol().value()) {
            case "mysql" -> "mysql";
            case "postgresql" -> "pgsql";
            default ->
                throw new RefusedException("Drupal speaks to MySQL, MariaDB and PostgreSQL, and the database service"
                        + " speaks " + access.protocol() + "; bind the site to another.");
        };
        Map<String, String> values = new LinkedHashMap<>();
        values.put("driver", PhpLiteral.of(driver));
        values.put("namespace", PhpLiteral.of("Drupal\\" + driver + "\\Driver\\Database\\" + driver));
        values.put("autoload", PhpLiteral.of("core/modules/" + driver + "/src/Driver/Database/" + driver + "/"));
        values.put("database", PhpLiteral.of(access.database()));
        values.put("username", PhpLiteral.of(access.user()));
        values.put("password", PASSWORD);
        values.put("prefix", PhpLiteral.of(""));
        // PostgreSQL takes the directory of its socket for the name of the host.
        String host = access.socket().isEmpty()
                ? access.host()
                : driver.equals("pgsql") ? access.socket().get().value() : "localhost";
        values.put("host", PhpLiteral.of(host));
        values.put("port", PhpLiteral.of(Integer.toString(access.port())));
        if (driver.equals("mysql")) {
            access.socket().ifPresent(socket -> values.put("unix_socket", PhpLiteral.of(socket.value())));
            values.put("charset", PhpLiteral.of("utf8mb4"));
            values.put("collation", PhpLiteral.of("utf8mb4_general_ci"));
            values.put("isolation_level", PhpLiteral.of("READ COMMITTED"));
        }
        return values;
    }

    private static Map<String, String> settings(Site site, Id codebase, HostPath home) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("hash_salt", SALT);
        values.put("deployment_identifier", PhpLiteral.of(codebase.value()));
        values.put("trusted_host_patterns", PhpLiteral.of(patterns(site)));
        values.put(
                "config_sync_directory",
                PhpLiteral.of(home.resolve("config/sync").value()));
        values.put("file_public_path", PhpLiteral.of("sites/" + site.id() + "/files"));
        values.put("file_private_path", PhpLiteral.of(home.child("private").value()));
        values.put("file_temp_path", PhpLiteral.of(home.child("tmp").value()));
        // Code that Drupal writes does not belong among the files that are served.
        values.put(
                "php_storage",
                "['default' => ['directory' => "
                        + PhpLiteral.of(home.child("php").value()) + "]]");
        List<String> proxies = proxies(site);
        values.put("reverse_proxy", PhpLiteral.of(!proxies.isEmpty()));
        values.put("reverse_proxy_addresses", PhpLiteral.of(proxies));
        values.put("update_free_access", PhpLiteral.of(false));
        values.put("rebuild_access", PhpLiteral.of(false));
        values.put("allow_authorize_operations", PhpLiteral.of(false));
        // The settings belong to root: Drupal needs not to guard them, and cannot.
        values.put("skip_permissions_hardening", PhpLiteral.of(true));
        values.put("file_scan_ignore_directories", PhpLiteral.of(List.of("node_modules", "bower_components")));
        values.put("entity_update_batch_size", "50");
        return values;
    }

    /** A name has letters, digits, dots and hyphens, of which only the dot means something there. */
    private static List<String> patterns(Site site) {
        return Stream.concat(Stream.of(site.name()), site.aliases().stream())
                .map(DomainName::value)
                .map(name -> "^" + name.replace(".", "\\.") + "$")
                .toList();
    }

    private static List<String> proxies(Site site) {
        List<String> proxies = Arrays.stream(
                        site.settings().text("proxies").orElse("").split(","))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
        for (String address : proxies) {
            if (!address.matches("[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?")) {
                throw new InvalidValueException(
                        "proxies", address, "write the addresses of the proxies before the site, with commas between");
            }
        }
        return proxies;
    }
}
