// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.host.Workbench;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Planner;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Plan;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RunCommand;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.SiteMilestone;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.StepState;
import dev.aegir.task.SyncSite;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps of somebody's own, at the moments that a site comes to: found alike in every task, and what fails there is taken back. */
class SiteMilestonesTest {
    private static final String TESTS = "the tests of the house";
    private static final String QUEUES = "the queues wait";
    private static final String WORKERS = "the queues go on";
    private static final Site SITE = on("shop.example.net").backup("web1/vault");
    private static final String COPY = "copy.example.net";

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.RehearsingHttp())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .engine(new FakeArchives())
                .engine(new MovesTest.Files())
                .application(new ImportTasksTest.PackedShop())
                .extension(new House());
    }

    /** What somebody wants of all sites, whatever is done to them. */
    private static final class House implements PlanExtension {
        @Override
        public Plan extend(Task task, Plan plan, Planner planner) {
            return after(before(before(plan, Moment.READY, TESTS, planner), Moment.BACKUP_BEGINS, QUEUES, planner));
        }

        private static Plan before(Plan plan, Moment moment, String words, Planner planner) {
            Optional<SiteMilestone> place = SiteMilestone.in(plan, moment);
            if (place.isEmpty()) {
                return plan;
            }
            Workbench there = planner.application(place.get().site()).workbench();
            return plan.before(place.get().name(), RunCommand.of(words, there.server(), there.command("echo", words)));
        }

        private static Plan after(Plan plan) {
            return SiteMilestone.in(plan, Moment.BACKUP_TAKEN)
                    .map(place -> plan.after(
                            place.name(), RunCommand.of(WORKERS, Name.of("web1"), Command.of("echo", WORKERS))))
                    .orElse(plan);
        }
    }

    private static Site on(String name) {
        return Site.of(name, "shop").http("web1/http").runtime("web1/php").database("web1/db");
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        ImportTasksTest.packages = List.of("cart", "till");
        FakeVault.damaged = false;
        machines.facts = "addresses=192.0.2.7\n";
        bench.run(new EnrolServer(Server.at("web1", "fake://web1.example.net")
                        .hostKey(MovesTest.KEY)
                        .offering(Service.http("fake"))
                        .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                        .offering(Service.of(ServiceKind.DB, "fake"))
                        .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"))))
                .orThrow();
        for (String name : List.of("shop", "shop-2")) {
            Codebase code = Codebase.of(name, new CodeSource(Name.of("fake"), Settings.none()));
            bench.run(new CreateCodebase(code.application("shop").on("web1"))).orThrow();
            bench.run(new ScanCodebase(name)).orThrow();
        }
        bench.run(new InstallSite(SITE)).orThrow();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Id taken() throws InterruptedException {
        return Id.of(bench.run(BackupSite.of("shop.example.net")).orThrow().result("backup.id"));
    }

    private List<String> steps(Task task) throws InterruptedException {
        return bench.aegir.preview(task).steps().stream()
                .map(PlanPreview.StepPreview::name)
                .toList();
    }

    @Test
    void noSiteIsOpenedBeforeTheTestsOfTheHouseHavePassed() throws InterruptedException {
        Id backup = taken();
        bench.run(new CloneSite("shop.example.net", on("test.example.net").environment(Environment.STAGING)))
                .orThrow();
        List<Site> sites = bench.aegir.inventory().sites();
        String drill = "drill-" + backup.value().toLowerCase(Locale.ROOT) + ".invalid";
        tested("shop.example.net", RestoreSite.of("shop.example.net", backup));
        tested("shop.example.net", RestoreSite.of("shop.example.net", backup).onlyPath("files/a.txt"));
        tested("shop.example.net", RestoreSite.of("shop.example.net", backup).onlyTable("orders"));
        tested("shop.example.net", new UpgradeSite("shop.example.net", "shop-2"));
        tested("shop.example.net", new UpgradeSite("shop.example.net", "shop-2").closedAtMost(Duration.ofMinutes(1)));
        tested(COPY, new RenameSite("shop.example.net", COPY));
        tested("test.example.net", new SyncSite("shop.example.net", "test.example.net"));
        tested(COPY, new InstallSite(on(COPY)));
        tested(COPY, new RestoreCopy(backup, on(COPY)));
        tested(COPY, new CloneSite("shop.example.net", on(COPY)));
        tested(COPY, ImportSite.of("web1", "/srv/in/shop.tar.gz", on(COPY)));
        tested(
                COPY,
                AdoptSite.of("web1", "/var/www/shop", on(COPY))
                        .database("web1/db", "old_shop")
                        .closedAtMost(Duration.ofMinutes(1)));
        tested(drill, new DrillBackup(backup, backup, Map.of()));
        assertThat(bench.aegir.inventory().sites()).containsExactlyInAnyOrderElementsOf(sites);
    }

    private void tested(String name, Task task) throws InterruptedException {
        String place = SiteMilestone.name(Moment.READY, DomainName.of(name));
        assertThat(steps(task))
                .as(task.title())
                .containsSubsequence(TESTS, place, "publish " + name + " on web1")
                .containsOnlyOnce(place);
        machines.broken = TESTS;
        TaskInfo ended = bench.run(task);
        machines.broken = "";
        assertThat(ended.state()).as(ended.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElseThrow()).contains(TESTS);
        assertThat(ended.steps().stream()
                        .filter(step -> step.state() == StepState.PENDING)
                        .map(step -> step.name()))
                .as(task.title())
                .contains(place, "publish " + name + " on web1");
    }

    /** What is only verified, or was there already, is open, and no test of it is too. */
    @Test
    void whatIsOpenIsNotReadyToBeOpened() throws InterruptedException {
        assertThat(steps(new InstallSite(SITE))).doesNotContain(TESTS);
    }

    @Test
    void aBackupBeginsBeforeTheSiteIsFrozenAndIsTakenWhenItRunsAgain() throws InterruptedException {
        BackupSite frozen = BackupSite.of("shop.example.net").frozen();
        assertThat(steps(frozen))
                .containsSubsequence(
                        QUEUES,
                        "shop.example.net is about to be backed up",
                        "publish shop.example.net on web1, frozen for backup " + frozen.id(),
                        "vault: take [database, files] " + frozen.id(),
                        "publish shop.example.net on web1",
                        "shop.example.net was backed up",
                        WORKERS);
        assertThat(steps(BackupSite.of("shop.example.net")))
                .startsWith(QUEUES, "shop.example.net is about to be backed up")
                .endsWith("shop.example.net was backed up", WORKERS);
        machines.broken = QUEUES;
        assertThat(bench.run(frozen).state()).isEqualTo(TaskState.ROLLED_BACK);
        machines.broken = WORKERS;
        BackupSite live = BackupSite.of("shop.example.net");
        assertThat(bench.run(live).state()).isEqualTo(TaskState.ROLLED_BACK);
        // What is whole is of use, whatever fails afterwards.
        assertThat(bench.aegir.inventory().backupsOf(SITE.id()))
                .extracting(Backup::id)
                .containsExactly(live.id());
    }
}
