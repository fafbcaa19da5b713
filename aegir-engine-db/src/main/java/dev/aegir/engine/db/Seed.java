// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a database's tables were like while it was copied and people wrote to it. A value.
 *
 * @param why why there is no copy; empty when there is one
 * @param structures of each table whose structure was the same before and after, a hash of it
 * @param definitions what else there was but rows, and was the same before and after
 */
record Seed(String why, Map<String, String> structures, String definitions) {
    Seed {
        structures = Map.copyOf(structures);
    }

    static Seed none(String why) {
        return new Seed(why, Map.of(), "");
    }

    static Seed of(Map<String, Seeds.Table> before, Map<String, Seeds.Table> after, String definitions) {
        Map<String, String> structures = new TreeMap<>();
        before.forEach((name, table) -> Optional.ofNullable(after.get(name))
                .filter(then -> then.structure().equals(table.structure()))
                .ifPresent(then -> structures.put(name, then.structure())));
        return new Seed("", structures, definitions);
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
     */
    record Loaded(DatabaseSums sums, Map<String, String> counters) {
        Loaded {
            counters = Map.copyOf(counters);
        }

        static String fact(String name) {
            return "database.seed.loaded." + name;
        }
    }
}
