// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import dev.aegir.model.Packages;
import dev.aegir.model.VersionScheme;
import dev.aegir.spi.StoredForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What composer has installed, and where that is not what is locked. */
final class ComposerScan {
    private static final String LOCK = "composer.lock";
    private static final String INSTALLED = "vendor/composer/installed.json";

    private final Found found;
    private final Map<String, Item> installed = new TreeMap<>();
    private final Map<String, String> locked = new TreeMap<>();

    private record Item(String version, List<String> needs, String path) {}

    ComposerScan(Found found) {
        this.found = found;
        for (Map<?, ?> each : packages(INSTALLED, "packages")) {
            installed.put(
                    text(each, "name"),
                    new Item(
                            text(each, "version"),
                            each.get("require") instanceof Map<?, ?> needs
                                    ? needs.keySet().stream()
                                            .map(String::valueOf)
                                            .filter(name -> name.contains("/"))
                                            .sorted()
                                            .toList()
                                    : List.of(),
                            text(each, "install-path")));
        }
        for (Map<?, ?> each : packages(LOCK, "packages")) {
            locked.put(text(each, "name"), text(each, "version"));
        }
        // What is only for development is locked too, and it is no drift when it is there.
        for (Map<?, ?> each : packages(LOCK, "packages-dev")) {
            if (installed.containsKey(text(each, "name"))) {
                locked.put(text(each, "name"), text(each, "version"));
            }
        }
    }

    private List<Map<?, ?>> packages(String file, String key) {
        String text = found.files().getOrDefault(file, "");
        List<Map<?, ?>> packages = new ArrayList<>();
        if (!text.isBlank() && parsed(text).get(key) instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> item && !text(item, "name").isEmpty()) {
                    packages.add(item);
                }
            }
        }
        return packages;
    }

    /** A file that is no JSON is as good as none: then everything is missing from it, which is told. */
    private static Map<?, ?> parsed(String text) {
        try {
            return StoredForm.read(text, Map.class);
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    private static String text(Map<?, ?> item, String key) {
        return item.get(key) instanceof String text ? text : "";
    }

    List<Packages.Entry> entries() {
        List<Packages.Entry> entries = new ArrayList<>();
        installed.forEach((name, item) -> entries.add(new Packages.Entry(
                "library",
                name,
                item.version(),
                VersionScheme.COMPOSER,
                "",
                name,
                Optional.empty(),
                Optional.empty(),
                item.needs(),
                Optional.empty())));
        return entries;
    }

    /** Nothing when composer has neither locked nor installed anything here. */
    List<Packages.Drift> drift() {
        if (!found.files().containsKey(LOCK) || !found.files().containsKey(INSTALLED)) {
            return List.of();
        }
        List<Packages.Drift> drift = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(installed.keySet());
        names.addAll(locked.keySet());
        for (String name : names) {
            String wanted = locked.getOrDefault(name, "");
            Optional<Item> there = Optional.ofNullable(installed.get(name));
            String version = there.map(Item::version).orElse("");
            // A package without a path is one that only names others.
            boolean present = there.map(
                            item -> item.path().isEmpty() || found.directories().contains(item.path()))
                    .orElse(false);
            if (!wanted.equals(version) || !present) {
                drift.add(new Packages.Drift(name, wanted, version, present));
            }
        }
        return drift;
    }

    /** The package whose directory a file is in. */
    Optional<Packages.Entry> holding(String file) {
        return installed.entrySet().stream()
                .filter(each -> !each.getValue().path().isEmpty()
                        && file.startsWith(resolved(each.getValue().path()) + "/"))
                .findFirst()
                .map(each -> Packages.Entry.of(
                        "library", each.getKey(), each.getValue().version(), VersionScheme.COMPOSER));
    }

    /** A path relative to vendor/composer as one relative to the top. */
    private static String resolved(String path) {
        List<String> parts = new ArrayList<>(List.of("vendor", "composer"));
        for (String part : path.split("/")) {
            if (part.equals("..") && !parts.isEmpty()) {
                parts.remove(parts.size() - 1);
            } else if (!part.equals("..") && !part.equals(".") && !part.isEmpty()) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }
}
