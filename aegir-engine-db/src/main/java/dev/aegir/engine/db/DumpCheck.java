// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Judges what is in a dump by what was read beside it. The tables must be the same before, in the dump and afterwards, with the
 * same columns. Rows must be as many as were counted, where counter and dump see the same moment, and in every table that
 * nobody wrote to meanwhile. In the other tables they may be as many as before, as afterwards, or between, and more or fewer by
 * as many as came or went, by {@value #TOLERANCE} in a hundred, or by {@value #FEW}.
 *
 * @param place where
 * @param database which
 * @param moment how it was when the dump began
 * @param counted the rows in each table as they were then, by title
 */
record DumpCheck(Place place, Database database, Dumps.Moment moment, Map<String, Long> counted) {
    static final int TOLERANCE = 5;
    static final int FEW = 20;
    private static final int SHOWN = 5;

    /** What the dump has, by the lines of rows and title that were found in it. */
    DumpFacts accept(Session session, String found) throws InterruptedException {
        Map<String, Long> dumped = new TreeMap<>();
        for (String line : found.lines().toList()) {
            int tab = line.indexOf('\t');
            dumped.merge(line.substring(tab + 1), Long.parseLong(line.substring(0, tab)), Long::sum);
        }
        Map<String, Dumps.Table> before = byTitle(moment.tables());
        Map<String, Dumps.Table> after = byTitle(dumps().tables(session, database));
        requireSame(dumped, before, after);
        boolean exact = true;
        List<DumpFacts.Table> tables = new ArrayList<>();
        for (Dumps.Table table : moment.tables()) {
            long rows = dumped.getOrDefault(table.title(), 0L);
            if (!dumps().withoutRows(table.engine()) && rows != counted.getOrDefault(table.title(), 0L)) {
                requireAbout(session, table, Objects.requireNonNull(after.get(table.title())), rows);
                exact = false;
            }
            tables.add(new DumpFacts.Table(
                    table.schema(), table.name(), rows, table.engine(), dumps().transactional(table.engine())));
        }
        return new DumpFacts(tables, exact);
    }

    private void requireSame(
            Map<String, Long> dumped, Map<String, Dumps.Table> before, Map<String, Dumps.Table> after) {
        TreeSet<String> changed = new TreeSet<>(before.keySet());
        changed.addAll(after.keySet());
        changed.removeIf(title -> before.containsKey(title)
                && after.containsKey(title)
                && before.get(title).structure().equals(after.get(title).structure()));
        if (!changed.isEmpty()) {
            throw failed(
                    DumpFailedException.Reason.TABLES_CHANGED,
                    "was not accepted: somebody made, dropped or changed tables meanwhile: " + shown(changed) + ".");
        }
        if (!dumped.keySet().equals(before.keySet())) {
            TreeSet<String> missing = new TreeSet<>(before.keySet());
            missing.removeAll(dumped.keySet());
            throw failed(
                    DumpFailedException.Reason.INCOMPLETE,
                    "was not accepted: it has " + dumped.size() + " tables, and they are not exactly the "
                            + before.size() + " of the database"
                            + (missing.isEmpty() ? "." : "; missing: " + shown(missing) + "."));
        }
    }

    private void requireAbout(Session session, Dumps.Table before, Dumps.Table after, long rows)
            throws InterruptedException {
        long first = counted.getOrDefault(before.title(), 0L);
        long low = first;
        long high = first;
        if (dumps().mayHaveChanged(moment, before, after)) {
            long last = Long.parseLong(Rows.only(session.readIn(database.name(), dumps().counting(after))));
            long tolerated = Math.max(Math.abs(last - first), Math.max(FEW, Math.max(first, last) * TOLERANCE / 100));
            low = Math.min(first, last) - tolerated;
            high = Math.max(first, last) + tolerated;
        }
        if (rows < low || rows > high) {
            throw failed(
                    DumpFailedException.Reason.INCOMPLETE,
                    "was not accepted: it has " + rows + " rows of the table " + before.name()
                            + ", which had " + first
                            + (low == high
                                    ? "."
                                    : "; between " + Math.max(0, low) + " and " + high + " were expected."));
        }
    }

    private static Map<String, Dumps.Table> byTitle(List<Dumps.Table> tables) {
        return tables.stream().collect(Collectors.toMap(Dumps.Table::title, Function.identity(), (a, b) -> a));
    }

    private static String shown(TreeSet<String> titles) {
        return titles.stream()
                        .limit(SHOWN)
                        .map(title -> title.replace("-- ", ""))
                        .collect(Collectors.joining(", "))
                + (titles.size() > SHOWN ? " and " + (titles.size() - SHOWN) + " more" : "");
    }

    private DumpFailedException failed(DumpFailedException.Reason reason, String what) {
        return failed(place, database, reason, what);
    }

    static DumpFailedException failed(Place place, Database database, DumpFailedException.Reason reason, String what) {
        return new DumpFailedException(
                place.described() + ": the dump of the database " + database.name() + " " + what, reason);
    }

    private Dumps dumps() {
        return Dumps.of(place.software());
    }
}
