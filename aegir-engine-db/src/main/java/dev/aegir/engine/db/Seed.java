// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a database's tables were like while it was copied and people wrote to it. A value.
 *
 * @param why why there is no copy; empty when there is one
 * @param structures of each table whose structure was the same before and after, a hash of it
 * @param definitions what else there was but rows, and was the same before and after
 * @param known what was summed up afterwards where it was copied from, where it can be told later what was written since; until it is
 *     loaded elsewhere
 * @param quick whether the server it was copied from knows the quicker hash
 */
record Seed(String why, Map<String, String> structures, String definitions, Optional<Known> known, boolean quick) {
    /**
     * What is known of the original.
     *
     * @param sums what was in it, at some time after the horizon
     * @param horizon what tells rows apart that were written since
     */
    record Known(DatabaseSums sums, long horizon) {}

    Seed {
        structures = Map.copyOf(structures);
    }

    static Seed none(String why) {
        return new Seed(why, Map.of(), "", Optional.empty(), false);
    }

    static Seed of(Map<String, Seeds.Table> before, Map<String, Seeds.Table> after, String definitions, boolean quick) {
        Map<String, String> structures = new TreeMap<>();
        before.forEach((name, table) -> Optional.ofNullable(after.get(name))
                .filter(then -> then.structure().equals(table.structure()))
                .ifPresent(then -> structures.put(name, then.structure())));
        return new Seed("", structures, definitions, Optional.empty(), quick);
    }

    Seed with(Optional<Known> sums) {
        return new Seed(why, structures, definitions, sums, quick);
    }

    boolean taken() {
        return why.isEmpty();
    }

    static String fact(String name) {
        return "database.seed." + name;
    }

    /**
     * What became of it where it was loaded.
     *
     * @param sums what is there, which nobody writes to
     * @param counters what the next row of each table gets, where they count
     * @param proved what is known to have been equal in the original
     */
    record Loaded(DatabaseSums sums, Map<String, String> counters, Optional<Proved> proved) {
        Loaded {
            counters = Map.copyOf(counters);
        }

        static String fact(String name) {
            return "database.seed.loaded." + name;
        }
    }

    /**
     * What was equal in the original at some time after a horizon: all but some ranges.
     *
     * @param horizon what tells rows apart that were written since
     * @param but of tables, the ranges that were not equal
     */
    record Proved(long horizon, Map<String, List<String>> but) {
        /** So that they can be kept. */
        private static final int MOST = 1_000;

        Proved {
            but = Map.copyOf(but);
        }

        /** Nothing when most of it was written to meanwhile. */
        static Optional<Proved> of(Known known, DatabaseSums loaded) {
            Map<String, List<String>> different = loaded.different(known.sums());
            int ranges = different.values().stream().mapToInt(List::size).sum();
            return ranges > MOST ? Optional.empty() : Optional.of(new Proved(known.horizon(), different));
        }
    }
}
