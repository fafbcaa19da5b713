// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a copy of a database lacked when it was looked at while people wrote to it. A value.
 *
 * @param why why nothing is brought; empty when the following is
 * @param rest what is brought
 * @param structures of each table whose structure was the same before and after it was dumped, a hash of it
 * @param known what was summed up where it was copied from, where it can be told later what was written since; until it is loaded
 */
record Delta(String why, Rest rest, Map<String, String> structures, Optional<Seed.Known> known) {
    Delta {
        structures = Map.copyOf(structures);
    }

    static Delta none(String why) {
        return new Delta(why, Rest.everything(why), Map.of(), Optional.empty());
    }

    boolean isBrought() {
        return why.isEmpty();
    }

    /**
     * What the copy is like once this is loaded: tables that were brought as a whole are as they were in the original while they were
     * dumped, if that is known. If it is not, they are brought again later.
     */
    Seed loaded(Seed seed) {
        Map<String, String> loaded = new HashMap<>(seed.structures());
        loaded.keySet().removeAll(rest.gone());
        for (String table : rest.whole()) {
            loaded.remove(table);
            Optional.ofNullable(structures.get(table)).ifPresent(structure -> loaded.put(table, structure));
        }
        return new Seed(seed.why(), loaded, seed.definitions(), seed.known(), seed.quick());
    }

    static String fact(String name) {
        return "database.delta." + name;
    }
}
