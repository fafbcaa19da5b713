// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.app.drupal.DrupalException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.Workbench;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Release;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
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
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What Drush says proves nothing: Drupal itself is asked what has come of it. */
class DrupalToolsTest {
    private static final String BIN = "/srv/aegir/code/c/tree/vendor/bin/";
    private static final Pattern QUESTION = Pattern.compile("\"mark\":\"([0-9a-f]+)\".*\"verb\":\"([a-z-]+)\"");

    private final Site site = Site.of("shop.example.net", "shop").with("scheme", "https");
    private final List<Command> ran = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private String version = "Drush Commandline Tool 12.5.2\n";
    private UnaryOperator<String> works = words -> "[success] Finished performing updates.";
    private int exit;
    private String updates = "system_update_1 views_update_2";
    private String deploys = "shop_deploy_one";
    private String maintenance = "off";

    private static ApplicationRequest request(Site of) {
        HostPath tree = HostPath.of("/srv/aegir/code/c/tree");
        Codebase codebase =
                Codebase.of("shop", CodeSource.directory("/srv/shop")).webRoot("web");
        Workbench workbench = new Workbench(
                Name.of("web1"),
                of.id().account(),
                HostPath.of("/srv/aegir/sites/" + of.id()),
                tree,
                HostPath.of("/usr/bin/php8.2"),
                Map.of("AEGIR_SITE", of.id().value()));
        return new ApplicationRequest(
                of,
                codebase,
                new Release(codebase.id(), codebase.name(), codebase.source(), Optional.empty(), tree),
                Server.at("web1", "ssh://web1"),
                Optional.of(new ApplicationRequest.Processes(
                        workbench, new VirtualHost.PhpFpm(HostPath.of("/run/php/site.sock"), 32))),
                Optional.empty());
    }

    private Answer answer(Call call) {
        List<String> words = call.command().words();
        if (words.contains("aegir-tool")) {
            return Answer.ok("0 php\n");
        } else if (words.contains(BIN + "drush") || words.contains(BIN + "dr")) {
            ran.add(call.command());
            return words.contains("--version")
                    ? Answer.ok(version)
                    : new Answer(exit, works.apply(String.join(" ", words)), "");
        }
        Matcher question = QUESTION.matcher(new String(call.input().content(), StandardCharsets.UTF_8));
        if (!question.find()) {
            return Answer.ok();
        }
        asked.add(question.group(2));
        String facts = question.group(2).equals("pending")
                ? "\"updates\":\"" + updates + "\",\"deploys\":\"" + deploys + "\",\"maintenance\":\"" + maintenance
                        + "\""
                : "\"updates\":\"2\",\"updated\":\"system_update_1 views_update_2\",\"version\":\"10.3.6\"";
        return Answer.ok("\n" + question.group(1) + " {\"facts\":{" + facts + "}}\n" + question.group(1) + ".\n");
    }

    private TestRunner runner() {
        return TestRunner.on(FakeHost.named("web1")
                .program(call -> Answer.failed(1, "no"), "false")
                .otherwise(this::answer));
    }

    private static List<Step> update(Site of) {
        return new DrupalApplication().update(request(of));
    }

    private static Step fails() {
        return RunCommand.of("fail", Name.of("web1"), Command.of("false"));
    }

    private String honest(String words) {
        if (words.contains("updatedb")) {
            updates = "";
        } else if (words.contains("deploy:hook")) {
            deploys = "";
        }
        return "";
    }

    @Test
    void itDoesWhatModulesHookInto() throws Exception {
        works = this::honest;
        TestRunner runner = runner();
        assertThat(runner.preview(update(site)).toString())
                .contains("by drush 12.5.2 (" + BIN + "drush)", "shop_deploy_one");
        ran.clear();
        assertThat(runner.run(update(site)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(asked).doesNotContain("update", "rebuild");
        assertThat(runner.results())
                .containsEntry("drupal.updates", "2")
                .containsEntry("drupal.updated", "system_update_1 views_update_2")
                .containsEntry("drupal.deploys", "0");
        List<Command> working =
                ran.stream().filter(each -> !each.words().contains("--version")).toList();
        assertThat(working).hasSize(3);
        assertThat(working.get(0).words())
                .startsWith("/usr/bin/php8.2", "-d")
                .endsWith(
                        BIN + "drush",
                        "--root=/srv/aegir/code/c/tree/web",
                        "--uri=https://shop.example.net",
                        "--local",
                        "--no-ansi",
                        "--no-interaction",
                        "updatedb",
                        "--yes");
        assertThat(working.get(1).words()).endsWith("cache:rebuild");
        assertThat(working.get(2).words()).endsWith("deploy:hook", "--yes");
        for (Command command : working) {
            assertThat(command.user()).contains(site.id().account());
            assertThat(command.directory()).isEmpty();
            assertThat(command.environment())
                    .containsEntry("AEGIR_SITE", site.id().value())
                    .containsEntry("HOME", "/nonexistent")
                    .containsEntry(
                            "PATH", "/srv/aegir/sites/" + site.id() + "/bin/interpreter:/usr/local/bin:/usr/bin:/bin");
        }
    }

    @Test
    void afterACrashEachRunsOnce() throws Exception {
        works = this::honest;
        boolean crashed = true;
        for (int at = 1; crashed; at++) {
            ran.clear();
            updates = "system_update_1";
            deploys = "shop_deploy_one";
            FakeHost host = FakeHost.named("web1").otherwise(this::answer);
            TestRunner runner = TestRunner.on(host.inject(new Fault(Fault.Kind.CRASH, at)));
            crashed = runner.run(update(site)).state() == State.CRASHED;
            if (crashed) {
                assertThat(runner.resume().state()).as("after effect %s", at).isEqualTo(State.SUCCEEDED);
            }
            for (String word : List.of("updatedb", "cache:rebuild", "deploy:hook")) {
                assertThat(ran)
                        .as("%s after effect %s", word, at)
                        .filteredOn(each -> each.words().contains(word))
                        .hasSize(1);
            }
            assertThat(runner.results())
                    .as("after effect %s", at)
                    .containsEntry("drupal.updated", "system_update_1")
                    .containsEntry("drupal.deploys", "0");
        }
    }

    @Test
    void whatItStartsIsTheSitesOwnInterpreter() {
        assertThat(DrupalSite.of(request(site)).interpreterText())
                .startsWith("#!/bin/sh\n# PHP of the site shop.example.net (")
                .contains("\nexec /usr/bin/php8.2 -d display_errors=stderr -d ")
                .endsWith(" \"$@\"\n");
    }

    @Test
    void oneThatLiesIsNotBelieved() throws Exception {
        TestRunner.Outcome lied = runner().run(update(site));
        assertThat(lied.state()).isEqualTo(State.NEEDS_ATTENTION);
        assertThat(lied.cause().orElseThrow())
                .isInstanceOfSatisfying(
                        DrupalException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_DONE))
                .hasMessageContaining("has left these updates: system_update_1 views_update_2");
        assertThat(asked).doesNotContain("update");

        works = words -> {
            maintenance = "on";
            return honest(words);
        };
        assertThat(runner().run(update(site)).cause().orElseThrow()).hasMessageContaining("its maintenance mode on");

        updates = "";
        works = words -> "";
        TestRunner.Outcome hooks = runner().run(update(site));
        assertThat(hooks.state()).isEqualTo(State.NEEDS_ATTENTION);
        assertThat(hooks.cause().orElseThrow()).hasMessageContaining("has left these deploy hooks: shop_deploy_one");
        assertThat(hooks.undoFailure().orElseThrow()).hasMessageContaining("have run, at least in part");
    }

    @Test
    void oneThatFailsIsSaidWithWhatItSaid() throws Exception {
        exit = 1;
        works = words -> "[error]\u001b[31m views_update_2 dies\n";
        TestRunner.Outcome outcome = runner().run(update(site));
        assertThat(outcome.state()).isEqualTo(State.NEEDS_ATTENTION);
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOfSatisfying(
                        DrupalException.class, e -> assertThat(e.problem()).isEqualTo(Problem.TOOL))
                .hasMessageContaining("updatedb --yes ended with 1")
                .hasMessageContaining("views_update_2 dies")
                .hasMessageNotContaining("\u001b");
        assertThat(asked).doesNotContain("update");
        Step rebuild = new DrupalApplication().clearCaches(request(site)).get(0);
        assertThat(runner().run(List.of(rebuild)).state()).isEqualTo(State.ROLLED_BACK);
        assertThat(asked).doesNotContain("rebuild");
    }

    @Test
    void nothingToDoIsTakenBack() throws Exception {
        updates = "";
        deploys = "";
        List<Step> steps = new ArrayList<>(update(site));
        steps.add(fails());
        assertThat(runner().run(steps).state()).isEqualTo(State.ROLLED_BACK);
        updates = "system_update_1";
        works = this::honest;
        assertThat(runner().run(steps).state()).isEqualTo(State.NEEDS_ATTENTION);
    }

    @Test
    void oneThatDoesNotWorkIsNotChosen() throws Exception {
        version = "PHP Warning: include(): Failed opening '../drush/drush/drush'\n";
        TestRunner runner = runner();
        assertThat(runner.run(update(site)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(asked).contains("update", "rebuild");
        assertThat(runner.results()).containsEntry("drupal.deploys", "1");
        assertThat(runner.run(new DrupalApplication().verify(request(site))).state())
                .isEqualTo(State.SUCCEEDED);
        assertThat(runner.results().get("drupal.tool")).startsWith("runner: " + BIN + "drush does not work");
        Site demanding = site.with("tool", "drush");
        asked.clear();
        TestRunner.Outcome outcome = runner().run(update(demanding));
        assertThat(outcome.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOfSatisfying(
                        DrupalException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NO_TOOL));
        assertThat(asked).isEmpty();
    }

    @Test
    void versionsAsDifferentOnesSayThem() throws Exception {
        for (String said : List.of("Drush Commandline Tool 13.3.0.0", "Drush Version   :  9.7.2", "Drush 14.0.0-rc1")) {
            version = said + "\n";
            TestRunner runner = runner();
            assertThat(runner.run(new DrupalApplication().verify(request(site))).state())
                    .isEqualTo(State.SUCCEEDED);
            assertThat(runner.results().get("drupal.tool"))
                    .isEqualTo("drush " + said.replaceAll(".* ", "") + " (" + BIN + "drush)");
        }
    }

    @Test
    void coresOwnOnlyRebuildsAndOnlyWhenSomebodyWantsIt() throws Exception {
        Site core = site.with("tool", "dr");
        version = "Drupal 11.4.0\n";
        TestRunner runner = runner();
        assertThat(runner.run(update(core)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(asked).contains("update").doesNotContain("rebuild");
        assertThat(ran.get(ran.size() - 1).words())
                .endsWith(
                        BIN + "dr", "--no-ansi", "--no-interaction", "--url=https://shop.example.net", "cache:rebuild");
        assertThat(runner.results()).containsEntry("drupal.deploys", "1");
    }

    @Test
    void itIsNotLookedForWhereNobodyWantsIt() throws Exception {
        Site alone = site.with("tool", "runner");
        assertThat(runner().run(update(alone)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(ran).isEmpty();
        assertThat(asked).contains("update", "rebuild");
        assertThatThrownBy(() -> update(site.with("tool", "wp-cli")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("auto, runner, drush or dr");
        assertThatThrownBy(() -> update(site.with("tool.path", "/usr/bin/drush")))
                .isInstanceOf(InvalidValueException.class);
        assertThat(DrupalTools.updating(request(site.with("tool.path", "bin/drush")))
                        .orElseThrow()
                        .places())
                .containsExactly(HostPath.of("/srv/aegir/code/c/tree/bin/drush"));
    }
}
