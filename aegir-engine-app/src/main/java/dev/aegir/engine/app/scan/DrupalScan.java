// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import dev.aegir.model.Packages;
import dev.aegir.model.VersionScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Drupal's core and its extensions, of Drupal 7 and later. */
final class DrupalScan {
    private static final Pattern VERSION = Pattern.compile("VERSION['\"]?\\s*[=,]\\s*['\"]([0-9][A-Za-z0-9.+-]*)['\"]");
    private static final Pattern UPDATE =
            Pattern.compile("function +([A-Za-z0-9_]+)_update_([0-9]{1,9}|last_removed) *\\(.*");
    private static final Pattern RETURN = Pattern.compile("\\s*return +([0-9]{1,9}) *;.*");

    /** What Drupal 8 and later note for an extension that has never had an update. */
    private static final int FIRST_SCHEMA = 8000;

    private final Found found;
    private final ComposerScan composer;
    private final String web;

    private record Schema(Optional<Integer> newest, Optional<Integer> oldest) {}

    DrupalScan(Found found, ComposerScan composer, String web) {
        this.found = found;
        this.composer = composer;
        this.web = web;
    }

    List<Packages.Entry> entries() {
        List<Packages.Entry> entries = new ArrayList<>();
        String core = version("core/lib/Drupal.php")
                .or(() -> version("includes/bootstrap.inc"))
                .orElse("");
        if (!core.isEmpty()) {
            entries.add(Packages.Entry.of("core", "drupal", core, VersionScheme.DRUPAL));
        }
        for (String path : found.files().keySet()) {
            if (path.endsWith(".info.yml")) {
                extension(path, core, true).ifPresent(entries::add);
            } else if (path.endsWith(".info")) {
                extension(path, core, false).ifPresent(entries::add);
            }
        }
        return entries;
    }

    private Optional<String> version(String file) {
        return found.lines(web + file).stream()
                .map(VERSION::matcher)
                .filter(Matcher::find)
                .map(match -> match.group(1))
                .findFirst();
    }

    private Optional<Packages.Entry> extension(String path, String core, boolean modern) {
        InfoFile info = modern
                ? InfoFile.yaml(found.files().getOrDefault(path, ""))
                : InfoFile.ini(found.files().getOrDefault(path, ""));
        String name = Found.name(path).replaceFirst("\\.info(\\.yml)?$", "");
        String type = modern ? info.text("type") : type(path, name, info);
        boolean hidden = !modern && info.text("hidden").equalsIgnoreCase("true");
        if (!type.matches("module|theme|profile|theme_engine") || !name.matches("[a-z][a-z0-9_]*") || hidden) {
            return Optional.empty();
        }
        boolean ofCore =
                modern ? path.startsWith(web + "core/") : info.text("package").equals("Core");
        Optional<Packages.Entry> from = ofCore ? Optional.empty() : composer.holding(path);
        String version = info.text("version").equals("VERSION")
                        || ofCore && info.text("version").isEmpty()
                ? core
                : info.text("version");
        if (version.isEmpty()) {
            version = from.map(Packages.Entry::version).orElse("");
        }
        String origin = ofCore ? "drupal" : info.text("project");
        if (origin.isEmpty()) {
            origin =
                    from.map(entry -> entry.name().replaceFirst("^drupal/", "")).orElse("");
        }
        Schema schema = type.equals("theme") || type.equals("theme_engine")
                ? new Schema(Optional.empty(), Optional.empty())
                : schema(Found.above(path) + "/" + name + ".install", name, modern ? FIRST_SCHEMA : 0);
        return Optional.of(new Packages.Entry(
                type,
                name,
                version,
                VersionScheme.DRUPAL,
                info.text("name"),
                origin,
                schema.newest(),
                schema.oldest(),
                info.list("dependencies").stream()
                        .map(DrupalScan::dependency)
                        .distinct()
                        .sorted()
                        .toList(),
                Optional.empty()));
    }

    /** Drupal 7 does not say what an extension is: it goes by where it is and by what only themes have. */
    private static String type(String path, String name, InfoFile info) {
        if (Found.above(path).endsWith("profiles/" + name)) {
            return "profile";
        }
        boolean theme = info.has("engine") || info.has("regions") || info.has("stylesheets") || info.has("base theme");
        return theme ? "theme" : "module";
    }

    /** Of {@code project:name (>=1.2)} the name. */
    private static String dependency(String text) {
        String plain = text.replaceFirst("\\s*\\(.*", "").strip();
        return plain.substring(plain.indexOf(':') + 1);
    }

    private Schema schema(String install, String name, int first) {
        int newest = first;
        Optional<Integer> oldest = Optional.empty();
        boolean removed = false;
        for (String line : found.lines(install)) {
            Matcher update = UPDATE.matcher(line);
            Matcher number = RETURN.matcher(line);
            if (update.matches()) {
                removed = update.group(2).equals("last_removed")
                        && update.group(1).equals(name);
                if (update.group(1).equals(name) && !update.group(2).equals("last_removed")) {
                    newest = Math.max(newest, Integer.parseInt(update.group(2)));
                }
            } else if (removed && number.matches()) {
                oldest = Optional.of(Integer.parseInt(number.group(1)));
                newest = Math.max(newest, Integer.parseInt(number.group(1)));
                removed = false;
            }
        }
        return new Schema(Optional.of(newest), oldest);
    }
}
