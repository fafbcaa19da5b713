// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import org.junit.jupiter.api.Test;

/** Exactly what is written for values that have a meaning where they are written. */
class SqlTextTest {
    @Test
    void mariaDbStrings() {
        assertThat(MariaDbText.literal("plain")).isEqualTo("'plain'");
        assertThat(MariaDbText.literal("a'b")).isEqualTo("'a\\'b'");
        assertThat(MariaDbText.literal("a\"b")).isEqualTo("'a\"b'");
        assertThat(MariaDbText.literal("a\\")).isEqualTo("'a\\\\'");
        assertThat(MariaDbText.literal("\\'; DROP--")).isEqualTo("'\\\\\\'; DROP--'");
        assertThat(MariaDbText.literal("a\nb\rc\0d\u001ae")).isEqualTo("'a\\nb\\rc\\0d\\Ze'");
        assertThat(MariaDbText.literal("\uD83D\uDE00é")).isEqualTo("'\uD83D\uDE00é'");
    }

    @Test
    void mariaDbNamesAndPatterns() {
        assertThat(MariaDbText.identifier("a`b")).isEqualTo("`a``b`");
        assertThat(MariaDbText.account("o'neil", "::1")).isEqualTo("'o\\'neil'@'::1'");
        assertThat(MariaDbText.pattern("joe_wp")).isEqualTo("joe\\_wp");
        assertThat(MariaDbText.pattern("100%_x")).isEqualTo("100\\%\\_x");
        assertThatThrownBy(() -> MariaDbText.validate("database", "a\\b")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> MariaDbText.validate("database", "\uD83D\uDE00"))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void mariaDbOptions() {
        assertThat(MariaDbText.option("a#b;c")).isEqualTo("\"a#b;c\"");
        assertThat(MariaDbText.option("a\"b'c\\d")).isEqualTo("\"a\\\"b'c\\\\d\"");
        assertThat(MariaDbText.option("a\nb\tc\rd\be")).isEqualTo("\"a\\nb\\tc\\rd\\be\"");
        assertThat(MariaDbText.option(" a ")).isEqualTo("\" a \"");
        assertThatThrownBy(() -> MariaDbText.option("a\0b")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void postgresqlStringsAndNames() {
        assertThat(PostgresText.literal("a'b")).isEqualTo("'a''b'");
        assertThat(PostgresText.literal("a\\'b")).isEqualTo("'a\\''b'");
        assertThat(PostgresText.literal("a\nb")).isEqualTo("'a\nb'");
        assertThat(PostgresText.identifier("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThatThrownBy(() -> PostgresText.literal("a\0b")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> PostgresText.identifier("a\0b")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void whatPostgresqlsClientsRead() {
        assertThat(PostgresText.connection("a'b\\c d")).isEqualTo("'a\\'b\\\\c d'");
        assertThat(PostgresText.connectArgument("user='a\"b'\n")).isEqualTo("'\"user=\\'a\"\"b\\'\\n\"'");
        assertThat(PostgresText.passwordFile("a:b\\c")).isEqualTo("a\\:b\\\\c");
        assertThatThrownBy(() -> PostgresText.passwordFile("a\nb")).isInstanceOf(InvalidValueException.class);
        assertThat(PostgresText.access("all")).isEqualTo("\"all\"");
    }
}
