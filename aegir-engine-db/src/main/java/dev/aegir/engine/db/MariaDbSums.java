// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sums of a hash over all columns of a row as bytes. Columns that are computed are left out, as dumps have none of them. Not by {@code
 * CHECKSUM TABLE}, which depends on how rows are stored.
 *
 * <p>The hash is the first half of MD5, which every server has; or the product of two CRCs of different polynomials (ISO HDLC and
 * Castagnoli), for which processors have instructions, which take half as long. CRCs are linear: sums of one, or of two side by
 * side, would stay the same more often than by chance when two rows exchange something; sums of the products do not. Neither hash
 * is meant for rows that somebody has made in order to be mistaken for others.
 */
final class MariaDbSums implements Sums {
    private static final Set<String> WHOLE = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");
    private static final Set<String> STRINGS = Set.of("char", "varchar", "binary", "varbinary", "enum", "set", "bit");

    /** What the types of columns that may be very long have in their names. */
    private static final String TEXT = ".*(text|blob|json).*";

    private static final String SHAPE = ".*(geometry|point|linestring|polygon).*";

    /** What has fewer bytes costs less when it is not hashed for itself. */
    private static final int SHORT = 512;

    private final boolean quick;

    MariaDbSums(boolean quick) {
        this.quick = quick;
    }

    @Override
    public String preamble() {
        return """
                SET time_zone = '+00:00' /*M!100100 , max_statement_time = 0 */ /*!80000 , max_execution_time = 0 */;
                SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
                START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;
                """;
    }

    @Override
    public String listing() {
        return "SELECT HEX(c.TABLE_NAME), HEX(c.COLUMN_NAME), c.DATA_TYPE, c.COLUMN_KEY = 'PRI',"
                + " COALESCE(t.DATA_LENGTH, 0), k.COLUMN_NAME IS NOT NULL AND t.ENGINE = 'InnoDB'"
                + " FROM information_schema.COLUMNS c JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)"
                + " LEFT JOIN (SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA ="
                + " DATABASE() AND INDEX_NAME = 'PRIMARY' AND SEQ_IN_INDEX = 1) k"
                + " ON BINARY k.TABLE_NAME = BINARY c.TABLE_NAME AND k.COLUMN_NAME = c.COLUMN_NAME"
                + " WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"
                + " AND COALESCE(t.ENGINE, '') NOT IN (" + elsewhere()
                + ") AND COALESCE(c.GENERATION_EXPRESSION, '') = ''"
                + " AND c.EXTRA NOT LIKE '% GENERATED%' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION;\n";
    }

    private static String elsewhere() {
        List<String> names = MariaDbDumps.ELSEWHERE.stream()
                .sorted()
                .map(MariaDbText::literal)
                .toList();
        return String.join(", ", names);
    }

    @Override
    public String bounds(List<List<String>> listed, Collection<String> tables) {
        StringBuilder bounds = new StringBuilder();
        tables(listed).forEach((name, columns) -> {
            boolean first = columns.stream()
                    .filter(MariaDbSums::isKey)
                    .findFirst()
                    .filter(row -> Rows.yes(row.get(5)))
                    .isPresent();
            if (first && tables.contains(name)) {
                String key = key(columns).orElseThrow();
                bounds.append("SELECT '" + columns.get(0).get(0) + "', COALESCE(MIN(" + key + "), ''), COALESCE(MAX("
                        + key + "), '') FROM " + MariaDbText.identifier(name) + ";\n");
            }
        });
        return bounds.toString();
    }

    private static Map<String, List<List<String>>> tables(List<List<String>> listed) {
        Map<String, List<List<String>>> tables = new LinkedHashMap<>();
        listed.forEach(row -> tables.computeIfAbsent(Rows.text(row.get(0)), name -> new ArrayList<>())
                .add(row));
        return tables;
    }

    @Override
    public Map<String, List<String>> statements(
            List<List<String>> listed, Map<String, List<String>> only, Map<String, List<Long>> cuts) {
        Map<String, List<String>> statements = new LinkedHashMap<>();
        tables(listed)
                .forEach((name, columns) -> statements.put(
                        name,
                        Optional.ofNullable(only.get(name))
                                .map(ranges -> statements(name, columns, ranges))
                                .orElseGet(() -> pieces(name, columns, cuts.getOrDefault(name, List.of())))));
        return statements;
    }

    @Override
    public Map<String, Long> sizes(List<List<String>> listed) {
        Map<String, Long> sizes = new HashMap<>();
        listed.forEach(row -> sizes.put(Rows.text(row.get(0)), Long.parseLong(row.get(4))));
        return sizes;
    }

    private List<String> statements(String table, List<List<String>> columns, List<String> ranges) {
        String key = key(columns).orElseThrow(() -> new IllegalStateException(table + " has no ranges"));
        return List.of(
                statement(table, columns, " WHERE " + Sums.within(key, range(key), ranges)),
                "SELECT '" + DatabaseSums.COUNTED + "', COUNT(*), 0 FROM " + MariaDbText.identifier(table) + ";\n");
    }

    private List<String> pieces(String table, List<List<String>> columns, List<Long> cuts) {
        return cuts.isEmpty()
                ? List.of(statement(table, columns, ""))
                : Sums.pieces(key(columns).orElseThrow(), cuts).stream()
                        .map(piece -> statement(table, columns, " WHERE " + piece))
                        .toList();
    }

    private String statement(String table, List<List<String>> columns, String which) {
        String range = key(columns).map(MariaDbSums::range).orElse("0");
        return "SELECT " + range + " AS aegir_range, COUNT(*), COALESCE(SUM("
                + (quick ? product(columns) : half(columns)) + "), 0) FROM " + MariaDbText.identifier(table) + which
                + " GROUP BY aegir_range;\n";
    }

    private static String half(List<List<String>> columns) {
        String values =
                columns.stream().map(row -> value(column(row), row.get(2))).collect(Collectors.joining(", "));
        return "CAST(CONV(LEFT(MD5(CONCAT_WS('#', " + values + ")), 16), 16, 10) AS UNSIGNED)";
    }

    /** Each of a text with everything that is short, and the lengths of what may be long; and then of that. */
    private static String product(List<List<String>> columns) {
        List<String> values = new ArrayList<>();
        List<String> strings = new ArrayList<>();
        for (List<String> row : columns) {
            String column = column(row);
            if (row.get(2).matches(TEXT) || STRINGS.contains(row.get(2))) {
                values.add("COALESCE(OCTET_LENGTH(" + column + "), 'N')");
                strings.add(row.get(2).equals("bit") ? "CAST(" + column + " AS BINARY)" : column);
            } else {
                values.add(value(column, row.get(2)));
            }
        }
        return crc("CRC32", values, strings) + " * " + crc("CRC32C", values, strings);
    }

    private static String crc(String function, List<String> values, List<String> strings) {
        String crc = function + "(CONCAT_WS('#', " + String.join(", ", values) + "))";
        for (String string : strings) {
            crc = function + "(" + crc + ", COALESCE(" + string + ", ''))";
        }
        return crc;
    }

    private static String column(List<String> row) {
        return MariaDbText.identifier(Rows.text(row.get(1)));
    }

    /** The range of a row by its key. */
    static String range(String key) {
        return "(" + key + " DIV " + RANGE + ") MOD " + MOST;
    }

    private static Optional<String> key(List<List<String>> columns) {
        return columns.stream().filter(MariaDbSums::isKey).findFirst().map(MariaDbSums::column);
    }

    private static boolean isKey(List<String> row) {
        return Rows.yes(row.get(3)) && WHOLE.contains(row.get(2));
    }

    /** The columns that ranges are told by, of the tables that have more than one. */
    static Map<String, Seeds.Ranges> keys(List<List<String>> listed) {
        Map<String, Seeds.Ranges> keys = new HashMap<>();
        tables(listed).forEach((name, columns) -> {
            long parts = columns.stream().filter(row -> Rows.yes(row.get(3))).count();
            columns.stream()
                    .filter(MariaDbSums::isKey)
                    .findFirst()
                    .ifPresent(row -> keys.put(name, new Seeds.Ranges(Rows.text(row.get(1)), parts == 1)));
        });
        return keys;
    }

    /**
     * Nothing that one column has can be taken for what another has, or for nothing. What is longer than a hash of it is hashed for
     * itself: all of them together have to fit into what the server makes of them.
     */
    private static String value(String column, String type) {
        String value = "CAST(" + column + " AS BINARY)";
        String told = "CONCAT(OCTET_LENGTH(" + column + "), ':', " + value + ")";
        if (type.matches(TEXT)) {
            value = "IF(OCTET_LENGTH(" + column + ") < " + SHORT + ", " + told + ", MD5(" + column + "))";
        } else if (type.matches(SHAPE)) {
            value = "MD5(" + column + ")";
        } else if (STRINGS.contains(type)) {
            value = told;
        }
        return "COALESCE(" + value + ", 'N')";
    }
}
