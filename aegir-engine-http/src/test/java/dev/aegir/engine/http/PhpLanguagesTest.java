// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The languages that a runtime's files are written in. */
class PhpLanguagesTest {
    @Test
    void iniValues() {
        assertThat(PhpIni.value("v", "plain")).isEqualTo("'plain'");
        assertThat(PhpIni.value("v", "")).isEqualTo("''");
        assertThat(PhpIni.value("v", "a \"b\" \\ ;#=[www]{}()!|&~^%")).isEqualTo("'a \"b\" \\ ;#=[www]{}()!|&~^%'");
        assertThat(PhpIni.value("v", "it's")).isEqualTo("\"it's\"");
        assertThat(PhpIni.value("v", "PHP_VERSION")).isEqualTo("'PHP_VERSION'");
        assertThat(PhpIni.entry("env", "A", "b")).isEqualTo("env['A'] = 'b'\n");
        assertThat(PhpIni.line("user", "www")).isEqualTo("user = 'www'\n");
        assertThat(PhpIni.comment("Aegir site X")).isEqualTo("; Aegir site X\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nuser = root",
                "a\r\n[www]",
                "a\0",
                "a\u0085b",
                "${PATH}",
                "$pool",
                "$HOME",
                "it's \"both\"",
                "it's \\",
                "\u001b[0m"
            })
    void iniValuesThatAreRefused(String value) {
        assertThatThrownBy(() -> PhpIni.value("the value", value))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("the value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a]", "a]\nuser", "", "1a", "a b", "a'"})
    void iniKeysThatAreRefused(String key) {
        assertThatThrownBy(() -> PhpIni.entry("env", key, "x")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void commentsEndWithTheirLine() {
        assertThatThrownBy(() -> PhpIni.comment("x\nuser = root")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void wordsOfUnits() {
        assertThat(SystemdUnit.command(List.of("/usr/bin/php", "a b", "", ";", "é")))
                .isEqualTo("\"/usr/bin/php\" \"a b\" \"\" \";\" \"é\"");
        assertThat(SystemdUnit.command(List.of("/bin/x", "%n %% $HOME ${HOME} $$ a$b", "\"q\" 'q' \\ \\x41", "back\\")))
                .isEqualTo(
                        "\"/bin/x\" \"%%n %%%% $$HOME $${HOME} $$$$ a$$b\" \"\\\"q\\\" 'q' \\\\ \\\\x41\" \"back\\\\\"");
        assertThat(SystemdUnit.variable("A", "$x %h \"q\" \\")).isEqualTo("\"A=$x %%h \\\"q\\\" \\\\\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nExecStartPre=/bin/x", "a\rb", "a\0", "a\u0085b", "\t"})
    void wordsOfUnitsThatAreRefused(String word) {
        assertThatThrownBy(() -> SystemdUnit.command(List.of("/bin/x", word)))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> SystemdUnit.variable("A", word)).isInstanceOf(InvalidValueException.class);
    }
}
