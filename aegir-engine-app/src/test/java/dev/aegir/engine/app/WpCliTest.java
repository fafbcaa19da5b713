// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.app.tool.Tools;
import dev.aegir.host.Command;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Site;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import dev.aegir.testkit.Fault;
import dev.aegir.testkit.TestRunner;
import dev.aegir.testkit.TestRunner.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What wp-cli says proves nothing: WordPress itself is asked what has come of it. */
class WpCliTest {
    private static final String PLACE = "/srv/aegir/code/c/tree/vendor/bin/wp";
    private static final Pattern QUESTION = Pattern.compile("\"mark\":\"([0-9a-f]+)\".*\"verb\":\"([a-z-]+)\"");

    private final Site site = AppSamples.site("wordpress");
    private final List<Command> ran = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private String seen = "0 php\n";
    private Answer version = Answer.ok("WP-CLI 2.12.0\n");
    private Function<String, Answer> works = words -> Answer.ok("Success: WordPress database upgraded.\n");
    private int database = 1;

    private ApplicationRequest request(Site of) {
        return AppSamples.request(of, Optional.of(AppSamples.socket("mysql")));
    }

    private TestRunner runner() {
        return TestRunner.on(FakeHost.named("web1")
                .program(call -> Answer.failed(1, "no"), "false")
                .otherwise(this::answer));
    }

    private Answer answer(Call call) {
        List<String> words = call.command().words();
        if (words.contains("aegir-tool")) {
            return Answer.ok(seen);
        } else if (words.contains(PLACE) || words.contains("/usr/local/bin/wp")) {
            ran.add(call.command());
            return words.contains("version") ? version : works.apply(String.join(" ", words));
        }
        Matcher question = QUESTION.matcher(new String(call.input().content(), StandardCharsets.UTF_8));
        if (!question.find()) {
            return Answer.ok();
        }
        asked.add(question.group(2));
        String before = Integer.toString(database);
        if (question.group(2).equals("update-database")) {
            database = 2;
        }
        String facts = "{\"facts\":{\"before\":\"" + before + "\",\"database\":\"" + database
                + "\",\"database.expected\":\"2\",\"version\":\"6.8\"}}";
        return Answer.ok("\n" + question.group(1) + " " + facts + "\n" + question.group(1) + ".\n");
    }

    private TestRunner.Outcome updated(Site of) throws InterruptedException {
        Step update = new WordPressApplication().update(request(of)).get(0);
        Step fails = RunCommand.of("fail", Name.of("web1"), Command.of("false"));
        return runner().run(List.of(update, fails));
    }

    @Test
    void itUpdatesTheDatabaseAndWordPressSaysSo() throws Exception {
        works = words -> {
            database = 2;
            return Answer.ok("anything");
        };
        Step update = new WordPressApplication().update(request(site)).get(0);
        TestRunner runner = runner();
        assertThat(runner.preview(List.of(update)).get(0).detail())
                .isEqualTo("from 1 to 2\nby wp-cli 2.12.0 (" + PLACE + ")\n");
        assertThat(runner.run(List.of(update)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(asked).containsOnly("state");
        assertThat(ran).hasSize(3);
        assertThat(runner.results()).containsEntry("wordpress.database", "2");
        Command command = ran.get(2);
        assertThat(command.words())
                .startsWith("/usr/bin/php8.2", "-d")
                .endsWith(PLACE, "--path=/srv/aegir/code/c/tree", "--skip-packages", "--no-color", "core", "update-db");
        assertThat(command.user()).contains(site.id().account());
        assertThat(command.directory()).isEmpty();
        assertThat(command.environment())
                .containsEntry("WP_CLI_CONFIG_PATH", "/dev/null")
                .containsEntry("WP_CLI_STRICT_ARGS_MODE", "1")
                .containsEntry("WP_CLI_PACKAGES_DIR", "/nonexistent/")
                .containsEntry("HOME", "/nonexistent");
    }

    @Test
    void afterACrashItIsTheSameAndRunsOnce() throws Exception {
        works = words -> {
            database = 2;
            return Answer.ok();
        };
        boolean crashed = true;
        for (int at = 1; crashed; at++) {
            ran.clear();
            database = 1;
            version = Answer.ok("WP-CLI 2.12.0\n");
            FakeHost host = FakeHost.named("web1").otherwise(this::answer);
            TestRunner runner = TestRunner.on(host.inject(new Fault(Fault.Kind.CRASH, at)));
            crashed =
                    runner.run(new WordPressApplication().update(request(site))).state() == State.CRASHED;
            if (crashed) {
                boolean begun = ran.stream().anyMatch(each -> each.words().contains("update-db"));
                if (begun) {
                    version = Answer.failed(1, "it is gone");
                }
                assertThat(runner.resume().state()).as("after effect %s", at).isEqualTo(State.SUCCEEDED);
            }
            assertThat(ran)
                    .as("after effect %s", at)
                    .filteredOn(each -> each.words().contains("update-db"))
                    .hasSize(1);
            assertThat(runner.lines()).as("after effect %s", at).contains("updated from 1 to 2");
        }
    }

    @Test
    void whatWasUpdatedIsNotTakenBackAndWhatWasNotIs() throws Exception {
        works = words -> {
            database = 2;
            return Answer.ok();
        };
        assertThat(updated(site).state()).isEqualTo(State.NEEDS_ATTENTION);
        ran.clear();
        assertThat(updated(site).state()).as("nothing to update").isEqualTo(State.ROLLED_BACK);
        assertThat(ran).as("it was only asked for its version").hasSize(1);
    }

    @Test
    void oneThatLiesIsNotBelieved() throws Exception {
        TestRunner.Outcome outcome = updated(site);
        assertThat(outcome.state()).isEqualTo(State.NEEDS_ATTENTION);
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOfSatisfying(
                        WordPressException.class,
                        e -> assertThat(e.problem()).isEqualTo(WordPressException.Problem.NOT_DONE))
                .hasMessageContaining("the database is at 1 where the code expects 2");
        assertThat(asked).as("nothing else does it in its stead").doesNotContain("update-database");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 124, 255})
    void oneThatFailsIsSaidWithWhatItSaid(int exit) throws Exception {
        works = words -> new Answer(exit, "Success: \u001b[2J done", "Error: a plugin\n dies");
        TestRunner.Outcome outcome = updated(site);
        assertThat(outcome.state()).isEqualTo(State.NEEDS_ATTENTION);
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOfSatisfying(
                        WordPressException.class,
                        e -> assertThat(e.problem()).isEqualTo(WordPressException.Problem.TOOL))
                .hasMessageContaining(PLACE + ") core update-db ended with " + exit)
                .hasMessageContaining("Error: a plugin dies")
                .hasMessageNotContaining("\u001b");
        assertThat(asked).doesNotContain("update-database");
    }

    @Test
    void oneThatDoesNotWorkIsNotChosen() throws Exception {
        for (Answer odd : List.of(
                Answer.failed(255, "PHP Fatal error"),
                Answer.ok(""),
                Answer.ok("WP-CLI\n"),
                Answer.ok("<?php WP-CLI 2.12.0"),
                new Answer(1, "WP-CLI 2.12.0\n", ""))) {
            database = 1;
            version = odd;
            asked.clear();
            TestRunner runner = runner();
            Step update = new WordPressApplication().update(request(site)).get(0);
            assertThat(runner.run(List.of(update)).state()).isEqualTo(State.SUCCEEDED);
            assertThat(asked).containsExactly("update-database");
            Step look = new WordPressApplication().verify(request(site)).get(0);
            assertThat(runner.run(List.of(look)).state()).isEqualTo(State.SUCCEEDED);
            assertThat(runner.results().get("wordpress.tool"))
                    .startsWith("runner: " + PLACE + " does not work, it ended with ");
        }
    }

    @Test
    void whereItIsDemandedNothingIsDoneWithoutIt() throws Exception {
        seen = "";
        Site demanding = site.with("tool", "wp-cli");
        TestRunner.Outcome outcome = updated(demanding);
        assertThat(outcome.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOfSatisfying(
                        WordPressException.class,
                        e -> assertThat(e.problem()).isEqualTo(WordPressException.Problem.NO_TOOL))
                .hasMessageContaining("no wp-cli is there");
        assertThat(asked).isEmpty();
        Step look = new WordPressApplication().verify(request(demanding)).get(0);
        assertThat(runner().run(List.of(look)).cause().orElseThrow()).hasMessageContaining("no wp-cli is there");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0 a link that leads out of the code\n", "", "7 php\n", "x", "0 php\n0 php\n", "0 \u001b\n"})
    void whatIsNoFileOfTheCodeIsNotStarted(String found) throws Exception {
        seen = found;
        Step update = new WordPressApplication().update(request(site)).get(0);
        assertThat(runner().run(List.of(update)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(ran).isEmpty();
        assertThat(asked).containsExactly("update-database");
    }

    @Test
    void itIsNotLookedForWhereNobodyWantsIt() throws Exception {
        Site alone = site.with("tool", "runner");
        assertThat(WpCli.of(request(alone))).isEmpty();
        TestRunner runner = runner();
        assertThat(runner.run(List.of(
                                new WordPressApplication()
                                        .update(request(alone))
                                        .get(0),
                                new WordPressApplication()
                                        .verify(request(alone))
                                        .get(0)))
                        .state())
                .isEqualTo(State.SUCCEEDED);
        assertThat(ran).isEmpty();
        assertThat(runner.results()).containsEntry("wordpress.tool", "runner: as the setting tool says");
        assertThatThrownBy(() -> WpCli.of(request(site.with("tool", "drush"))))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("auto, runner or wp-cli");
    }

    @Test
    void whereItMayBe() {
        assertThat(WpCli.of(request(site)).orElseThrow().places())
                .extracting(Object::toString)
                .containsExactly(PLACE, "/usr/local/bin/wp", "/usr/bin/wp");
        assertThat(WpCli.of(request(site.with("tool.path", "bin/wp")))
                        .orElseThrow()
                        .places())
                .extracting(Object::toString)
                .containsExactly("/srv/aegir/code/c/tree/bin/wp");
        assertThat(WpCli.of(request(site.with("tool.path", "/opt/wp")))
                        .orElseThrow()
                        .places())
                .extracting(Object::toString)
                .containsExactly("/opt/wp");
        for (String odd : List.of("../wp", "a//b", "/opt/../wp")) {
            assertThatThrownBy(() -> WpCli.of(request(site.with("tool.path", odd))))
                    .as(odd)
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void oneForAShellIsStartedByOne() throws Exception {
        seen = "1 sh\n";
        Tools tools = WpCli.of(request(site)).orElseThrow();
        assertThat(tools.look(
                                FakeHost.named("web1").otherwise(this::answer),
                                request(site).workbench())
                        .said())
                .isEqualTo("wp-cli 2.12.0 (/usr/local/bin/wp)");
        assertThat(ran.get(0).words()).startsWith("sh", "/usr/local/bin/wp", "--path=/srv/aegir/code/c/tree");
        assertThat(ran.get(0).environment()).containsEntry("WP_CLI_PHP", "/usr/bin/php8.2");
    }

    @Test
    void cachesAreEmptiedByBoth() throws Exception {
        Step clear = new WordPressApplication().clearCaches(request(site)).get(0);
        TestRunner runner = runner();
        assertThat(runner.preview(List.of(clear)).get(0).detail()).endsWith("by wp-cli 2.12.0 (" + PLACE + ")\n");
        assertThat(runner.run(List.of(clear)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(ran.get(ran.size() - 1).words()).endsWith("cache", "flush");
        assertThat(asked).containsExactly("clear-caches");
        works = words -> Answer.failed(1, "Error: The object cache could not be flushed.");
        assertThat(runner().run(List.of(clear)).cause().orElseThrow())
                .isInstanceOf(WordPressException.class)
                .hasMessageContaining("could not be flushed");
    }
}
