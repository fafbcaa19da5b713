// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.StepContext;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Sums up a database as its site's own account, which can read all of it and nothing else, wherever that is let in.
 *
 * @param context the step's
 * @param place where
 * @param database which
 * @param quick whether by the hash that only some servers know
 * @param snapshot what it is seen by, as {@link Seeds.Reading} has it
 */
record Summing(StepContext context, Place place, Database database, boolean quick, Optional<String> snapshot) {
    /** About how many bytes of a table are summed up at once, where it can be cut into pieces. */
    private static final long PIECE = 8 << 20;

    private static final long PIECES = 24;

    /** As it is now. */
    Summing(StepContext context, Place place, Database database, boolean quick) {
        this(context, place, database, quick, Optional.empty());
    }

    DatabaseSums sums() throws InterruptedException {
        return sums(new DatabaseSums(Map.of(), quick), Map.of()).bounded();
    }

    /**
     * With what is known already of some tables, which are only seen to be there; of others only some ranges are summed up, and all
     * rows counted.
     */
    DatabaseSums sums(DatabaseSums known, Map<String, List<String>> only) throws InterruptedException {
        try (SumSessions sessions = open()) {
            return sums(sessions, sessions.ask(language().listing()), new Known(known, only));
        }
    }

    /**
     * What is known already.
     *
     * @param sums of some tables all
     * @param only of others all but some ranges
     */
    record Known(DatabaseSums sums, Map<String, List<String>> only) {}

    /**
     * With what is known of ranges because of how many rows they have, and how many of these may have been written since a horizon, where
     * the server tells.
     */
    DatabaseSums sums(long horizon, Function<Map<String, Map<String, String>>, Known> known)
            throws InterruptedException {
        try (SumSessions sessions = open()) {
            List<List<String>> listed = sessions.ask(language().listing());
            Map<String, List<String>> newer = new LinkedHashMap<>();
            language().newer(listed, horizon).forEach((table, statement) -> newer.put(table, List.of(statement)));
            return sums(
                    sessions,
                    listed,
                    known.apply(sessions.answers(newer, language().sizes(listed))));
        }
    }

    private DatabaseSums sums(SumSessions sessions, List<List<String>> listed, Known known)
            throws InterruptedException {
        Map<String, Long> sizes = new HashMap<>(language().sizes(listed));
        sizes.keySet().removeAll(known.sums().tables().keySet());
        Map<String, Map<String, String>> tables = new HashMap<>();
        Map<String, List<String>> statements =
                language().statements(listed, known.only(), cuts(sessions, listed, sizes, known.only()));
        for (String table : List.copyOf(statements.keySet())) {
            Optional.ofNullable(known.sums().tables().get(table)).ifPresent(ranges -> {
                tables.put(table, ranges);
                statements.remove(table);
            });
        }
        tables.putAll(sessions.answers(statements, sizes));
        return new DatabaseSums(tables, quick);
    }

    /** Where large tables are cut into pieces, so that sessions can share one. */
    private Map<String, List<Long>> cuts(
            SumSessions sessions, List<List<String>> listed, Map<String, Long> sizes, Map<String, List<String>> only)
            throws InterruptedException {
        Set<String> large = new TreeSet<>();
        sizes.forEach((table, size) -> {
            if (size >= 2 * PIECE && !only.containsKey(table)) {
                large.add(table);
            }
        });
        String bounds = language().bounds(listed, large);
        Map<String, List<Long>> cuts = new HashMap<>();
        for (List<String> row : bounds.isEmpty() ? List.<List<String>>of() : sessions.ask(bounds)) {
            String table = Rows.text(row.get(0));
            long pieces = Math.min(PIECES, sizes.getOrDefault(table, 0L) / PIECE);
            if (!row.get(1).isEmpty()) {
                cuts.put(table, cuts(new BigInteger(row.get(1)), new BigInteger(row.get(2)), (int) pieces));
            }
        }
        return cuts;
    }

    /** At whole ranges, so that few are in two pieces. Keys beyond the largest number here are of one piece. */
    static List<Long> cuts(BigInteger least, BigInteger most, int pieces) {
        List<Long> cuts = new ArrayList<>();
        BigInteger range = BigInteger.valueOf(Sums.RANGE);
        for (int i = 1; i < pieces; i++) {
            BigInteger cut = least.add(
                            most.subtract(least).multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(pieces)))
                    .divide(range)
                    .multiply(range);
            boolean further = cuts.isEmpty() || cut.longValue() > cuts.get(cuts.size() - 1);
            if (cut.bitLength() < Long.SIZE && cut.compareTo(least) > 0 && further) {
                cuts.add(cut.longValue());
            }
        }
        return cuts;
    }

    private Sums language() {
        return Sums.of(place.software(), quick);
    }

    private SumSessions open() throws InterruptedException {
        Session session = new Session(context, place);
        Found found = Reachable.look(session, context, database);
        found.requireOurs(place, database);
        if (!found.exists()) {
            throw new DatabaseServerException(
                    place.described() + ": there is no database " + database.name() + " of " + database.title() + ".",
                    "");
        }
        return new SumSessions(context, place, database, snapshot);
    }
}
