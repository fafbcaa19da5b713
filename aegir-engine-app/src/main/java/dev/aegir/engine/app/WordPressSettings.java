// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static dev.aegir.engine.app.PhpText.literal;

import dev.aegir.host.FileChange;
import dev.aegir.host.SecretText;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.Environment;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Site;
import dev.aegir.spi.ApplicationRequest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a site's settings file says: all that differs between the sites of one codebase. */
final class WordPressSettings {
    private static final String PASSWORD = "{{db.password}}";
    private static final String SALTS = "{{salts}}";
    private static final String REST = PhpResource.code("wordpress-settings.php");

    private WordPressSettings() {}

    static HostPath path(HostPath home) {
        return home.child("settings").child("wp-config.php");
    }

    static HostPath files(HostPath home) {
        return home.child("files");
    }

    /** One secret that eight are made of. */
    static SecretRef salts(Site site) {
        return SecretRef.of("site/" + site.id() + "/wordpress/salts");
    }

    static String url(Site site) {
        String scheme = site.settings().text("scheme").orElse("http");
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidValueException("scheme", scheme, "a site is reached by http or https");
        }
        return scheme + "://" + site.name();
    }

    private static boolean mail(Site site) {
        String mail = site.settings().text("mail").orElse("on");
        if (!mail.equals("on") && !mail.equals("off")) {
            throw new InvalidValueException("mail", mail, "write on or off");
        }
        return mail.equals("on");
    }

    static FileChange.Write file(ApplicationRequest request) {
        DatabaseAccess database = request.database()
                .orElseThrow(
                        () -> new RefusedException("The site " + request.site().name()
                                + " is bound to no database service; bind it with database(\"server/service\")."));
        if (!database.protocol().value().equals("mysql")) {
            throw new RefusedException(
                    "WordPress speaks to MySQL and MariaDB only, and the database service of the site "
                            + request.site().name() + " speaks " + database.protocol() + "; bind it to another.");
        }
        return new FileChange.Write(
                path(request.home()),
                text(request.site(), request.home(), database),
                "0440",
                "root:" + request.workbench().account(),
                Optional.of(request.site().id()),
                Map.of(
                        PASSWORD, SecretText.php(database.password()),
                        SALTS, SecretText.php(salts(request.site()))));
    }

    static String text(Site site, HostPath home, DatabaseAccess database) {
        Map<String, String> constants = new LinkedHashMap<>();
        constants.put("DB_NAME", literal(database.database()));
        constants.put("DB_USER", literal(database.user()));
        constants.put("DB_PASSWORD", PASSWORD);
        constants.put("DB_HOST", literal(host(database)));
        constants.put("DB_CHARSET", literal("utf8mb4"));
        constants.put("DB_COLLATE", literal(""));
        constants.put("WP_HOME", literal(url(site)));
        constants.put("WP_SITEURL", "WP_HOME");
        constants.put("WP_ENVIRONMENT_TYPE", literal(site.environment().name().toLowerCase(Locale.ROOT)));
        constants.put("WP_DEBUG", Boolean.toString(site.environment() == Environment.DEVELOPMENT));
        constants.put("WP_DEBUG_DISPLAY", "false");
        constants.put("DISALLOW_FILE_EDIT", "true");
        constants.put("DISALLOW_FILE_MODS", "true");
        constants.put("AUTOMATIC_UPDATER_DISABLED", "true");
        constants.put("DISABLE_WP_CRON", "true");
        constants.put("AEGIR_MAIL", Boolean.toString(mail(site)));
        constants.put("AEGIR_FILES", literal(files(home).value()));
        StringBuilder out = new StringBuilder("<?php\n// Settings of the site " + site.name() + " (" + site.id()
                + "), written by Aegir: what is changed here is lost.\n");
        constants.forEach((name, value) ->
                out.append("define('").append(name).append("', ").append(value).append(");\n"));
        return out.append("(static function (string $salts) {\n"
                        + "    foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {\n"
                        + "        define($name . '_KEY', hash_hmac('sha256', $name . '_KEY', $salts));\n"
                        + "        define($name . '_SALT', hash_hmac('sha256', $name . '_SALT', $salts));\n"
                        + "    }\n"
                        + "})(" + SALTS + ");\n")
                .append(REST)
                .toString();
    }

    /** As WordPress reads it: a name or address, and a port or a socket. */
    private static String host(DatabaseAccess database) {
        if (database.socket().isPresent()) {
            return "localhost:" + database.socket().get();
        }
        String host = database.host();
        boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
        return (bare ? "[" + host + "]" : host) + ":" + database.port();
    }
}
