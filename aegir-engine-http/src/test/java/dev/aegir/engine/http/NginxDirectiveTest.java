// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NginxDirectiveTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a;b",
                "a; include /etc/shadow",
                "{",
                "}",
                "a}b",
                "\"",
                "'",
                "it's",
                "\\",
                "\\\\",
                "a\\",
                "\\n",
                "\\t\"",
                "#",
                "#a",
                "a#b",
                "~^/(a|b){2}$",
                "(",
                ")",
                "[a]",
                "<>",
                "%20",
                "*",
                "é",
                "日本",
                "\uD83D\uDE00"
            })
    void literalTextIsReadBackAsItIs(String text) {
        NginxDirective directive = NginxDirective.directive("root", NginxValue.expression(text));
        assertThat(NginxParser.parse(NginxDirective.write(List.of(), List.of(directive))))
                .containsExactly(directive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$", "$host", "${PATH}", "a$", "/srv/site/$uri", "\\$host"})
    void aVariableIsRefusedInLiteralText(String text) {
        assertThatThrownBy(() -> NginxValue.literal(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "\0", "a\tb", "\u007f", "\u0085", "\u001b[31m"})
    void controlCharactersAreRefusedEverywhere(String text) {
        assertThatThrownBy(() -> NginxValue.literal(text)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> NginxValue.expression(text)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> NginxDirective.write(List.of(text), List.of()))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void commentsHideNothingButThemselves() {
        String text = NginxDirective.write(List.of("a; } # b { \" '"), List.of(NginxDirective.fixed("internal")));
        assertThat(NginxParser.parse(text)).containsExactly(NginxDirective.fixed("internal"));
    }

    @Test
    void anyTreeOfAnyWordsIsReadBackExactly() {
        Random random = new Random(20260101);
        for (int i = 0; i < 2000; i++) {
            List<NginxDirective> tree = tree(random, 3);
            assertThat(NginxParser.parse(NginxDirective.write(List.of(), tree))).isEqualTo(tree);
        }
    }

    private static List<NginxDirective> tree(Random random, int depth) {
        List<NginxDirective> tree = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            List<NginxValue> words = new ArrayList<>();
            for (int w = 1 + random.nextInt(3); w > 0; w--) {
                words.add(NginxValue.expression(word(random)));
            }
            boolean block = depth > 0 && random.nextBoolean();
            tree.add(new NginxDirective(words, block ? Optional.of(tree(random, depth - 1)) : Optional.empty()));
        }
        return tree;
    }

    private static String word(Random random) {
        String alphabet = "ab/ \"'\\;{}#$()[]*%~^=tnré";
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return word.toString();
    }
}
