// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an extension of Drupal says of itself: the first level of its {@code .info.yml}, or of its {@code .info}. */
final class InfoFile {
    private static final Pattern YAML_KEY = Pattern.compile("([A-Za-z][A-Za-z0-9_ -]*)\\s*:(?:\\s+(.*)|\\s*)");
    private static final Pattern YAML_ITEM = Pattern.compile("\\s*-\\s+(.*)");
    private static final Pattern INI = Pattern.compile("([A-Za-z][A-Za-z0-9_ -]*?)\\s*(\\[[^]]*])*\\s*=\\s*(.*)");

    private final Map<String, List<String>> values = new TreeMap<>();

    private InfoFile() {}

    static InfoFile yaml(String text) {
        InfoFile file = new InfoFile();
        List<String> list = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher key = YAML_KEY.matcher(line.stripTrailing());
            Matcher item = YAML_ITEM.matcher(line.stripTrailing());
            if (key.matches()) {
                list = new ArrayList<>();
                file.values.put(key.group(1), list);
                String value =
                        key.group(2) == null ? "" : uncommented(key.group(2).strip());
                if (value.startsWith("[") && value.endsWith("]")) {
                    for (String each : value.substring(1, value.length() - 1).split(",")) {
                        add(list, each);
                    }
                } else {
                    add(list, value);
                }
            } else if (item.matches()) {
                add(list, uncommented(item.group(1).strip()));
            }
        }
        return file;
    }

    static InfoFile ini(String text) {
        InfoFile file = new InfoFile();
        for (String line : text.lines().toList()) {
            Matcher entry = INI.matcher(line.strip());
            if (entry.matches()) {
                add(
                        file.values.computeIfAbsent(entry.group(1), k -> new ArrayList<>()),
                        entry.group(3).strip());
            }
        }
        return file;
    }

    private static void add(List<String> list, String value) {
        String plain = unquoted(value.strip());
        if (!plain.isEmpty()) {
            list.add(plain);
        }
    }

    private static String uncommented(String value) {
        if (value.startsWith("'") || value.startsWith("\"")) {
            int end = value.indexOf(value.charAt(0), 1);
            return end < 0 ? value : value.substring(0, end + 1);
        }
        int comment = value.startsWith("#") ? 0 : value.indexOf(" #");
        return comment < 0 ? value : value.substring(0, comment);
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1
                && (value.startsWith("'") || value.startsWith("\""))
                && value.charAt(0) == value.charAt(value.length() - 1);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** The first value of a key; empty for none. */
    String text(String key) {
        return list(key).stream().findFirst().orElse("");
    }

    List<String> list(String key) {
        return values.getOrDefault(key, List.of());
    }

    boolean has(String key) {
        return values.containsKey(key);
    }
}
