// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text as PHP writes it. */
class PhpTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    ~~ | ''
                    plain | 'plain'
                    it's | 'it\\'s'
                    back\\slash | 'back\\\\slash'
                    end\\ | 'end\\\\'
                    \\' | '\\\\\\''
                    "$x{$y}" | '"$x{$y}"'
                    <?php ?> | '<?php ?>'
                    é | 'é'
                    {{db.password}} | '{'.'{db.password}}'
                    {{{a}} | '{'.'{'.'{a}}'
                    """)
    void isALiteral(String text, String literal) {
        assertThat(PhpText.literal(text)).isEqualTo(literal);
    }

    @Test
    void aNulIsNothingThatSettingsHave() {
        assertThatThrownBy(() -> PhpText.literal("a\0b")).isInstanceOf(InvalidValueException.class);
    }
}
