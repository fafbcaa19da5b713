// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.InvalidValueException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a dump has in it: known when it is made, told as the result {@code dump.facts}, and written at the end of the dump
 * itself as comments of SQL, so that whoever loads it, wherever, can compare. A value; safe for use by several threads.
 *
 * @param tables its tables, by schema and name
 * @param exact whether each table had exactly these rows when the dump was made; {@code false} when tables were written to
 *     meanwhile and the server cannot count in the moment that the dump is of, so that only about as many are known to have been
 *     there
 */
public record DumpFacts(List<Table> tables, boolean exact) {
    private static final String LINE = "-- Aegir: ";
    private static final Pattern TABLE = Pattern.compile(
            "-- Aegir: rows=(\\d{1,18}) engine=(\\S*) transactional=(true|false) schema=(\\S*) table=(\\S+)");
    private static final Pattern FIRST = Pattern.compile("-- Aegir: dump 1 exact=(true|false)");
    private static final Pattern LAST = Pattern.compile("-- Aegir: end (\\d{1,9})");

    /** Of which moment a dump is. */
    public enum Consistency {
        /** All of it is of one moment. */
        ONE_MOMENT,
        /** Some tables know no transactions and may be of another moment than the rest. */
        MIXED
    }

    /**
     * A table.
     *
     * @param schema its schema; empty where databases have none
     * @param name its name
     * @param rows how many rows of it the dump has
     * @param engine how it is stored, in the server's words
     * @param transactional whether it is of the same moment as all others that are
     */
    public record Table(String schema, String name, long rows, String engine, boolean transactional) {}

    /** Copies. */
    public DumpFacts {
        tables = List.copyOf(tables);
    }

    /**
     * Of which moment it is.
     *
     * @return {@link Consistency#ONE_MOMENT} when every table is transactional
     */
    public Consistency consistency() {
        return tables.stream().allMatch(Table::transactional) ? Consistency.ONE_MOMENT : Consistency.MIXED;
    }

    /**
     * All rows.
     *
     * @return how many rows all tables have together
     */
    public long rows() {
        return tables.stream().mapToLong(Table::rows).sum();
    }

    /**
     * As lines that are comments of SQL: what the end of a dump and the result {@code dump.facts} say.
     *
     * @return the lines, each with its end
     */
    public String text() {
        StringBuilder out = new StringBuilder(LINE + "dump 1 exact=" + exact + "\n");
        for (Table table : tables) {
            out.append(LINE).append("rows=").append(table.rows());
            out.append(" engine=").append(encoded(table.engine()));
            out.append(" transactional=").append(table.transactional());
            out.append(" schema=").append(encoded(table.schema()));
            out.append(" table=").append(encoded(table.name())).append('\n');
        }
        return out.append(LINE)
                .append("end ")
                .append(tables.size() + 2)
                .append('\n')
                .toString();
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @param text the lines
     * @return the facts
     * @throws InvalidValueException when they are not whole
     */
    public static DumpFacts of(String text) {
        List<String> lines = text.lines().toList();
        int last = lines.size() - 1;
        Matcher first = FIRST.matcher(lines.isEmpty() ? "" : lines.get(0));
        Matcher end = LAST.matcher(lines.isEmpty() ? "" : lines.get(last));
        if (!first.matches() || !end.matches() || Integer.parseInt(end.group(1)) != lines.size()) {
            throw broken(text);
        }
        List<Table> tables = new ArrayList<>();
        for (String line : lines.subList(1, last)) {
            Matcher table = TABLE.matcher(line);
            if (!table.matches()) {
                throw broken(line);
            }
            tables.add(new Table(
                    decoded(table.group(4)),
                    decoded(table.group(5)),
                    Long.parseLong(table.group(1)),
                    decoded(table.group(2)),
                    Boolean.parseBoolean(table.group(3))));
        }
        return new DumpFacts(tables, Boolean.parseBoolean(first.group(1)));
    }

    private static InvalidValueException broken(String text) {
        return new InvalidValueException(
                "facts of a dump",
                text.substring(0, Math.min(text.length(), 100)),
                "they are not what a dump of this program ends with: the dump is not whole, or somebody changed it");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw broken(text);
        }
    }
}
