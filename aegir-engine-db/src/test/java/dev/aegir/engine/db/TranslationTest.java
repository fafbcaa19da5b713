// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What of a database of MySQL can be had in MariaDB, and what becomes of it there. */
class TranslationTest {
    private static final Translation.Known OLD = new Translation.Known(
            Set.of("utf8mb4_unicode_520_ci", "utf8mb4_bin", "latin1_swedish_ci"),
            Set.of("innodb", "myisam"),
            new MariaDbReceiver(16 << 20, false, false));

    /** Names and expressions in hexadecimal, as they are asked for: whatever is not a word of the program. */
    private static List<String> row(String kind, String... columns) {
        List<String> row = new java.util.ArrayList<>(List.of(kind));
        row.addAll(Arrays.asList(columns));
        return row;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> table(String name, String engine, String collation) {
        return row("table", hex(name), engine, collation);
    }

    private static List<String> column(String name, String type, String collation, String extra, String expression) {
        return row("column", hex("t"), hex(name), type, collation, hex(extra), hex(expression), "0");
    }

    @Test
    void whatBothKnowStaysAsItIs() {
        Translation translation = Translation.of(
                List.of(
                        table("t", "innodb", "utf8mb4_unicode_520_ci"),
                        column("a", "int", "", "auto_increment", ""),
                        column("at", "timestamp", "", "DEFAULT_GENERATED", "CURRENT_TIMESTAMP"),
                        column("d", "char", "latin1_swedish_ci", "DEFAULT_GENERATED", "uuid()"),
                        row("check", hex("t"), hex("positive"), "1", hex("(`a` > 0)"))),
                OLD);
        assertThat(translation.obstacles()).isEmpty();
        assertThat(translation.changes()).isEmpty();
    }

    @Test
    void whatBecomesOtherwiseIsToldWithWhereItIs() {
        Translation translation = Translation.of(
                List.of(
                        table("t", "innodb", "utf8mb4_0900_ai_ci"),
                        table("u", "myisam", "utf8mb4_0900_ai_ci"),
                        column("j", "json", "", "", ""),
                        column("k", "json", "", "", ""),
                        column("c", "varchar", "utf8mb4_0900_as_cs", "", ""),
                        column("g", "int", "", "STORED GENERATED", "json_length(`j`)"),
                        row("column", hex("t"), hex("p"), "point", "", hex(""), hex(""), "1")),
                OLD);
        assertThat(translation.obstacles()).isEmpty();
        assertThat(translation.changes())
                .containsExactly(
                        "JSON is text there that must be JSON: t.j, t.k",
                        "computed anew there: t.g",
                        "shapes of any reference system are taken there: t.p",
                        "the collation utf8mb4_0900_ai_ci, instead of which there is utf8mb4_unicode_520_ci: t, u",
                        "the collation utf8mb4_0900_as_cs, instead of which there is utf8mb4_bin: t.c");
    }

    /** MariaDB knows these collations by their names from 11.4.5 on. */
    @Test
    void newerServersChangeLess() {
        Translation.Known now = new Translation.Known(
                Set.of("utf8mb4_0900_ai_ci"), Set.of("innodb"), new MariaDbReceiver(16 << 20, true, true));
        assertThat(Translation.of(List.of(table("t", "innodb", "utf8mb4_0900_ai_ci")), now))
                .isEqualTo(new Translation(List.of(), List.of()));
    }

    @Test
    void whatCannotBeTakenIsNamed() {
        Translation translation = Translation.of(
                List.of(
                        table("t", "ndbcluster", "utf8mb4_ja_0900_as_cs_ks"),
                        column("p", "geomcollection", "", "", ""),
                        column("i", "int", "", "INVISIBLE", ""),
                        column("b", "binary", "", "DEFAULT_GENERATED", "uuid_to_bin(uuid())"),
                        column("z", "varchar", "utf8mb4_zh_pinyin_tidb", "", ""),
                        row("key", hex("t"), hex("lower")),
                        row("check", hex("t"), hex("lax"), "0", hex("(`a` > 0)")),
                        row("check", hex("t"), hex("re"), "1", hex("regexp_like(`a`,_utf8mb4'x')"))),
                OLD);
        assertThat(translation.obstacles())
                .containsExactly(
                        "the table t is stored by the engine ndbcluster",
                        "t has the collation utf8mb4_ja_0900_as_cs_ks",
                        "the column t.p is of the type geomcollection",
                        "the column t.i is invisible, and would be seen",
                        "the column t.b needs the function uuid_to_bin",
                        "t.z has the collation utf8mb4_zh_pinyin_tidb",
                        "the key t.lower is of an expression",
                        "the condition t.lax is not enforced, and would be",
                        "the condition t.re needs the function regexp_like");
    }
}
