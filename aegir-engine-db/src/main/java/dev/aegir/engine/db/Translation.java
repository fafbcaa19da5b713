// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.literal;

import dev.aegir.model.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What becomes of a database of MySQL in MariaDB.
 *
 * @param obstacles what it cannot take, with table and column
 * @param changes what is otherwise there
 */
record Translation(List<String> obstacles, List<String> changes) {
    private static final int SHOWN = 5;

    /** Functions that MySQL has and MariaDB has not, in all versions that are of use here. */
    private static final Set<String> ONLY_THERE = Set.of(
            "bin_to_uuid",
            "is_uuid",
            "json_pretty",
            "json_schema_valid",
            "json_schema_validation_report",
            "json_storage_free",
            "json_storage_size",
            "regexp_like",
            "statement_digest",
            "statement_digest_text",
            "st_latfromgeohash",
            "st_longfromgeohash",
            "st_pointfromgeohash",
            "st_transform",
            "uuid_to_bin");

    private static final Set<String> TYPES_ONLY_THERE = Set.of("geomcollection", "vector");
    private static final Pattern CALL = Pattern.compile("([a-z_][a-z0-9_]*) *\\(");

    Translation {
        obstacles = List.copyOf(obstacles);
        changes = List.copyOf(changes);
    }

    /**
     * What MariaDB knows.
     *
     * @param collations how text is compared
     * @param engines how tables are stored, in small letters
     * @param receiver what it takes instead of what it does not know
     */
    record Known(Set<String> collations, Set<String> engines, MariaDbReceiver receiver) {
        static final String LOOKING = """
                SELECT 'collation', COLLATION_NAME FROM information_schema.COLLATIONS;
                SELECT 'engine', LOWER(ENGINE) FROM information_schema.ENGINES WHERE SUPPORT IN ('YES', 'DEFAULT');
                """;

        static Known of(Session session) throws InterruptedException {
            List<List<String>> rows = session.read(LOOKING);
            return new Known(second(rows, "collation"), second(rows, "engine"), MariaDbReceiver.of(session));
        }

        private static Set<String> second(List<List<String>> rows, String kind) {
            return Rows.of(kind, rows).stream().map(row -> row.get(1)).collect(Collectors.toSet());
        }
    }

    /** The statements that list what is judged. */
    static String looking(Database database) {
        String here = "TABLE_SCHEMA = " + literal(database.name());
        return "SELECT 'table', HEX(TABLE_NAME), LOWER(COALESCE(ENGINE, '')), COALESCE(TABLE_COLLATION, '')"
                + " FROM information_schema.TABLES WHERE " + here
                + " AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME;\n"
                + "SELECT 'column', HEX(c.TABLE_NAME), HEX(c.COLUMN_NAME), c.DATA_TYPE, COALESCE(c.COLLATION_NAME, ''),"
                + " HEX(c.EXTRA), HEX(CONCAT_WS(' ', IF(c.EXTRA LIKE '%DEFAULT\\_GENERATED%', c.COLUMN_DEFAULT, NULL),"
                + " c.GENERATION_EXPRESSION)), c.SRS_ID IS NOT NULL FROM information_schema.COLUMNS c"
                + " JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME) WHERE c." + here
                + " AND t.TABLE_TYPE = 'BASE TABLE' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION;\n"
                + "SELECT DISTINCT 'key', HEX(TABLE_NAME), HEX(INDEX_NAME) FROM information_schema.STATISTICS WHERE "
                + here + " AND EXPRESSION IS NOT NULL;\n"
                // Since 8.0.16 there are conditions for rows; before, nothing is asked.
                + "/*!80016 SELECT 'check', HEX(t.TABLE_NAME), HEX(t.CONSTRAINT_NAME), t.ENFORCED = 'YES', HEX(k.CHECK_CLAUSE)"
                + " FROM information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS k"
                + " USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME) WHERE t." + here + " */;\n";
    }

    /** Judges what was listed. */
    static Translation of(List<List<String>> rows, Known known) {
        List<String> obstacles = new ArrayList<>();
        Map<String, List<String>> changes = new TreeMap<>();
        for (List<String> row : Rows.of("table", rows)) {
            String table = Rows.text(row.get(1));
            if (!known.engines().contains(row.get(2))) {
                obstacles.add("the table " + table + " is stored by the engine " + row.get(2));
            }
            collation(row.get(3), table, known, obstacles, changes);
        }
        for (List<String> row : Rows.of("column", rows)) {
            column(row, known, obstacles, changes);
        }
        for (List<String> row : Rows.of("key", rows)) {
            obstacles.add("the key " + name(row) + " is of an expression");
        }
        for (List<String> row : Rows.of("check", rows)) {
            if (!Rows.yes(row.get(3))) {
                obstacles.add("the condition " + name(row) + " is not enforced, and would be");
            }
            function(Rows.text(row.get(4)))
                    .ifPresent(function -> obstacles.add("the condition " + name(row) + " needs " + function));
        }
        List<String> told = new ArrayList<>();
        changes.forEach((what, where) ->
                told.add(what + ": " + String.join(", ", where.subList(0, Math.min(SHOWN, where.size())))
                        + (where.size() > SHOWN ? " and " + (where.size() - SHOWN) + " more" : "")));
        return new Translation(obstacles, told);
    }

    private static void column(
            List<String> row, Known known, List<String> obstacles, Map<String, List<String>> changes) {
        String column = name(row);
        String type = row.get(3);
        String extra = Rows.text(row.get(5));
        if (TYPES_ONLY_THERE.contains(type)) {
            obstacles.add("the column " + column + " is of the type " + type);
        } else if (type.equals("json")) {
            change(changes, "JSON is text there that must be JSON", column);
        }
        if (extra.contains("INVISIBLE")) {
            obstacles.add("the column " + column + " is invisible, and would be seen");
        }
        function(Rows.text(row.get(6)))
                .ifPresent(function -> obstacles.add("the column " + column + " needs " + function));
        if (extra.contains(" GENERATED")) {
            change(changes, "computed anew there", column);
        }
        if (Rows.yes(row.get(7))) {
            change(changes, "shapes of any reference system are taken there", column);
        }
        collation(row.get(4), column, known, obstacles, changes);
    }

    private static void collation(
            String collation, String where, Known known, List<String> obstacles, Map<String, List<String>> changes) {
        Optional<String> instead = known.receiver().instead(collation);
        if (instead.isPresent()) {
            change(changes, "the collation " + collation + ", instead of which there is " + instead.get(), where);
        } else if (!collation.isEmpty() && !known.collations().contains(collation)) {
            obstacles.add(where + " has the collation " + collation);
        }
    }

    private static void change(Map<String, List<String>> changes, String what, String where) {
        changes.computeIfAbsent(what, each -> new ArrayList<>()).add(where);
    }

    /** The first function that MariaDB does not have. */
    private static Optional<String> function(String expression) {
        Matcher call = CALL.matcher(expression.toLowerCase(Locale.ROOT));
        while (call.find()) {
            if (ONLY_THERE.contains(call.group(1))) {
                return Optional.of("the function " + call.group(1));
            }
        }
        return Optional.empty();
    }

    private static String name(List<String> row) {
        return Rows.text(row.get(1)) + "." + Rows.text(row.get(2));
    }
}
