// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.Due;
import dev.aegir.TaskHandle;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Schedule;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateCodebase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is due by schedules, and that it is done once. */
class UpkeepTest {
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db")
            .backup("web1/vault")
            .with("schedule.backup", "P1D at 02:00 within PT0S")
            .with("schedule.full", "P7D within PT0S")
            .with("schedule.prune", "P1D at 05:00 within PT0S")
            .with("schedule.keep", "0,1,0,0,0,1");

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .application(new FakeShop());
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        FakeVault.damaged = false;
        FakeVault.away = false;
        machines.facts = "addresses=192.0.2.7\n";
        bench.run(new EnrolServer(Server.at("web1", "fake://web1.example.net")
                        .hostKey("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU")
                        .offering(Service.http("fake"))
                        .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                        .offering(Service.of(ServiceKind.DB, "fake"))
                        .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"))))
                .orThrow();
        Codebase code = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        bench.run(new CreateCodebase(code.application("shop").on("web1"))).orThrow();
        bench.run(new InstallSite(SITE)).orThrow();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private List<String> due() throws InterruptedException {
        Due due = bench.aegir.submitDue();
        assertThat(due.refused()).isEmpty();
        for (TaskHandle task : due.tasks()) {
            assertThat(Bench.ended(task).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        return due.tasks().stream().map(task -> task.info().type()).toList();
    }

    private List<Backup> backups() {
        return bench.aegir.inventory().backupsOf(SITE.id());
    }

    @Test
    void whatIsDueIsDoneOnceAndWhatWasMissedIsMadeUpOnce() throws InterruptedException {
        // The first time, and then what needs a backup to be there.
        assertThat(due()).containsExactly("site.backup", "site.prune-backups");
        assertThat(due()).containsExactly("backup.verify");
        assertThat(backups()).hasSize(1).first().returns(Backup.Reason.SCHEDULED, Backup::reason);
        assertThat(due()).isEmpty();
        bench.clock.pass(Duration.ofMinutes(1));
        assertThat(due()).isEmpty();
        bench.clock.pass(Duration.ofDays(1));
        assertThat(due()).containsExactly("site.backup", "site.prune-backups");
        bench.clock.pass(Duration.ofDays(30));
        assertThat(due()).containsExactly("site.backup", "backup.verify", "site.prune-backups");
        assertThat(due()).isEmpty();
    }

    /** Another program over the same store, or this one after a crash. */
    @Test
    void whateverIsRestartedItIsDoneOnce() throws InterruptedException {
        due();
        int before = backups().size();
        Instant slot = Schedule.of("P1D at 02:00 within PT0S").due(bench.clock.instant(), "any");
        String key = "schedule." + SITE.id() + ":backup:" + slot;
        TaskHandle again =
                bench.submit(Submission.of(BackupSite.of("shop.example.net")).key(key));
        assertThat(again.info().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(backups()).hasSize(before);
    }

    /** What a move has left behind goes when its time is over, and at the time that is said. */
    @Test
    void whatIsLeftBehindIsRetired() throws InterruptedException {
        bench.run(new UpdateSite(Site.of("shop.example.net", "shop")
                        .http("web1/http")
                        .runtime("web1/php")
                        .database("web1/db")
                        .backup("web1/vault")
                        .with("retire.after", "P2D")
                        .with("schedule.retire", "P1D at 02:00 within PT0S")))
                .orThrow();
        assertThat(due()).isEmpty();
        Codebase code = Codebase.of("shop-2", new CodeSource(Name.of("fake"), Settings.none()));
        bench.run(new CreateCodebase(code.application("shop").on("web1"))).orThrow();
        bench.run(new UpgradeSite("shop.example.net", "shop-2")).orThrow();
        bench.clock.pass(Duration.ofHours(47));
        assertThat(due()).isEmpty();
        // From 02:00 of the next day on.
        bench.clock.pass(Duration.ofHours(25));
        assertThat(due()).containsExactly("site.retire-migration");
        assertThat(bench.aegir
                        .inventory()
                        .site(SITE.name())
                        .orElseThrow()
                        .settings()
                        .values())
                .containsOnlyKeys("db.name", "db.user", "retire.after", "schedule.retire");
        bench.clock.pass(Duration.ofDays(2));
        assertThat(due()).isEmpty();
    }

    @Test
    void whatCannotBeSubmittedIsToldAndStopsNothingElse() throws InterruptedException {
        bench.run(new UpdateSite(SITE.with("schedule.backup", "at noon").with("schedule.consistency", "frozen")))
                .orThrow();
        Due due = bench.aegir.submitDue();
        assertThat(due.refused()).singleElement().asString().startsWith("backup of shop.example.net: ");
        assertThat(due.tasks()).hasSize(1);
    }

    @Test
    void aCodebaseHasSchedulesToo() throws InterruptedException {
        bench.run(new DeleteSite("shop.example.net").withoutSafetyBackup()).orThrow();
        Codebase shop = bench.aegir.inventory().codebase("shop").orElseThrow();
        bench.run(new UpdateCodebase(shop.with("schedule.backup", "P1D within PT0S")))
                .orThrow();
        assertThat(bench.aegir.submitDue().refused())
                .singleElement()
                .asString()
                .startsWith("backup of shop: ")
                .contains("schedule.service");
        bench.run(new UpdateCodebase(shop.with("schedule.backup", "P1D within PT0S")
                        .with("schedule.service", "web1/vault")
                        .with("schedule.full", "P1D within PT0S")
                        .with("schedule.prune", "P1D within PT0S")
                        .with("schedule.keep", "0,0,0,0,0,2")))
                .orThrow();
        assertThat(due()).containsExactly("codebase.backup", "backup.prune");
        assertThat(due()).containsExactly("backup.verify");
        assertThat(due()).isEmpty();
        assertThat(bench.aegir.inventory().backupsOf(shop.id()))
                .singleElement()
                .returns(Backup.Reason.SCHEDULED, Backup::reason)
                .returns(
                        Optional.of(Backup.Level.FULL),
                        backup -> backup.verified().map(Backup.Verified::level));
        for (int day = 0; day < 3; day++) {
            bench.clock.pass(Duration.ofDays(1));
            due();
        }
        // Two, and what came after it was pruned or while it was.
        assertThat(bench.aegir.inventory().backupsOf(shop.id())).hasSizeBetween(2, 3);
        // It is the same code: whoever creates it once more leaves its schedules.
        bench.run(new CreateCodebase(
                        Codebase.of("shop", shop.source()).application("shop").on("web1")))
                .orThrow();
        assertThat(bench.aegir
                        .inventory()
                        .codebase("shop")
                        .orElseThrow()
                        .settings()
                        .text("schedule.service"))
                .contains("web1/vault");
    }

    @Test
    void whatADeletedSiteHasLeftIsProvedAndPruned() throws InterruptedException {
        due();
        due();
        bench.clock.pass(Duration.ofDays(1));
        due();
        bench.run(new DeleteSite("shop.example.net")).orThrow();
        List<Id> before = backups().stream().map(Backup::id).toList();
        assertThat(before).hasSizeGreaterThan(2);
        bench.clock.pass(Duration.ofDays(60));
        assertThat(due()).containsExactlyInAnyOrder("backup.verify", "backup.prune");
        // The last one that it can be restored from stays, whatever its schedule says.
        assertThat(backups()).extracting(Backup::id).contains(before.get(0)).hasSizeLessThan(before.size());
        for (int day = 0; day < 3; day++) {
            bench.clock.pass(Duration.ofDays(60));
            due();
            assertThat(backups()).extracting(Backup::id).contains(before.get(0));
        }
        // And the newest of a day that any had, which was taken because it was time.
        assertThat(backups()).hasSize(2);
    }
}
