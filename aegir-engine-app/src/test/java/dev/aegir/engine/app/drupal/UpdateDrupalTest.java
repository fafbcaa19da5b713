// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.host.Workbench;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.Site;
import dev.aegir.model.VersionScheme;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import dev.aegir.testkit.TestRunner;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** An update is never said to be taken back when it was not, and what a site says it has is only data. */
class UpdateDrupalTest {
    private static final Id SITE = Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final Pattern MARK = Pattern.compile("\"mark\":\"([0-9a-f]+)\"");
    private static final DrupalSite DRUPAL = new DrupalSite(
            DomainName.of("shop.example.net"),
            SITE,
            "http://shop.example.net",
            new Workbench(
                    Name.of("web1"),
                    SITE.account(),
                    HostPath.of("/srv/aegir/sites/" + SITE),
                    HostPath.of("/srv/code"),
                    HostPath.of("/usr/bin/php8.2"),
                    Map.of()),
            HostPath.of("/srv/code/web"),
            List.of());

    private static TestRunner runner(int exit, String answer) {
        return TestRunner.on(FakeHost.named("web1")
                .program(call -> Answer.failed(1, "no"), "false")
                .otherwise(call -> said(call, exit, answer)));
    }

    private static Answer said(Call call, int exit, String answer) {
        Matcher mark = MARK.matcher(new String(call.input().content(), StandardCharsets.UTF_8));
        String out = mark.find() ? "\n" + mark.group(1) + " " + answer + "\n" + mark.group(1) + ".\n" : "";
        return new Answer(exit, out, "");
    }

    private static TestRunner.Outcome updated(int exit, String answer) throws InterruptedException {
        Step update = new UpdateDrupal("update", DRUPAL, Optional.empty());
        Step fails = RunCommand.of("fail", Name.of("web1"), Command.of("false"));
        return runner(exit, answer).run(List.of(update, fails));
    }

    @Test
    void whatWasUpdatedIsNotTakenBack() throws Exception {
        TestRunner.Outcome some =
                updated(0, "{\"facts\":{\"updates\":\"2\",\"updated\":\"system_update_1 views_update_2\"}}");
        assertThat(some.state()).isEqualTo(TestRunner.State.NEEDS_ATTENTION);
        assertThat(some.undoFailure().orElseThrow())
                .hasMessageContaining("web1: the database of the site shop.example.net was updated");
        TestRunner.Outcome half = updated(3, "{\"problem\":\"UPDATE\",\"message\":\"system_update_1\"}");
        assertThat(half.state()).isEqualTo(TestRunner.State.NEEDS_ATTENTION);
        assertThat(half.cause().orElseThrow()).hasMessageContaining("updated in part only");
        assertThat(updated(3, "{\"problem\":\"DIES\",\"message\":\"x\"}").state())
                .isEqualTo(TestRunner.State.NEEDS_ATTENTION);
    }

    @Test
    void whatWasNotBegunIs() throws Exception {
        assertThat(updated(0, "{\"facts\":{\"updates\":\"0\",\"updated\":\"\"}}")
                        .state())
                .isEqualTo(TestRunner.State.ROLLED_BACK);
        for (String problem : List.of("DATABASE", "REQUIREMENTS", "NOT_INSTALLED")) {
            assertThat(updated(3, "{\"problem\":\"" + problem + "\",\"message\":\"x\"}")
                            .state())
                    .as(problem)
                    .isEqualTo(TestRunner.State.ROLLED_BACK);
        }
    }

    private static String packages(String list) {
        return "{\"facts\":{\"packages\":\"" + list.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}}";
    }

    @Test
    void whatASiteHasIsKept() throws Exception {
        TestRunner runner = runner(
                0,
                packages(
                        "[{\"type\":\"module\",\"name\":\"views\",\"version\":\"10.3.6\",\"schema\":8000,\"enabled\":true},"
                                + "null,{\"type\":\"module\"},{\"type\":\"module\",\"name\":\"" + "x".repeat(900)
                                + "\",\"title\":\"a\\u001b[2Jb\",\"schema\":null,\"enabled\":false}]"));
        ListDrupal list = new ListDrupal("list", DRUPAL, Name.of("shop"));
        assertThat(runner.run(List.of(list)).state()).isEqualTo(TestRunner.State.SUCCEEDED);
        assertThat(runner.results()).containsEntry("packages", "2").containsEntry("packages.on", "1");
        assertThat(runner(0, packages("no list")).run(List.of(list)).cause().orElseThrow())
                .hasMessageContaining("gave no answer");
        assertThat(runner(0, "{\"facts\":{}}").run(List.of(list)).cause().orElseThrow())
                .hasMessageContaining("gave no answer");
    }

    @Test
    void theInventoryIsAsItWasWhenTheRestFails() throws Exception {
        TestRunner runner =
                runner(0, packages("[{\"type\":\"module\",\"name\":\"views\",\"version\":\"1\",\"enabled\":true}]"));
        Site site = Site.of("shop.example.net", "shop").identified(SITE).http("web1/http");
        runner.inventory().save(site);
        ListDrupal list = new ListDrupal("list", DRUPAL, Name.of("shop"));
        assertThat(runner.run(List.of(list, RunCommand.of("fail", Name.of("web1"), Command.of("false"))))
                        .state())
                .isEqualTo(TestRunner.State.ROLLED_BACK);
        assertThat(runner.inventory().sitePackages("shop.example.net")).isEmpty();
        Packages.Entry entry = Packages.Entry.of("module", "old", "1", VersionScheme.DRUPAL);
        Packages known = new Packages(SITE, Instant.EPOCH, List.of(entry), List.of());
        runner.inventory().save(known);
        assertThat(runner.run(List.of(list, RunCommand.of("fail", Name.of("web1"), Command.of("false"))))
                        .state())
                .isEqualTo(TestRunner.State.ROLLED_BACK);
        assertThat(runner.inventory().sitePackages("shop.example.net")).contains(known);
    }
}
