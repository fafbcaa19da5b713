// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sums of MD5 over all columns of a row as bytes. Columns that are computed are left out, as dumps have none of them. Not by {@code
 * CHECKSUM TABLE}, which depends on how rows are stored.
 */
final class MariaDbSums implements Sums {
    private static final Set<String> WHOLE = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");
    private static final Set<String> STRINGS = Set.of("char", "varchar", "binary", "varbinary", "enum", "set", "bit");

    /** What the types of columns that may be very long, or of any bytes, have in their names. */
    private static final String LONG = ".*(text|blob|json|geometry|point|linestring|polygon).*";

    @Override
    public String preamble() {
        return """
                SET time_zone = '+00:00', max_statement_time = 0;
                SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
                START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;
                """;
    }

    @Override
    public String listing() {
        return "SELECT HEX(c.TABLE_NAME), HEX(c.COLUMN_NAME), c.DATA_TYPE, c.COLUMN_KEY = 'PRI',"
                + " COALESCE(t.DATA_LENGTH, 0)"
                + " FROM information_schema.COLUMNS c JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)"
                + " WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"
                + " AND COALESCE(t.ENGINE, '') NOT IN (" + elsewhere()
                + ") AND COALESCE(c.GENERATION_EXPRESSION, '') = ''"
                + " AND c.EXTRA NOT LIKE '%GENERATED%' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION;\n";
    }

    private static String elsewhere() {
        List<String> names = MariaDbDumps.ELSEWHERE.stream()
                .sorted()
                .map(MariaDbText::literal)
                .toList();
        return String.join(", ", names);
    }

    @Override
    public Map<String, String> statements(List<List<String>> listed, Map<String, List<String>> only) {
        Map<String, List<List<String>>> tables = new LinkedHashMap<>();
        listed.forEach(row -> tables.computeIfAbsent(Rows.text(row.get(0)), name -> new ArrayList<>())
                .add(row));
        Map<String, String> statements = new LinkedHashMap<>();
        tables.forEach((name, columns) -> statements.put(
                name,
                Optional.ofNullable(only.get(name))
                        .map(ranges -> statement(name, columns, ranges))
                        .orElseGet(() -> statement(name, columns, "") + ";\n")));
        return statements;
    }

    @Override
    public Map<String, Long> sizes(List<List<String>> listed) {
        Map<String, Long> sizes = new HashMap<>();
        listed.forEach(row -> sizes.put(Rows.text(row.get(0)), Long.parseLong(row.get(4))));
        return sizes;
    }

    private static String statement(String table, List<List<String>> columns, List<String> ranges) {
        String key = key(columns).orElseThrow(() -> new IllegalStateException(table + " has no ranges"));
        return statement(table, columns, " WHERE " + Sums.within(key, range(key), ranges)) + ";\nSELECT '"
                + DatabaseSums.COUNTED + "', COUNT(*), 0 FROM " + MariaDbText.identifier(table) + ";\n";
    }

    private static String statement(String table, List<List<String>> columns, String which) {
        List<String> values = columns.stream()
                .map(row -> value(MariaDbText.identifier(Rows.text(row.get(1))), row.get(2)))
                .toList();
        String range = key(columns).map(MariaDbSums::range).orElse("0");
        return "SELECT " + range + " AS aegir_range, COUNT(*),"
                + " COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT_WS('#', " + String.join(", ", values)
                + ")), 16), 16, 10) AS UNSIGNED)), 0) FROM " + MariaDbText.identifier(table) + which
                + " GROUP BY aegir_range";
    }

    /** The range of a row by its key. */
    static String range(String key) {
        return "(" + key + " DIV " + RANGE + ") MOD " + MOST;
    }

    private static Optional<String> key(List<List<String>> columns) {
        return columns.stream()
                .filter(row -> Rows.yes(row.get(3)) && WHOLE.contains(row.get(2)))
                .findFirst()
                .map(row -> MariaDbText.identifier(Rows.text(row.get(1))));
    }

    /** The columns that ranges are told by, of the tables that have more than one. */
    static Map<String, Seeds.Ranges> keys(List<List<String>> listed) {
        Map<String, Seeds.Ranges> keys = new HashMap<>();
        listed.stream()
                .filter(row -> Rows.yes(row.get(3)) && WHOLE.contains(row.get(2)))
                .forEach(row -> keys.putIfAbsent(Rows.text(row.get(0)), new Seeds.Ranges(Rows.text(row.get(1)))));
        return keys;
    }

    /** Nothing that one column has can be taken for what another has, or for nothing. */
    private static String value(String column, String type) {
        String value = "CAST(" + column + " AS BINARY)";
        if (type.matches(LONG)) {
            value = "MD5(" + column + ")";
        } else if (STRINGS.contains(type)) {
            value = "CONCAT(OCTET_LENGTH(" + column + "), ':', " + value + ")";
        }
        return "COALESCE(" + value + ", 'N')";
    }
}
