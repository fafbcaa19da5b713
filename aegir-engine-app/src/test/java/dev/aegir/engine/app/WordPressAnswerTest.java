// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.app.WordPressException.Problem;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Site;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the site's code can make us believe: nothing. */
class WordPressAnswerTest {
    private static final String MARK = "0123456789abcdef";
    private final Site site = AppSamples.site("wordpress");
    private final WordPressSite wordpress =
            WordPressSite.of(AppSamples.request(site, Optional.of(AppSamples.socket("mysql"))));

    private CommandResult result(int exit, String out, String error) {
        return new CommandResult(
                "web1",
                wordpress.command(Duration.ofMinutes(1)),
                exit,
                out.getBytes(StandardCharsets.UTF_8),
                error.getBytes(StandardCharsets.UTF_8),
                false);
    }

    private Map<String, String> read(int exit, String out, String error) {
        return wordpress.read(result(exit, out, error), MARK);
    }

    private void fails(Problem problem, int exit, String out, String error, String... parts) {
        assertThatThrownBy(() -> read(exit, out, error))
                .isInstanceOfSatisfying(
                        WordPressException.class, e -> assertThat(e.problem()).isEqualTo(problem))
                .hasMessageStartingWith("web1: WordPress of the site blog.example.net: ")
                .satisfies(e -> assertThat(List.of(parts)).allMatch(e.getMessage()::contains));
    }

    private static String answer(String json) {
        return "\n" + MARK + " " + json + "\n" + MARK + ".\n";
    }

    @Test
    void anAnswerIsBetweenItsMarks() {
        assertThat(read(0, answer("{\"facts\":{\"version\":\"6.8\",\"users\":\"1\"}}"), "PHP Notice: x"))
                .isEqualTo(Map.of("version", "6.8", "users", "1"));
        assertThat(read(0, "<p>noise" + answer("{\"facts\":{}}") + "more", "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"facts\":{\"version\":\"6.8\"}}",
                "\nfedcba9876543210 {\"facts\":{}}\nfedcba9876543210.\n",
                "\n{\"mark\":\"0123456789abcdef\",\"facts\":{}}\n",
                "\n0123456789abcdef {\"facts\":{}}",
                "\n0123456789abcdef []\n0123456789abcdef.\n",
                "\n0123456789abcdef null\n0123456789abcdef.\n",
                "\n0123456789abcdef {\"facts\":[1]}\n0123456789abcdef.\n",
                "\n0123456789abcdef {\"facts\":{\"a\":{\"b\":1}}}\n0123456789abcdef.\n",
                "[success] installed\n"
            })
    void whatIsPrintedIsNoAnswer(String out) {
        fails(Problem.NO_ANSWER, 0, out, "");
    }

    @Test
    void theExitCodeIsTheTruth() {
        fails(Problem.DIES, 255, answer("{\"facts\":{}}"), "", "ended with 255");
        fails(Problem.DIES, 0, answer("{}"), "");
    }

    @Test
    void problemsAreSaidByKind() {
        fails(
                Problem.DATABASE,
                3,
                answer("{\"problem\":\"DATABASE\",\"message\":\"Access denied for user 'u'@'localhost'\"}"),
                "",
                "cannot reach its database: Access denied for user 'u'@'localhost'. See whether");
        fails(Problem.DIES, 3, answer("{\"problem\":\"OTHER\",\"facts\":{}}"), "", "ends with an error");
        fails(Problem.DIES, 0, answer("{\"problem\":\"DIES\"}"), "");
    }

    @Test
    void whatItSaysMovesNoCursorAndHasAnEnd() {
        String wild = "\u001b[2J\r[success]\u202e\u0000" + "x".repeat(100_000);
        assertThatThrownBy(() -> read(1, "", wild))
                .message()
                .contains("\\u001b[2J [success]\\u202e\\u0000xxx", "...")
                .doesNotContain("\u001b", "\r", "\u202e")
                .hasSizeLessThan(3000);
    }

    @Test
    void theProgramReadsItsQuestionAndSpeaksOnADescriptorOfItsOwn() {
        List<String> words = wordpress.command(Duration.ofMinutes(1)).words();
        assertThat(words).startsWith("sh", "-c", "exec \"$@\" 3>&1 1>&2", "aegir-wordpress", "/usr/bin/php8.2");
        assertThat(words.get(words.size() - 2)).isEqualTo("-r");
        assertThat(words.get(words.size() - 1))
                .doesNotContain("<?php", site.name().value());
        assertThat(wordpress.command(Duration.ofMinutes(1)).user())
                .contains(site.id().account());
    }

    @Test
    void aPasswordsNameIsItsUsersAlone() {
        assertThat(ResetWordPressPassword.secret(site.id(), "ann").name()).isEqualTo("site/" + site.id() + "/user/ann");
        List<String> odd = List.of("ann lee", "ann-lee", "ann.lee", "..", "../../other", "é", "a@b");
        assertThat(odd.stream()
                        .map(user ->
                                ResetWordPressPassword.secret(site.id(), user).name())
                        .distinct())
                .hasSameSizeAs(odd)
                .allMatch(name -> name.startsWith("site/" + site.id() + "/user/"));
    }
}
