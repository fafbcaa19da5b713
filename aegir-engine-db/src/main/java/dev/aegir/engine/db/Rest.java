// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a copy of a database lacks that was made while people wrote to it. A value.
 *
 * @param why why all of it is brought; empty when only the following is
 * @param gone tables that are no longer
 * @param whole tables that are brought with all their rows, in the place of what is there
 * @param ranges of other tables, the ranges that are brought in the place of what is there
 * @param counters of tables that are not brought as a whole, what the next row gets where the copy says otherwise
 */
record Rest(
        String why,
        List<String> gone,
        List<String> whole,
        Map<String, List<String>> ranges,
        Map<String, String> counters) {
    /** Beyond one of so many ranges it is quicker to make a table anew than to take rows out of it. */
    private static final int WORTH = 2;

    Rest {
        gone = List.copyOf(gone);
        whole = List.copyOf(whole);
        ranges = new TreeMap<>(ranges);
        counters = new TreeMap<>(counters);
    }

    static Rest everything(String why) {
        return new Rest(why, List.of(), List.of(), Map.of(), Map.of());
    }

    /** What there is now, against what the copy has. */
    static Rest of(Seed seed, Seed.Loaded loaded, Map<String, Seeds.Table> tables, DatabaseSums sums) {
        TreeSet<String> gone = new TreeSet<>(loaded.sums().tables().keySet());
        gone.removeAll(tables.keySet());
        List<String> whole = new ArrayList<>();
        Map<String, List<String>> ranges = new TreeMap<>();
        Map<String, String> counters = new TreeMap<>();
        new TreeMap<>(tables).forEach((name, table) -> {
            Map<String, String> here = sums.tables().get(name);
            Map<String, String> there = loaded.sums().tables().get(name);
            boolean counted = !table.counter().equals(loaded.counters().getOrDefault(name, ""));
            if (table.counts()) {
                if (counted) {
                    counters.put(name, table.counter());
                }
                return;
            }
            if (here == null
                    || there == null
                    || !table.structure().equals(seed.structures().get(name))) {
                whole.add(name);
                return;
            }
            List<String> different = DatabaseSums.different(here, there);
            if (table.ranges().isEmpty() && !different.isEmpty()
                    || table.ranges().isPresent() && different.size() * WORTH > Math.max(here.size(), there.size())) {
                whole.add(name);
                return;
            }
            if (!different.isEmpty()) {
                ranges.put(name, different);
            }
            if (counted) {
                counters.put(name, table.counter());
            }
        });
        return new Rest("", List.copyOf(gone), whole, ranges, counters);
    }

    boolean isEverything() {
        return !why.isEmpty();
    }

    boolean isNothing() {
        return !isEverything() && gone.isEmpty() && whole.isEmpty() && ranges.isEmpty() && counters.isEmpty();
    }

    /** The tables in which something is changed by bringing it. */
    List<String> touched() {
        return Stream.of(gone, whole, ranges.keySet(), counters.keySet())
                .flatMap(Collection::stream)
                .distinct()
                .toList();
    }

    /** For people. The site is open or closed. */
    String told(int tables, String site) {
        if (isEverything()) {
            return "the database is brought as a whole while the site is " + site + ": " + why;
        }
        return "of " + tables + " tables " + whole.size() + " are brought as a whole while the site is " + site
                + (whole.isEmpty() ? "" : " " + whole)
                + ", parts of " + ranges.size() + (ranges.isEmpty() ? "" : " " + ranges)
                + (gone.isEmpty() ? "" : "; no longer there: " + gone);
    }

    static String fact(String name) {
        return "database.rest." + name;
    }
}
