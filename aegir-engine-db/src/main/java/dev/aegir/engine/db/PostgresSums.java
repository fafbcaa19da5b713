// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sums of MD5 over rows as the server writes them by itself: a cast to text may be the site's own. Sequences are where they are.
 */
final class PostgresSums implements Sums {
    /** Where a sequence is, which is also what it begins with when nothing has used it. */
    static final String STANDING = "last_value || CASE WHEN is_called THEN '' ELSE ' next' END";

    @Override
    public String preamble() {
        return """
                SET search_path = pg_catalog;
                SET datestyle = 'ISO, YMD';
                SET intervalstyle = 'iso_8601';
                SET extra_float_digits = 1;
                SET bytea_output = 'hex';
                SET timezone = 'UTC';
                SET lc_monetary = 'C';
                SET statement_timeout = 0;
                SET standard_conforming_strings = on;
                BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                """;
    }

    /** The first statement of a transaction that sees what another one sees. */
    static String seeing(String snapshot) {
        return "SET TRANSACTION SNAPSHOT " + PostgresText.literal(snapshot) + ";\n";
    }

    @Override
    public String listing() {
        return "SELECT CASE WHEN has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
                + " THEN 'table' ELSE 'closed' END, " + hex("n.nspname") + ", " + hex("c.relname")
                + ", COALESCE((SELECT "
                + hex("a.attname")
                + " FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
                + " WHERE i.indrelid = c.oid AND i.indisprimary AND a.atttypid IN (20, 21, 23) ORDER BY a.attnum LIMIT 1), ''),"
                + " pg_table_size(c.oid)"
                + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
                + " AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
                + " AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid"
                + " AND e.deptype = 'e') ORDER BY 2, 3;\n"
                + "SELECT CASE WHEN has_schema_privilege(schemaname::text, 'USAGE') AND has_sequence_privilege("
                + "quote_ident(schemaname) || '.' || quote_ident(sequencename), 'SELECT')"
                + " THEN 'sequence' ELSE 'closed sequence' END, " + hex("schemaname") + ", " + hex("sequencename")
                + ", '', 0"
                + " FROM pg_sequences ORDER BY 2, 3;\n";
    }

    private static String hex(String name) {
        return "encode(convert_to(" + name + "::text, 'UTF8'), 'hex')";
    }

    @Override
    public Map<String, List<String>> statements(
            List<List<String>> listed, Map<String, List<String>> only, Map<String, List<Long>> cuts) {
        Map<String, List<String>> statements = new LinkedHashMap<>();
        for (List<String> row : listed) {
            String title = title(row);
            String table = PostgresText.qualified(Rows.text(row.get(1)), Rows.text(row.get(2)));
            if (row.get(0).startsWith("closed")) {
                // Somebody else has made it, and the site's account may not read it.
                statements.put(title, List.of("SELECT '" + DatabaseSums.CLOSED + "', 0, '-';\n"));
            } else if (row.get(0).equals("sequence")) {
                statements.put(title, List.of("SELECT '', 1, " + STANDING + " FROM " + table + ";\n"));
            } else {
                String key = Rows.text(row.get(3));
                statements.put(
                        title,
                        Optional.ofNullable(only.get(title))
                                .map(ranges -> statements(table, key, ranges))
                                .orElseGet(() -> List.of(statement(table, key, ""))));
            }
        }
        return statements;
    }

    /** Every version of a row says which transaction has written it; what is far in the past may be told as new. */
    @Override
    public Map<String, String> newer(List<List<String>> listed, long horizon) {
        Map<String, String> statements = new LinkedHashMap<>();
        for (List<String> row : listed) {
            if (row.get(0).equals("table")) {
                String key = Rows.text(row.get(3));
                statements.put(
                        title(row),
                        "SELECT " + (key.isEmpty() ? "0" : range("t." + PostgresText.identifier(key)))
                                + " AS r, count(*), count(*) FILTER (WHERE age(t.xmin) <= age('" + horizon
                                + "'::xid8::xid)) FROM ONLY "
                                + PostgresText.qualified(Rows.text(row.get(1)), Rows.text(row.get(2)))
                                + " AS t GROUP BY r;\n");
            }
        }
        return statements;
    }

    /** What a row of the list is called. */
    static String title(List<String> row) {
        String title = PostgresText.title(Rows.text(row.get(1)), Rows.text(row.get(2)));
        return isSequence(row) ? "sequence " + title : title;
    }

    static boolean isSequence(List<String> row) {
        return row.get(0).endsWith("sequence");
    }

    @Override
    public Map<String, Long> sizes(List<List<String>> listed) {
        Map<String, Long> sizes = new HashMap<>();
        listed.forEach(row -> sizes.put(title(row), Long.parseLong(row.get(4))));
        return sizes;
    }

    private static List<String> statements(String table, String key, List<String> ranges) {
        String column = "t." + PostgresText.identifier(key);
        return List.of(
                statement(table, key, " WHERE " + Sums.within(column, range(column), ranges)),
                "SELECT '" + DatabaseSums.COUNTED + "', count(*), 0 FROM ONLY " + table + ";\n");
    }

    private static String statement(String table, String key, String which) {
        String range = key.isEmpty() ? "0" : range("t." + PostgresText.identifier(key));
        return "SELECT r, count(*), sum(h) FROM (SELECT " + range + " AS r,"
                + " ('x' || left(md5(textin(record_out(t.*))), 16))::bit(64)::bigint AS h FROM ONLY " + table + " AS t"
                + which + ") AS s GROUP BY r;\n";
    }

    /** The range of a row by its key. */
    static String range(String key) {
        return "(" + key + " / " + RANGE + ") % " + MOST;
    }
}
