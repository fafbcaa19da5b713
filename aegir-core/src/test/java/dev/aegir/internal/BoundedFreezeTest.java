// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Planner;
import dev.aegir.task.Change;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Plan;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.RunCommand;
import dev.aegir.task.SiteMilestone;
import dev.aegir.task.StepState;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people may say about a move: how long it may close the site, what must be so first, and what is kept before. */
class BoundedFreezeTest {
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db")
            .backup("web1/vault");
    private static final String TESTS = "the tests of the house";
    private static final String READY = SiteMilestone.name(SiteMilestone.Moment.READY, SITE.name());

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.RehearsingHttp())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .application(new FakeShop())
                .extension(new Tests());
    }

    /** Tests of one's own, before a site is opened elsewhere. */
    private static final class Tests implements PlanExtension {
        @Override
        public Plan extend(Task task, Plan plan, Planner planner) {
            return plan.step(READY).isEmpty()
                    ? plan
                    : plan.before(READY, RunCommand.of(TESTS, Name.of("web1"), Command.of("echo", TESTS)));
        }
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7\n";
        Server server = Server.at("web1", "fake://web1.example.net")
                .hostKey("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU")
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.DB, "fake"))
                .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"));
        bench.run(new EnrolServer(server)).orThrow();
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

    private static UpgradeSite upgrade() {
        return new UpgradeSite("shop.example.net", "shop-2");
    }

    private Site now() {
        return bench.aegir.inventory().site(SITE.name()).orElseThrow();
    }

    @Test
    void aFreezeThatTakesTooLongIsTakenBack() throws InterruptedException {
        machines.slow = "shop: update";
        machines.slowness = () -> bench.clock.pass(Duration.ofSeconds(31));
        TaskInfo ended = bench.run(upgrade().closedAtMost(Duration.ofSeconds(30)));
        assertThat(ended.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElseThrow())
                .contains("was closed for 31.0 s, and may be for 30.0 s at most")
                .contains("at most: \"shop: update\" took 31.0 s.");
        assertThat(now()).isEqualTo(SITE);

        bench.run(upgrade().closedAtMost(Duration.ofSeconds(32))).orThrow();
        assertThat(now().codebase()).hasToString("shop-2");
    }

    /** Nobody waits for a step that has hung since the site was closed. */
    @Test
    void aStepThatHangsIsStopped() throws InterruptedException {
        machines.slow = "shop: update";
        machines.slowness = () -> new CountDownLatch(1).await();
        TaskInfo ended = bench.run(upgrade().closedAtMost(Duration.ofSeconds(2)));
        assertThat(ended.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElseThrow()).contains("\"shop: update\" was stopped after");
        assertThat(now()).isEqualTo(SITE);
    }

    /** Once it is open elsewhere nobody waits for it any more. */
    @Test
    void whatIsDoneAfterwardsHasNoBound() throws InterruptedException {
        machines.slow = "pool: ensure with cron of php";
        machines.slowness = () -> bench.clock.pass(Duration.ofMinutes(5));
        bench.run(upgrade().closedAtMost(Duration.ofSeconds(30))).orThrow();
    }

    @Test
    void theBoundIsPartOfWhatIsShownBefore() throws InterruptedException {
        assertThat(bench.aegir
                        .preview(upgrade().closedAtMost(Duration.ofSeconds(30)))
                        .steps())
                .flatExtracting(step -> step.changes())
                .extracting(Change::detail)
                .anyMatch(detail -> detail.startsWith("closed for at most 30.0 s"));
        assertThatThrownBy(() -> upgrade().closedAtMost(Duration.ZERO)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void whatSomebodyWantsToBeSoIsSoBeforeItIsOpened() throws InterruptedException {
        machines.broken = TESTS;
        TaskInfo ended = bench.run(upgrade());
        assertThat(ended.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElseThrow()).contains(TESTS);
        assertThat(now()).isEqualTo(SITE);
        assertThat(ended.steps().stream()
                        .filter(step -> step.state() == StepState.PENDING)
                        .map(step -> step.name()))
                .contains(READY, "publish shop.example.net on web1");
    }

    @Test
    void itAnswersBeforeItIsOpened() throws InterruptedException {
        List<String> steps = bench.aegir.preview(upgrade()).steps().stream()
                .map(PlanPreview.StepPreview::name)
                .toList();
        assertThat(steps)
                .containsSubsequence(
                        "pool: ensure of php, before it is open",
                        "ask for shop.example.net/",
                        TESTS,
                        READY,
                        "publish shop.example.net on web1",
                        "shop.example.net is open again");
        machines.broken = "ask for shop.example.net/";
        assertThat(bench.run(upgrade()).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(now()).isEqualTo(SITE);
        bench.run(new UpdateSite(SITE.with("probe", "off"))).orThrow();
        bench.run(upgrade()).orThrow();
    }

    /** G5: it is taken before anything is changed, and stays whatever comes of the rest. */
    @Test
    void aBackupIsTakenBeforeASiteMoves() throws InterruptedException {
        UpgradeSite upgrade = upgrade();
        // Only what the site has is looked at before.
        assertThat(bench.aegir.preview(upgrade).steps().get(3).name())
                .isEqualTo("vault: take [database, files] " + upgrade.safety());
        machines.broken = "shop: update";
        assertThat(bench.run(upgrade).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(bench.aegir.inventory().backup(upgrade.safety()).orElseThrow())
                .returns(Backup.Reason.SAFETY, Backup::reason)
                .returns(Backup.Consistency.LIVE, Backup::consistency);
        assertThat(bench.aegir.preview(upgrade().withoutSafetyBackup()).steps())
                .noneMatch(step -> step.name().startsWith("vault"));
    }
}
