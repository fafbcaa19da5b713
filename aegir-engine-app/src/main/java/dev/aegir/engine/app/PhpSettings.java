// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.FileChange;
import dev.aegir.host.SecretText;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Site;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.StoredForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The file that tells code which site it runs for: the same content, as PHP or as JSON. */
final class PhpSettings {
    private static final String PASSWORD = "{{db.password}}";

    private PhpSettings() {}

    private static boolean json(Site site) {
        String form = site.settings().text("php.settings").orElse("php");
        if (!form.equals("php") && !form.equals("json")) {
            throw new InvalidValueException("setting php.settings", form, "php or json");
        }
        return form.equals("json");
    }

    static HostPath path(Site site, HostPath home) {
        return home.child("settings").child(json(site) ? "settings.json" : "settings.php");
    }

    static FileChange.Write file(ApplicationRequest request, List<String> writable) {
        Site site = request.site();
        Map<String, SecretText> secrets = new LinkedHashMap<>();
        request.database()
                .map(DatabaseAccess::password)
                .ifPresent(
                        secret -> secrets.put(PASSWORD, json(site) ? SecretText.json(secret) : SecretText.php(secret)));
        return new FileChange.Write(
                path(site, request.home()),
                text(site, request.home(), writable, request.database()),
                "0440",
                "root:" + request.workbench().account(),
                Optional.of(site.id()),
                secrets);
    }

    static String text(Site site, HostPath home, List<String> writable, Optional<DatabaseAccess> database) {
        boolean json = json(site);
        Map<String, Object> all = new LinkedHashMap<>();
        Map<String, Object> who = new LinkedHashMap<>();
        who.put("id", site.id().value());
        who.put("name", site.name().value());
        who.put("url", WordPressSettings.url(site));
        who.put("environment", site.environment().name().toLowerCase(Locale.ROOT));
        all.put("site", who);
        Map<String, Object> directories = new LinkedHashMap<>();
        writable.forEach(
                directory -> directories.put(directory, home.resolve(directory).value()));
        all.put("directories", directories);
        database.ifPresent(access -> all.put("database", database(access)));
        StringBuilder out = new StringBuilder();
        if (!json) {
            out.append("<?php\n// Settings of the site ")
                    .append(site.name())
                    .append(" (")
                    .append(site.id())
                    .append("), written by Aegir: what is changed here is lost.\nreturn ");
        }
        write(out, all, json, "");
        return out.append(json ? "\n" : ";\n").toString();
    }

    private static Map<String, Object> database(DatabaseAccess access) {
        Map<String, Object> database = new LinkedHashMap<>();
        database.put("protocol", access.protocol().value());
        access.socket().ifPresent(socket -> database.put("socket", socket.value()));
        database.put("host", access.host());
        database.put("port", access.port());
        database.put("name", access.database());
        database.put("user", access.user());
        database.put("password", new Password());
        return database;
    }

    /** Stands for the password. */
    private record Password() {}

    private static void write(StringBuilder out, Object value, boolean json, String indent) {
        if (value instanceof Map<?, ?> map) {
            String deeper = indent + "    ";
            String separator = "";
            out.append(json ? "{" : "[");
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator).append("\n").append(deeper);
                write(out, entry.getKey(), json, deeper);
                out.append(json ? ": " : " => ");
                write(out, entry.getValue(), json, deeper);
                separator = ",";
            }
            out.append(json || map.isEmpty() ? "" : ",").append(map.isEmpty() ? "" : "\n" + indent);
            out.append(json ? "}" : "]");
        } else if (value instanceof Password) {
            out.append(PASSWORD);
        } else if (value instanceof Integer) {
            out.append(value);
        } else if (json) {
            // Two braces in a row stand for a secret.
            out.append(StoredForm.write(value).replace("{{", "{\\u007b"));
        } else {
            out.append(PhpText.literal(value.toString()));
        }
    }
}
