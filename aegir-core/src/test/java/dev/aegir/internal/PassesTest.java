// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a site is copied while it is open. */
class PassesTest {
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db");
    private static final Site ELSEWHERE =
            SITE.http("web2/http").runtime("web2/php").database("web2/db");
    private static final String FILES = "copy files to web2";

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);
    private final Deque<Integer> seconds = new ArrayDeque<>();

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.SeedingDatabases())
                .engine(new FakeShop.Processes())
                .engine(new MovesTest.Files())
                .application(new FakeShop());
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7\n";
        for (String name : List.of("web1", "web2")) {
            Server server = Server.at(name, "fake://" + name + ".example.net")
                    .hostKey(MovesTest.KEY)
                    .offering(Service.http("fake"))
                    .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                    .offering(Service.of(ServiceKind.DB, "seeding"));
            bench.run(new EnrolServer(server)).orThrow();
        }
        for (String name : List.of("shop", "shop-2")) {
            Codebase code = Codebase.of(name, new CodeSource(Name.of("fake"), Settings.none()));
            bench.run(new CreateCodebase(code.application("shop").on("web1"))).orThrow();
        }
        bench.run(new InstallSite(SITE)).orThrow();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Moves it, with copies of its files that take so many seconds, and then none. */
    private TaskInfo moved(MigrateSite task, Integer... took) throws InterruptedException {
        machines.asked.clear();
        seconds.addAll(List.of(took));
        machines.slow = FILES;
        machines.slowness = () -> {
            Integer next = seconds.poll();
            bench.clock.pass(Duration.ofSeconds(next == null ? 0 : next));
        };
        return bench.run(task);
    }

    private long times(String what) {
        return machines.asked.stream().filter(each -> each.contains(what)).count();
    }

    @Test
    void whatTakesLittleIsCopiedOnce() throws InterruptedException {
        TaskInfo moved = moved(new MigrateSite(ELSEWHERE), 5);
        assertThat(moved.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(moved.results()).containsEntry("passes", "1").containsEntry("pass-1.milliseconds", "5000");
        // While it is open, and while it is closed.
        assertThat(times(FILES)).isEqualTo(2);
        assertThat(times("delta of migration")).isZero();
        assertThat(times("pass-2")).isZero();
    }

    @Test
    void passesAreMadeUntilTheyGetNoShorter() throws InterruptedException {
        TaskInfo moved = moved(new MigrateSite(ELSEWHERE), 40, 10, 8);
        assertThat(moved.results())
                .containsEntry("passes", "3")
                .containsEntry("pass-2.milliseconds", "10000")
                .containsEntry("pass-3.milliseconds", "8000")
                .doesNotContainKey("pass-4.milliseconds");
        assertThat(times(FILES)).isEqualTo(4);
        assertThat(times("delta of migration to")).isEqualTo(2);
        assertThat(times("delta of migration from")).isEqualTo(2);
        assertThat(machines.asked).noneMatch(each -> each.contains("pass-4"));
    }

    @Test
    void somebodySaysHowLongIsLong() throws InterruptedException {
        assertThat(bench.aegir
                        .preview(new UpgradeSite("shop.example.net", "shop-2").anotherPassAbove(Duration.ZERO))
                        .steps())
                .extracting(PlanPreview.StepPreview::name)
                .filteredOn(name -> name.contains("delta of"))
                .hasSize(6);
        assertThat(moved(new MigrateSite(ELSEWHERE).anotherPassAbove(Duration.ofMinutes(1)), 40)
                        .results())
                .containsEntry("passes", "1");
        assertThatThrownBy(() -> new MigrateSite(ELSEWHERE).anotherPassAbove(Duration.ofSeconds(-1)))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void allOfThemWhateverTheyTake() throws InterruptedException {
        TaskInfo moved = moved(new MigrateSite(ELSEWHERE).anotherPassAbove(Duration.ZERO));
        assertThat(moved.results()).containsEntry("passes", "4");
        assertThat(times("delta of migration to")).isEqualTo(3);
    }

    @Test
    void aPassThatFailsIsTakenBack() throws InterruptedException {
        machines.heard = what -> machines.broken = what.contains("delta of migration from") ? "echo" : "";
        assertThat(moved(new MigrateSite(ELSEWHERE), 40).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(bench.aegir.inventory().site(SITE.name())).contains(SITE);
        assertThat(times("pool: stop")).isZero();
    }

    /** One line says what a pass would do, and when. */
    @Test
    void aPreviewSaysWhenThereIsAnother() throws InterruptedException {
        List<Change> changes =
                bench.aegir.preview(new MigrateSite(ELSEWHERE).anotherPassAbove(Duration.ofSeconds(9))).steps().stream()
                        .filter(step -> step.name().matches(".*, pass [234]"))
                        .flatMap(step -> step.changes().stream())
                        .toList();
        assertThat(changes)
                .extracting(Change::subject)
                .containsExactly(
                        "pass 2 over site shop.example.net while it is open",
                        "pass 3 over site shop.example.net while it is open",
                        "pass 4 over site shop.example.net while it is open");
        assertThat(changes.get(0).detail())
                .isEqualTo("brings what was changed meanwhile, if pass 1 takes more than 9.0 s");
        assertThat(changes.get(1).detail()).endsWith("9.0 s, and clearly less than the one before it");
    }
}
