// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.spi.StoredForm;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What sums say, and how they are asked for. */
class DatabaseSumsTest {
    private static DatabaseSums posts(Map<String, String> ranges) {
        return new DatabaseSums(Map.of("posts", ranges, "empty", Map.of()));
    }

    @Test
    void equalOnesDifferInNothingAlsoWhenStored() {
        DatabaseSums sums = posts(Map.of("0", "20000 17", "1", "5 99999999999999999999999"));
        assertThat(sums.differences(StoredForm.read(StoredForm.write(sums), DatabaseSums.class)))
                .isEmpty();
        assertThat(sums.rows()).isEqualTo(20005);
        assertThat(sums.ranges()).isEqualTo(2);
    }

    @Test
    void everyDifferenceIsNamed() {
        DatabaseSums expected = posts(Map.of("0", "10 1", "1", "5 2", "2", "1 1"));
        assertThat(posts(Map.of("0", "10 1", "1", "5 3", "2", "1 1")).differences(expected))
                .containsExactly("posts differs in 1 of 3 ranges");
        assertThat(posts(Map.of("0", "10 1", "1", "4 3")).differences(expected))
                .containsExactly("posts differs in 2 of 3 ranges and has 14 rows and not 16");
        assertThat(new DatabaseSums(Map.of("posts", expected.tables().get("posts"), "mine", Map.of()))
                        .differences(expected))
                .containsExactly("empty is missing", "mine is too much");
    }

    @Test
    void someRangesAreAddedToWhatIsKnown() {
        DatabaseSums known = posts(Map.of("0", "10 1", "1", "5 2", "2", "1 1"));
        Map<String, List<String>> brought = Map.of("posts", List.of("1", "2"));
        assertThat(posts(Map.of("1", "6 9", DatabaseSums.COUNTED, "16 0")).with(known, brought))
                .isEqualTo(posts(Map.of("0", "10 1", "1", "6 9")));
        // A row that nobody brought is somewhere else.
        assertThat(posts(Map.of("1", "6 9", DatabaseSums.COUNTED, "17 0"))
                        .with(known, brought)
                        .differences(posts(Map.of("0", "10 1", "1", "6 9"))))
                .containsExactly("posts differs in 3 of 3 ranges and has 17 rows and not 16");
        DatabaseSums missing = new DatabaseSums(Map.of("empty", Map.of()));
        assertThat(missing.with(known, brought)).isEqualTo(missing);
    }

    @Test
    void whatCouldNotBeReadIsOnlyThere() {
        Map<String, List<String>> statements = new PostgresSums()
                .statements(
                        List.of(
                                List.of("closed", hex("public"), hex("t"), ""),
                                List.of("closed sequence", hex("public"), hex("s"), "")),
                        Map.of(),
                        Map.of());
        assertThat(statements).containsOnlyKeys("public.t", "sequence public.s");
        assertThat(statements.values()).containsOnly(List.of("SELECT 'closed', 0, '-';\n"));
        DatabaseSums expected = posts(Map.of(DatabaseSums.CLOSED, "0 -"));
        assertThat(expected.closed()).containsExactly("posts");
        assertThat(posts(Map.of("0", "10 1")).differences(expected)).isEmpty();
        assertThat(new DatabaseSums(Map.of("empty", Map.of())).differences(expected))
                .containsExactly("posts is missing");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> column(String table, String name, String type, String primary, String first) {
        return List.of(hex(table), hex(name), type, primary, "9000000", first);
    }

    @Test
    void rangesAreThoseOfAKeyOfWholeNumbers() {
        Map<String, List<String>> statements = new MariaDbSums(false)
                .statements(
                        List.of(
                                column("t`", "k", "varchar", "1", "1"),
                                column("t`", "id", "bigint", "1", "0"),
                                column("plain", "c", "longtext", "0", "0")),
                        Map.of(),
                        Map.of());
        assertThat(statements).containsOnlyKeys("t`", "plain");
        assertThat(only(statements, "t`")).contains("(`id` DIV 5000) MOD 512", "FROM `t```", "OCTET_LENGTH(`k`)");
        assertThat(only(statements, "plain"))
                .startsWith("SELECT 0 ")
                .contains("IF(OCTET_LENGTH(`c`) < 512, CONCAT(OCTET_LENGTH(`c`), ':', CAST(`c` AS BINARY)), MD5(`c`))");
        String quick = only(
                new MariaDbSums(true)
                        .statements(
                                List.of(
                                        column("t", "id", "bigint", "1", "1"),
                                        column("t", "c", "longtext", "0", "0"),
                                        column("t", "g", "point", "0", "0"),
                                        column("t", "b", "bit", "0", "0")),
                                Map.of(),
                                Map.of()),
                "t");
        String values = "(CONCAT_WS('#', COALESCE(CAST(`id` AS BINARY), 'N'), COALESCE(OCTET_LENGTH(`c`), 'N'),"
                + " COALESCE(MD5(`g`), 'N'), COALESCE(OCTET_LENGTH(`b`), 'N')))";
        assertThat(quick)
                .contains("SUM(CRC32(CRC32(CRC32" + values + ", COALESCE(`c`, '')), COALESCE(CAST(`b` AS BINARY), ''))"
                        + " * CRC32C(CRC32C(CRC32C" + values
                        + ", COALESCE(`c`, '')), COALESCE(CAST(`b` AS BINARY), '')))");
        Map<String, List<String>> postgres = new PostgresSums()
                .statements(
                        List.of(
                                List.of("table", hex("public"), hex("t\""), hex("id")),
                                List.of("table", hex("public"), hex("u"), ""),
                                List.of("sequence", hex("public"), hex("s'"), "")),
                        Map.of(),
                        Map.of());
        assertThat(postgres).containsOnlyKeys("public.\"t\"\"\"", "public.u", "sequence public.\"s'\"");
        assertThat(only(postgres, "public.\"t\"\"\"")).contains("(t.\"id\" / 5000) % 512", "\"public\".\"t\"\"\"");
        assertThat(only(postgres, "public.u")).contains("SELECT 0 AS r");
        assertThat(new PostgresSums()
                        .statements(
                                List.of(List.of("table", hex("public"), hex("t"), hex("id"))),
                                Map.of("public.t", List.of("3")),
                                Map.of())
                        .get("public.t"))
                .hasSize(2)
                .anySatisfy(sum -> assertThat(sum)
                        .contains("WHERE (t.\"id\" BETWEEN 15000 AND 19999 OR t.\"id\" < 0 OR t.\"id\" >= 2560000) AND"
                                + " (t.\"id\" / 5000) % 512 IN (3)"))
                .contains("SELECT 'counted', count(*), 0 FROM ONLY \"public\".\"t\";\n");
        assertThat(only(postgres, "sequence public.\"s'\"")).contains("FROM \"public\".\"s'\";");
    }

    private static String only(Map<String, List<String>> statements, String table) {
        assertThat(statements.get(table)).hasSize(1);
        return statements.get(table).get(0);
    }

    @Test
    void aLargeTableIsSummedUpInPiecesThatHaveEveryRowOnce() {
        List<List<String>> listed = List.of(
                column("t", "id", "bigint", "1", "1"),
                column("u", "n", "varchar", "1", "1"),
                column("u", "id", "int", "1", "0"));
        assertThat(new MariaDbSums(false).bounds(listed, List.of("t", "u")))
                .isEqualTo("SELECT '" + hex("t") + "', COALESCE(MIN(`id`), ''), COALESCE(MAX(`id`), '') FROM `t`;\n");
        assertThat(new MariaDbSums(false).bounds(listed, List.of())).isEmpty();
        assertThat(new MariaDbSums(false)
                        .statements(listed, Map.of(), Map.of("t", List.of(5_000L, 10_000L)))
                        .get("t"))
                .satisfiesExactly(
                        piece -> assertThat(piece).contains("FROM `t` WHERE `id` < 5000 GROUP BY"),
                        piece -> assertThat(piece).contains("FROM `t` WHERE `id` >= 5000 AND `id` < 10000 GROUP BY"),
                        piece -> assertThat(piece).contains("FROM `t` WHERE `id` >= 10000 GROUP BY"));
        assertThat(Summing.cuts(BigInteger.ONE, BigInteger.valueOf(40_000), 4))
                .containsExactly(10_000L, 20_000L, 30_000L);
        assertThat(Summing.cuts(BigInteger.ONE, BigInteger.valueOf(9_000), 4)).containsExactly(5_000L);
        assertThat(Summing.cuts(BigInteger.valueOf(7), BigInteger.valueOf(7), 4))
                .isEmpty();
        // Of keys without a sign, more than half of which are no numbers here.
        assertThat(Summing.cuts(BigInteger.ZERO, BigInteger.TWO.pow(64).subtract(BigInteger.ONE), 4))
                .containsExactly(4611686018427385000L, 9223372036854775000L);
    }
}
