// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import dev.aegir.model.Packages;
import dev.aegir.model.VersionScheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** WordPress itself, its plugins and its themes. */
final class WordPressScan {
    private static final Pattern VERSION = Pattern.compile("\\$wp_version\\s*=\\s*'([^']*)'.*");
    private static final Pattern SCHEMA = Pattern.compile("\\$wp_db_version\\s*=\\s*([0-9]{1,9}).*");
    private static final Pattern HEADER = Pattern.compile(
            "[ \t/*#@<?ph]*(Plugin Name|Theme Name|Version|Text Domain|Requires Plugins|Template)[ \t]*:(.*)");

    private final Found found;
    private final String web;

    WordPressScan(Found found, String web) {
        this.found = found;
        this.web = web;
    }

    List<Packages.Entry> entries() {
        List<Packages.Entry> entries = new ArrayList<>();
        core().ifPresent(entries::add);
        for (String path : found.files().keySet()) {
            if (path.startsWith(web + "wp-content/plugins/")) {
                extension("plugin", "Plugin Name", path.substring((web + "wp-content/plugins/").length()), path)
                        .ifPresent(entries::add);
            } else if (path.startsWith(web + "wp-content/mu-plugins/")) {
                extension("mu-plugin", "Plugin Name", path.substring((web + "wp-content/mu-plugins/").length()), path)
                        .ifPresent(entries::add);
            } else if (path.startsWith(web + "wp-content/themes/")) {
                extension("theme", "Theme Name", path.substring((web + "wp-content/themes/").length()), path)
                        .ifPresent(entries::add);
            }
        }
        return entries;
    }

    private Optional<Packages.Entry> core() {
        String version = "";
        Optional<Integer> schema = Optional.empty();
        for (String line : found.lines(web + "wp-includes/version.php")) {
            Matcher number = VERSION.matcher(line);
            Matcher database = SCHEMA.matcher(line);
            if (number.matches()) {
                version = number.group(1);
            } else if (database.matches()) {
                schema = Optional.of(Integer.parseInt(database.group(1)));
            }
        }
        return version.isEmpty()
                ? Optional.empty()
                : Optional.of(entry("core", "wordpress", version, "WordPress", schema, List.of()));
    }

    /** A plugin is named by the directory it is in, or by its file when it is in none. */
    private Optional<Packages.Entry> extension(String type, String nameHeader, String below, String path) {
        Map<String, String> headers = headers(path);
        // WordPress loads what must be used without asking what it is called.
        boolean loaded = type.equals("mu-plugin") && !below.contains("/");
        String title = headers.getOrDefault(nameHeader, loaded ? below : "");
        if (title.isEmpty()) {
            return Optional.empty();
        }
        String name = type.equals("theme")
                ? Found.above(below)
                : below.contains("/") ? Found.above(below) : below.replaceFirst("\\.php$", "");
        List<String> needs = new ArrayList<>();
        Arrays.stream(headers.getOrDefault("Requires Plugins", "").split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .forEach(needs::add);
        Optional.ofNullable(headers.get("Template")).ifPresent(needs::add);
        return Optional.of(entry(type, name, headers.getOrDefault("Version", ""), title, Optional.empty(), needs));
    }

    private Map<String, String> headers(String path) {
        Map<String, String> headers = new TreeMap<>();
        for (String line : found.lines(path)) {
            Matcher header = HEADER.matcher(line);
            if (header.matches()) {
                headers.putIfAbsent(
                        header.group(1),
                        header.group(2).replaceFirst("(\\*/|\\?>).*", "").strip());
            }
        }
        return headers;
    }

    private static Packages.Entry entry(
            String type, String name, String version, String title, Optional<Integer> schema, List<String> needs) {
        return new Packages.Entry(
                type,
                name,
                version,
                VersionScheme.WORDPRESS,
                title,
                type.equals("core") ? "wordpress" : "",
                schema,
                Optional.empty(),
                needs,
                Optional.empty());
    }
}
