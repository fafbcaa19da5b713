// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.identifier;

import dev.aegir.model.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tables by mariadb-dump, and of large ones the ranges of their keys that differ. Databases with anything but tables are brought as
 * a whole: programs, views and sequences have nothing that could be summed up.
 */
final class MariaDbSeeds implements Seeds {
    /** Foreign keys lead to rows that come later; a key of 0 is one. Each statement is a transaction of its own. */
    private static final String BEGIN = "SET FOREIGN_KEY_CHECKS=0;\nSET SQL_MODE='NO_AUTO_VALUE_ON_ZERO';\n";

    private final MariaDbDumps dumps;

    /** Of MariaDB. */
    MariaDbSeeds() {
        this(new MariaDb());
    }

    MariaDbSeeds(MySqlFamily family) {
        dumps = new MariaDbDumps(family);
    }

    @Override
    public Optional<String> obstacle(Conversation conversation, Database database) throws InterruptedException {
        String elsewhere = MariaDbDumps.ELSEWHERE.stream()
                .sorted()
                .map(MariaDbText::literal)
                .collect(Collectors.joining(", "));
        List<String> found = conversation
                .ask("SELECT CONCAT(COUNT(*), ' ', LOWER(IF(TABLE_TYPE = 'BASE TABLE', CONCAT('TABLE of the engine ',"
                        + " COALESCE(ENGINE, 'that is broken')), TABLE_TYPE))) FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = DATABASE() AND (TABLE_TYPE <> 'BASE TABLE' OR ENGINE IS NULL OR ENGINE IN ("
                        + elsewhere + ")) GROUP BY TABLE_TYPE, ENGINE;\n"
                        + counting("TRIGGERS", "TRIGGER_SCHEMA", "triggers")
                        + counting("ROUTINES", "ROUTINE_SCHEMA", "routines")
                        + counting("EVENTS", "EVENT_SCHEMA", "events"))
                .stream()
                .map(row -> row.get(0))
                .toList();
        return found.isEmpty() ? Optional.empty() : Optional.of("it has " + String.join(", ", found));
    }

    private static String counting(String what, String schema, String title) {
        return "SELECT CONCAT(COUNT(*), ' " + title + "') FROM information_schema." + what + " WHERE " + schema
                + " = DATABASE() HAVING COUNT(*) > 0;\n";
    }

    /** What only MariaDB reads, from 10.8 on, which has both functions with two arguments. */
    @Override
    public boolean quick(Conversation conversation) throws InterruptedException {
        return Rows.yes(Rows.only(conversation.ask("SELECT 0 /*M!100800 + 1 */;\n")));
    }

    @Override
    public Map<String, Table> tables(Conversation conversation, Database database) throws InterruptedException {
        List<List<String>> rows =
                conversation.ask("SELECT HEX(TABLE_NAME), COALESCE(CREATE_TIME, ''), COALESCE(AUTO_INCREMENT, '') FROM"
                        + " information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'"
                        + " ORDER BY TABLE_NAME;\n");
        Map<String, Ranges> keys = MariaDbSums.keys(conversation.ask(new MariaDbSums(false).listing()));
        rows.forEach(row -> conversation.later("SHOW CREATE TABLE " + identifier(Rows.text(row.get(0))) + ";\n"));
        Map<String, Table> tables = new LinkedHashMap<>();
        for (List<String> row : rows) {
            String name = Rows.text(row.get(0));
            String created = String.join("\t", conversation.answer().get(0));
            tables.put(
                    name,
                    new Table(
                            row.get(1) + " " + hash(withoutCounter(created)),
                            row.get(2),
                            Optional.ofNullable(keys.get(name))));
        }
        return tables;
    }

    /** Where the client says it: between the end of the columns and the options. */
    private static String withoutCounter(String created) {
        return created.replaceAll("(\\\\n\\) ENGINE=\\w+) AUTO_INCREMENT=\\d+", "$1");
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java has it.
        }
    }

    /** What the tables are like says each of them. */
    @Override
    public String definitions(Session session, Database database) {
        return "";
    }

    @Override
    public List<Part> parts(
            Conversation conversation,
            Place place,
            Database database,
            Rest rest,
            Map<String, Table> tables,
            Reading reading)
            throws InterruptedException {
        Map<String, String> gone = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> brought : rest.ranges().entrySet()) {
            Ranges ranges = ranges(tables.get(brought.getKey()));
            if (ranges.unique()) {
                String key = identifier(ranges.key());
                Optional<String> holes = MariaDbHoles.between(
                        conversation.ask(MariaDbHoles.listing(
                                identifier(brought.getKey()), key, which(ranges, brought.getValue()))),
                        key);
                holes.ifPresent(where -> gone.put(brought.getKey(), where));
            }
        }
        return parts(place, database, rest, tables, gone, reading.open());
    }

    /**
     * What brings the rest.
     *
     * @param gone of tables whose rows come in the place of those with the same key: where there are no others any more
     * @param open whether it is written to meanwhile: then rows may be in the way that are in none of these ranges, and make room. That
     *     rows were lost so is seen when all of them are counted.
     */
    List<Part> parts(
            Place place,
            Database database,
            Rest rest,
            Map<String, Table> tables,
            Map<String, String> gone,
            boolean open) {
        List<Part> parts = new ArrayList<>();
        StringBuilder begin = new StringBuilder(BEGIN);
        rest.gone()
                .forEach(table -> begin.append("DROP TABLE IF EXISTS ")
                        .append(identifier(table))
                        .append(";\n"));
        Map<String, String> which = new LinkedHashMap<>();
        rest.ranges().forEach((table, ranges) -> which.put(table, which(ranges(tables.get(table)), ranges)));
        // All of them first, so that rows of several tables can come side by side.
        which.forEach((table, rows) -> begin.append("DELETE FROM ")
                .append(identifier(table))
                .append(" WHERE ")
                .append(gone.containsKey(table) ? "(" + gone.get(table) + ") AND (" + rows + ")" : rows)
                .append(";\n"));
        parts.add(Part.text(begin.toString()));
        if (!rest.whole().isEmpty()) {
            parts.add(new Part("", dumps.dumpingTables(place, database, List.of(), rest.whole()), ""));
        }
        which.forEach((table, rows) -> {
            List<String> options = new ArrayList<>(List.of("--no-create-info", "--where=" + rows));
            if (open || gone.containsKey(table)) {
                options.add("--replace");
            }
            parts.add(new Part("", dumps.dumpingTables(place, database, options, List.of(table)), ""));
        });
        StringBuilder end = new StringBuilder();
        rest.counters().forEach((table, counter) -> {
            if (counter.matches("\\d+")) {
                end.append("ALTER TABLE " + identifier(table) + " AUTO_INCREMENT = " + counter + ";\n");
            }
        });
        parts.add(Part.text(end.toString()));
        return parts;
    }

    private static Ranges ranges(@org.jspecify.annotations.Nullable Table table) {
        if (table == null || table.ranges().isEmpty()) {
            throw new IllegalStateException("only tables with ranges are brought by them");
        }
        return table.ranges().get();
    }

    private static String which(Ranges ranges, List<String> brought) {
        String key = identifier(ranges.key());
        return Sums.within(key, MariaDbSums.range(key), brought);
    }
}
