// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where rows of some ranges are no longer: between the keys that there are. A row that comes in the place of one with the same key costs
 * less than half of one that is taken away and comes again, so only those are taken away that do not come.
 */
final class MariaDbHoles {
    /** Where there are more it is quicker to take all rows away. */
    private static final int MOST = 2_000;

    private MariaDbHoles() {}

    /** The statement that lists holes: the key before one, empty for none, and the one after it; and at last the greatest key. */
    static String listing(String table, String key, String which) {
        return "SELECT COALESCE(p, ''), k FROM (SELECT " + key + " AS k, LAG(" + key + ") OVER (ORDER BY " + key
                + ") AS p FROM " + table + " WHERE " + which + ") AS keyed"
                + " WHERE p IS NULL OR p <> CAST(k AS DECIMAL(21)) - 1 ORDER BY k LIMIT " + (MOST + 1) + ";\n"
                + "SELECT COALESCE(MAX(" + key + "), ''), '' FROM " + table + " WHERE " + which + ";\n";
    }

    /** What holds for the keys of these ranges that are in a hole; nothing when there are too many, or no rows at all. */
    static Optional<String> between(List<List<String>> listed, String key) {
        if (listed.size() < 2 || listed.size() > MOST + 1) {
            return Optional.empty();
        }
        List<String> holes = new ArrayList<>();
        for (List<String> hole : listed) {
            String from = hole.get(0).isEmpty() ? "" : key + " > " + new BigInteger(hole.get(0));
            String to = hole.get(1).isEmpty() ? "" : key + " < " + new BigInteger(hole.get(1));
            holes.add(from + (from.isEmpty() || to.isEmpty() ? "" : " AND ") + to);
        }
        return Optional.of(String.join(" OR ", holes));
    }
}
