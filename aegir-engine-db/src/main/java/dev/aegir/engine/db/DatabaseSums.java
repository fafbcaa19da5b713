// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is in a database, summed up: for each table its ranges, and for each range how many rows it has and the sum of a hash of
 * each row. A value.
 *
 * @param tables ranges by table, and rows and sum, with a space between, by range
 * @param quick whether the hash is the one that only some servers know; sums of the two are not comparable
 */
record DatabaseSums(Map<String, Map<String, String>> tables, boolean quick) {
    /** The only range of what the account may not read, which is in the database and cannot be summed up. */
    static final String CLOSED = "closed";

    /** What is no range but the number of all rows, of tables of which only some ranges were summed up. */
    static final String COUNTED = "counted";

    private static final String ALL = "all";

    /** As many are about half of what a task can keep. */
    private static final int MOST = 12_000;

    DatabaseSums {
        tables = Map.copyOf(tables);
    }

    /** By the hash that every server knows. */
    DatabaseSums(Map<String, Map<String, String>> tables) {
        this(tables, false);
    }

    /** So that they can be kept: where there are very many ranges, each table is one. */
    DatabaseSums bounded() {
        if (ranges() <= MOST) {
            return this;
        }
        Map<String, Map<String, String>> coarse = new HashMap<>();
        tables.forEach((table, ranges) -> coarse.put(table, ranges.containsKey(CLOSED) ? ranges : one(ranges)));
        return new DatabaseSums(coarse, quick);
    }

    /** What each range says is the sum of its rows; a sequence says where it is, and is one. */
    private static Map<String, String> one(Map<String, String> ranges) {
        if (ranges.size() < 2) {
            return ranges;
        }
        BigInteger sum = BigInteger.ZERO;
        for (String range : ranges.values()) {
            sum = sum.add(new BigInteger(range.substring(range.indexOf(' ') + 1)));
        }
        return Map.of(ALL, rows(ranges) + " " + sum);
    }

    boolean isCoarse() {
        return tables.values().stream().anyMatch(ranges -> ranges.containsKey(ALL));
    }

    /** Those of other tables. */
    DatabaseSums without(Collection<String> some) {
        Map<String, Map<String, String>> others = new HashMap<>(tables);
        others.keySet().removeAll(Set.copyOf(some));
        return new DatabaseSums(others, quick);
    }

    /** Of some tables only these ranges were summed up and all rows counted: with what others say of the other ranges. */
    DatabaseSums with(DatabaseSums others, Map<String, List<String>> only) {
        Map<String, Map<String, String>> all = new HashMap<>(tables);
        only.forEach((table, ranges) -> {
            Map<String, String> found = new HashMap<>(tables.getOrDefault(table, Map.of()));
            long counted = rows(Map.of(COUNTED, Objects.requireNonNullElse(found.remove(COUNTED), "0 0")));
            Map<String, String> whole = new HashMap<>(others.tables().getOrDefault(table, Map.of()));
            whole.keySet().removeAll(Set.copyOf(ranges));
            whole.putAll(found);
            if (counted != rows(whole)) {
                // Rows where none were brought: nothing is known of the table.
                whole = Map.of(COUNTED, counted + " 0");
            }
            if (all.containsKey(table)) {
                all.put(table, whole);
            }
        });
        return new DatabaseSums(all, quick);
    }

    /** Of each table that has any, the ranges that others have otherwise. */
    Map<String, List<String>> different(DatabaseSums others) {
        Map<String, List<String>> different = new HashMap<>();
        TreeSet<String> all = new TreeSet<>(tables.keySet());
        all.addAll(others.tables().keySet());
        for (String table : all) {
            List<String> ranges = different(
                    tables.getOrDefault(table, Map.of()), others.tables().getOrDefault(table, Map.of()));
            if (!ranges.isEmpty()) {
                different.put(table, ranges);
            }
        }
        return different;
    }

    /** The ranges that are not the same in both. */
    static List<String> different(Map<String, String> here, Map<String, String> there) {
        TreeSet<String> all = new TreeSet<>(here.keySet());
        all.addAll(there.keySet());
        return all.stream()
                .filter(range -> !here.getOrDefault(range, "").equals(there.getOrDefault(range, "")))
                .toList();
    }

    /** How many rows all tables have. */
    long rows() {
        return tables.values().stream().mapToLong(DatabaseSums::rows).sum();
    }

    int ranges() {
        return tables.values().stream().mapToInt(Map::size).sum();
    }

    private static long rows(Map<String, String> ranges) {
        return ranges.values().stream()
                .mapToLong(range -> Long.parseLong(range.substring(0, range.indexOf(' '))))
                .sum();
    }

    /** What could not be read. */
    List<String> closed() {
        return tables.entrySet().stream()
                .filter(table -> table.getValue().containsKey(CLOSED))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** What these have otherwise than others; nothing when all is equal that could be read of the others. */
    List<String> differences(DatabaseSums others) {
        TreeSet<String> all = new TreeSet<>(tables.keySet());
        all.addAll(others.tables().keySet());
        List<String> differences = new ArrayList<>();
        for (String table : all) {
            Map<String, String> here = tables.get(table);
            Map<String, String> there = others.tables().get(table);
            if (here == null || there == null) {
                differences.add(table + " is " + (here == null ? "missing" : "too much"));
            } else if (!there.containsKey(CLOSED) && !here.equals(there)) {
                differences.add(different(table, here, there));
            }
        }
        return differences;
    }

    private static String different(String table, Map<String, String> here, Map<String, String> there) {
        TreeMap<String, String> ranges = new TreeMap<>(there);
        ranges.putAll(here);
        long different = ranges.keySet().stream()
                .filter(range -> !Objects.equals(here.get(range), there.get(range)))
                .count();
        long rows = rows(here);
        long expected = rows(there);
        return table + " differs in " + different + " of " + ranges.size() + " ranges"
                + (rows == expected ? "" : " and has " + rows + " rows and not " + expected);
    }
}
