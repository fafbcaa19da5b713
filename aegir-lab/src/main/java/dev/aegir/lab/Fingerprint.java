// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What there was below some directories of a server at one moment: for every path its type, mode, owner, access control
 * list, and SHA-256 or link target - not its times. Two fingerprints are equal when nothing differs. Immutable.
 */
public final class Fingerprint {
    private final SortedMap<String, String> entries;

    private Fingerprint(SortedMap<String, String> entries) {
        this.entries = Collections.unmodifiableSortedMap(entries);
    }

    /** Reads what fingerprint.sh prints. */
    static Fingerprint parse(String records) {
        SortedMap<String, String> entries = new TreeMap<>();
        for (String record : records.split("\0")) {
            if (record.startsWith("E\t")) {
                String[] fields = record.split("\t", 6);
                String target = fields[4].isEmpty() ? "" : " -> " + fields[4];
                entries.put(fields[5], type(fields[1]) + " " + fields[2] + " " + fields[3] + target);
            } else if (record.startsWith("H\t")) {
                String[] fields = record.split("\t", 3);
                entries.computeIfPresent(fields[2], (path, entry) -> entry + " sha256:" + fields[1]);
            } else if (record.startsWith("A\t")) {
                addAccess(record.substring(2), entries);
            }
        }
        return new Fingerprint(entries);
    }

    private static String type(String letter) {
        return switch (letter) {
            case "d" -> "directory";
            case "f" -> "file";
            case "l" -> "link";
            default -> "special(" + letter + ")";
        };
    }

    /** getfacl prints one block per file that has more than a mode: "# file: path", and its entries. */
    private static void addAccess(String text, SortedMap<String, String> entries) {
        for (String block : text.split("\n\n")) {
            List<String> lines = block.lines().toList();
            if (!lines.isEmpty() && lines.get(0).startsWith("# file: ")) {
                String access = lines.stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.replaceAll("\\s+", " ").strip())
                        .collect(Collectors.joining(","));
                entries.computeIfPresent(
                        lines.get(0).substring("# file: ".length()), (path, entry) -> entry + " acl:" + access);
            }
        }
    }

    /**
     * What there is, by path.
     *
     * @return for each path a line such as {@code file 644 root:root sha256:...}
     */
    public SortedMap<String, String> entries() {
        return entries;
    }

    /**
     * Without some of the paths, for what changes on its own.
     *
     * @param path which paths to leave out
     * @return the narrower fingerprint
     */
    public Fingerprint without(Predicate<String> path) {
        SortedMap<String, String> rest = new TreeMap<>(entries);
        rest.keySet().removeIf(path);
        return new Fingerprint(rest);
    }

    /**
     * What is different now from what it was before.
     *
     * @param before the earlier fingerprint
     * @return one line for each path that appeared, went or changed; empty when nothing did
     */
    public List<String> differencesFrom(Fingerprint before) {
        List<String> differences = new ArrayList<>();
        before.entries.forEach((path, entry) -> {
            String now = entries.get(path);
            if (now == null) {
                differences.add("gone: " + path + " (" + entry + ")");
            } else if (!now.equals(entry)) {
                differences.add("changed: " + path + " (" + entry + " => " + now + ")");
            }
        });
        entries.forEach((path, entry) -> {
            if (!before.entries.containsKey(path)) {
                differences.add("new: " + path + " (" + entry + ")");
            }
        });
        return differences;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fingerprint that && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    /** Prints everything, one path a line, so that a failing assertion shows what differs. */
    @Override
    public String toString() {
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining("\n"));
    }
}
