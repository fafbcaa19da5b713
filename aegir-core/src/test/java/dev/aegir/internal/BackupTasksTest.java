// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.Retention;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.BackupCodebase;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.PruneBackupsOf;
import dev.aegir.task.RemoveServer;
import dev.aegir.task.RestoreCodebase;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RestoreSite.What;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifyBackup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tasks about backups plan, and in which order. */
class BackupTasksTest {
    private static final String KEY = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db")
            .backup("web1/vault");
    private static final String USER = SITE.id().account();

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new Directories())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .application(new FakeEngines.Static())
                .application(new FakeShop());
    }

    /** Code that is where it is. */
    private static final class Directories implements CodeEngine {
        @Override
        public String name() {
            return "directory";
        }

        @Override
        public List<Step> ensure(EngineRequest<Release> request) {
            Name server = request.server().name();
            return List.of(RunCommand.of("look at the code on " + server, server, Command.of("true")));
        }

        @Override
        public List<Step> remove(EngineRequest<Release> request) {
            return List.of();
        }
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        FakeVault.damaged = false;
        FakeVault.away = false;
        machines.facts = "addresses=192.0.2.7\n";
        done(new EnrolServer(server(Service.of(ServiceKind.BACKUP, "fake").named("vault"))));
        Codebase shop = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(shop.application("shop").on("web1")));
        done(new InstallSite(SITE));
    }

    private static Server vaultWith(String setting, String value) {
        return server(Service.of(ServiceKind.BACKUP, "fake").named("vault").with(setting, value));
    }

    private static Server server(Service... more) {
        Server server = Server.at("web1", "fake://web1.example.net")
                .hostKey(KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.DB, "fake"));
        for (Service service : more) {
            server = server.offering(service);
        }
        return server;
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void done(Task task) throws InterruptedException {
        bench.run(task).orThrow();
    }

    private List<String> steps(Task task) throws InterruptedException {
        return bench.aegir.preview(task).steps().stream()
                .map(PlanPreview.StepPreview::name)
                .toList();
    }

    private Id taken() throws InterruptedException {
        return Id.of(
                bench.run(BackupSite.of("shop.example.net")).orThrow().results().get("backup.id"));
    }

    private Backup backup(Id id) {
        return bench.aegir.inventory().backup(id).orElseThrow();
    }

    private Site now() {
        return bench.aegir.inventory().site(SITE.name()).orElseThrow();
    }

    @Test
    void aLiveBackupTouchesNothingOfTheSite() throws InterruptedException {
        BackupSite task = BackupSite.of("shop.example.net");
        String staging = "/srv/aegir/staging/" + SITE.id() + "/backup-" + task.id();
        assertThat(steps(task))
                .containsExactly(
                        "shop.example.net is about to be backed up",
                        "db: dump to " + staging + " " + USER + " from []",
                        "vault: take [database, files] " + task.id(),
                        "inventory: save backup " + task.id() + " of shop.example.net",
                        "remove " + staging + " from web1",
                        "shop.example.net was backed up");
        done(task);
        assertThat(backup(task.id()).verified().orElseThrow().level()).isEqualTo(Level.STRUCTURE);
        assertThat(backup(task.id()).site()).contains(SITE);
    }

    @Test
    void aFrozenSiteIsServedAgainWhenItsBackupIsKept() throws InterruptedException {
        List<String> steps = steps(BackupSite.of("shop.example.net").frozen());
        assertThat(steps.get(1)).contains("frozen for backup");
        assertThat(steps.get(2)).contains("stop").contains("frozen for backup");
        assertThat(steps.get(steps.size() - 3)).isEqualTo("pool: ensure with cron of php");
        assertThat(steps.indexOf("pool: ensure with cron of php"))
                .isGreaterThan(indexOf(steps, "inventory: save backup"));
    }

    private static int indexOf(List<String> steps, String beginning) {
        return steps.stream().map(step -> step.startsWith(beginning)).toList().indexOf(true);
    }

    /** S2 and S3: everything new is made beside what is there, which goes last. */
    @Test
    void aRestoreIsMadeBesideAndSwitched() throws InterruptedException {
        Id id = taken();
        RestoreSite task = RestoreSite.of("shop.example.net", id);
        List<String> steps = steps(task);
        List<Integer> order = List.of(
                indexOf(steps, "vault: restore {database="),
                indexOf(steps, "db: ensure " + USER + "_2"),
                indexOf(steps, "db: load from /srv/aegir/staging/" + SITE.id() + "/restore-" + id + " " + USER + "_2"),
                indexOf(steps, "vault: restore {files="),
                indexOf(steps, "pool: stop of php, frozen for the restore"),
                indexOf(steps, "vault: take [database, files] " + task.safety()),
                indexOf(steps, "inventory: save backup " + task.safety()),
                indexOf(steps, "switch the files"),
                indexOf(steps, "settings of shop.example.net"),
                indexOf(steps, "shop: verify"),
                indexOf(steps, "pool: ensure with cron"),
                indexOf(steps, "db: drop " + USER + " from"),
                indexOf(steps, "remove the files shop.example.net had"));
        assertThat(order).isSorted().doesNotContain(-1);
        assertThat(steps.get(steps.size() - 1)).startsWith("remove the files");

        done(task);
        assertThat(now().settings().text("db.name")).contains(USER + "_2");
        assertThat(now().settings().text("db.user")).contains(USER + "_2");
        assertThat(backup(task.safety()).reason()).isEqualTo(Backup.Reason.SAFETY);
        // Whoever describes the site as it was once does not lose its database.
        done(new UpdateSite(SITE.redirect("/old", "/")));
        assertThat(now().settings().text("db.name")).contains(USER + "_2");
        done(RestoreSite.of("shop.example.net", id));
        assertThat(now().settings().text("db.name")).contains(USER + "_3");
    }

    @Test
    void aPartIsRestoredAlone() throws InterruptedException {
        Id id = taken();
        RestoreSite all = RestoreSite.of("shop.example.net", id);
        assertThat(steps(all.only(What.FILES))).noneMatch(step -> step.matches("db: (load|ensure|drop).*"));
        assertThat(steps(all.only(What.DATABASE))).noneMatch(step -> step.contains("the files"));
        assertThat(steps(all.withoutSafetyBackup())).noneMatch(step -> step.contains("take"));
    }

    @Test
    void onePathIsSwitchedAndEverythingElseStays() throws InterruptedException {
        Id id = taken();
        RestoreSite task = RestoreSite.of("shop.example.net", id).onlyPath("files/2026/a.txt");
        List<String> steps = steps(task);
        assertThat(List.of(
                        indexOf(steps, "there is a way to files/2026/a.txt"),
                        indexOf(steps, "vault: restore {files="),
                        indexOf(steps, id + " has files/2026/a.txt"),
                        indexOf(steps, "pool: stop of php, frozen for the restore"),
                        indexOf(steps, "vault: take [database, files] " + task.safety()),
                        indexOf(steps, "switch files/2026/a.txt of"),
                        indexOf(steps, "shop: verify"),
                        indexOf(steps, "pool: ensure with cron"),
                        indexOf(steps, "remove the files shop.example.net had")))
                .isSorted()
                .doesNotContain(-1);
        assertThat(steps).noneMatch(step -> step.matches("db: (load|ensure|drop).*"));
        done(task);
        assertThat(now()).isEqualTo(SITE);
        // A directory that the site writes is a path, too.
        assertThat(steps(RestoreSite.of("shop.example.net", id).onlyPath("files")))
                .contains("switch the files of shop.example.net on web1 to those of " + id);
    }

    /** Containment is by component, and decided before anything is touched. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "files/../../other",
                "files/./a",
                "files//a",
                "files/",
                "..",
                "files/a\nb",
                "files\\a"
            })
    void aPathThatLeadsOutIsNone(String path) {
        RestoreSite all = RestoreSite.of("shop.example.net", Id.next());
        assertThatThrownBy(() -> all.onlyPath(path)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"files-of-others/a", "settings", "etc/passwd"})
    void aPathIsBelowWhatTheSiteWrites(String path) throws InterruptedException {
        Id id = taken();
        assertThatThrownBy(() -> steps(RestoreSite.of("shop.example.net", id).onlyPath(path)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("name a path below [files]");
    }

    @Test
    void oneTableIsSwitchedWithOneOfAnotherDatabase() throws InterruptedException {
        Id id = taken();
        RestoreSite task = RestoreSite.of("shop.example.net", id).onlyTable("orders");
        List<String> steps = steps(task);
        assertThat(List.of(
                        indexOf(steps, "db: look at [orders] of " + USER + " "),
                        indexOf(steps, "vault: restore {database="),
                        indexOf(steps, "db: ensure " + USER + "_2"),
                        indexOf(steps, "pool: stop of php, frozen for the restore"),
                        indexOf(steps, "vault: take [database, files] " + task.safety()),
                        indexOf(steps, "db: switch [orders] with " + USER + "_2 of " + USER + " "),
                        indexOf(steps, "shop: verify"),
                        indexOf(steps, "pool: ensure with cron"),
                        indexOf(steps, "db: forget [orders] of " + USER + " "),
                        indexOf(steps, "db: drop " + USER + "_2 from"),
                        indexOf(steps, "secret: forget")))
                .isSorted()
                .doesNotContain(-1);
        assertThat(steps).noneMatch(step -> step.contains("the files"));
        done(task);
        assertThat(now()).isEqualTo(SITE);
        assertThatThrownBy(() -> task.onlyTable("a\nb")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aPartThatFailsIsTakenBack() throws InterruptedException {
        Id id = taken();
        machines.broken = "shop: verify";
        RestoreSite task = RestoreSite.of("shop.example.net", id).onlyPath("files/2026/a.txt");
        assertThat(bench.run(task).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(machines.asked).anyMatch(asked -> asked.contains("aegir-switch back "));
        assertThat(backup(task.safety()).reason()).isEqualTo(Backup.Reason.SAFETY);
    }

    @Test
    void codeThatIsNowhereElseIsBackedUpAndComesBack() throws InterruptedException {
        BackupCodebase task = new BackupCodebase("shop", "web1/vault");
        assertThat(steps(task))
                .containsExactly("vault: take [code] " + task.id(), "inventory: save backup " + task.id() + " of shop");
        done(task);
        Codebase shop = bench.aegir.inventory().codebase(Name.of("shop")).orElseThrow();
        assertThat(backup(task.id())).returns(shop.id(), Backup::owner).returns(Optional.empty(), Backup::site);
        Codebase again = Codebase.of("again", CodeSource.directory("/srv/again"))
                .application("shop")
                .on("web1");
        assertThat(steps(new RestoreCodebase(task.id(), again)))
                .anyMatch(step -> step.startsWith("vault: restore {code=web1:/srv/again}"))
                .last()
                .isEqualTo("inventory: save codebase again");
        done(new VerifyBackup(task.id(), Level.FULL));
        Codebase elsewhere = Codebase.of("other", new CodeSource(Name.of("fake"), Settings.none()));
        assertThatThrownBy(() -> steps(new RestoreCodebase(
                        task.id(), elsewhere.application("shop").on("web1"))))
                .hasMessageContaining("CodeSource.directory");
        Id ofSite = taken();
        assertThatThrownBy(() -> steps(new RestoreCodebase(ofSite, again))).hasMessageContaining("has no code");
        assertThatThrownBy(() -> steps(new DrillBackup(task.id()))).hasMessageContaining("is of a codebase");
    }

    @Test
    void onlyItsOwnBackupsMakeASiteWhatItWas() throws InterruptedException {
        Id id = taken();
        done(new InstallSite(Site.of("other.example.net", "shop")
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/db")));
        assertThatThrownBy(() -> steps(RestoreSite.of("other.example.net", id)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("its own backups");
    }

    @Test
    void aCopyIsNewToTheEnd() throws InterruptedException {
        Id id = taken();
        Site copy = Site.of("copy.example.net", "shop")
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/db");
        List<String> steps = steps(new RestoreCopy(id, copy));
        assertThat(steps)
                .noneMatch(step -> step.contains(USER))
                .anyMatch(step -> step.contains(copy.id().account()));
        done(new RestoreCopy(id, copy));
        assertThatThrownBy(() -> steps(new RestoreCopy(id, copy))).hasMessageContaining("already");
    }

    @Test
    void aDrillLeavesNothingButWhatItHasProved() throws InterruptedException {
        Id id = taken();
        DrillBackup drill = new DrillBackup(id);
        assertThat(steps(drill)).noneMatch(step -> step.contains("with cron"));
        // What nothing holds back is said.
        assertThat(bench.run(drill).orThrow().results())
                .containsEntry("drill.network", "open: its runtime engine fake cannot hold it back");
        assertThat(backup(id).verified().orElseThrow().level()).isEqualTo(Level.DRILL);
        assertThat(bench.aegir.inventory().sites()).containsExactly(SITE);
        done(new VerifyBackup(id, Level.SAMPLE));
        assertThat(backup(id).verified().orElseThrow().level()).isEqualTo(Level.DRILL);
    }

    @Test
    void aDamagedBackupCountsAsNotVerified() throws InterruptedException {
        Id id = taken();
        done(new VerifyBackup(id, Level.FULL));
        FakeVault.damaged = true;
        assertThat(bench.run(new VerifyBackup(id, Level.STRUCTURE)).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(backup(id).verified()).isEmpty();
    }

    @Test
    void theLastOneIsDeletedOnlyWhenThatIsSaid() throws InterruptedException {
        Id first = taken();
        Id second = taken();
        done(new DeleteBackup(first));
        assertThatThrownBy(() -> steps(new DeleteBackup(second))).hasMessageContaining("the last one");
        assertThatThrownBy(() -> steps(new RemoveServer("web1"))).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> steps(new EnrolServer(server()))).isInstanceOf(RefusedException.class);
        done(new DeleteBackup(second, true));
        assertThat(bench.aegir.inventory().backups()).isEmpty();
    }

    /** Promise 6: nothing is forgotten because it is not mounted. */
    @Test
    void whatIsAwayIsNotForgotten() throws InterruptedException {
        Id first = taken();
        Id second = taken();
        FakeVault.away = true;
        PruneBackups prune = new PruneBackups("shop.example.net", new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO));
        for (Task task : List.of(prune, new DeleteBackup(first))) {
            assertThat(bench.run(task).state()).isEqualTo(TaskState.ROLLED_BACK);
        }
        assertThat(bench.aegir.inventory().backups()).extracting(Backup::id).containsExactly(second, first);
        // What is lost for good is forgotten when that is said.
        done(new DeleteBackup(first, true));
        assertThat(bench.aegir.inventory().backups()).extracting(Backup::id).containsExactly(second);
    }

    @Test
    void aServiceThatKeepsBackupsKeepsThemWhereTheyAre() throws InterruptedException {
        done(new EnrolServer(vaultWith("directory", "/srv/elsewhere")));
        done(new EnrolServer(vaultWith("directory", FakeVault.DIRECTORY)));
        taken();
        TaskInfo moved = bench.run(new EnrolServer(vaultWith("directory", "/srv/elsewhere")));
        assertThat(moved.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(moved.cause().orElseThrow()).contains("There is nothing in /srv/elsewhere");
        Server known = bench.aegir.inventory().server("web1").orElseThrow();
        assertThat(known.service(Name.of("vault")).orElseThrow().settings().text("directory"))
                .contains(FakeVault.DIRECTORY);
        done(new EnrolServer(vaultWith("level", "3")));
        Service other = Service.of(ServiceKind.BACKUP, "another").named("vault");
        assertThatThrownBy(() -> steps(new EnrolServer(known.offering(other)))).hasMessageContaining("keeps a backup");
    }

    @Test
    void backupsOfWhatIsGoneAreBackedUpNoMoreButPruned() throws InterruptedException {
        Id first = taken();
        Id second = taken();
        done(new DeleteSite("shop.example.net").withoutSafetyBackup());
        PruneBackupsOf prune = new PruneBackupsOf(SITE.id(), new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO));
        assertThat(steps(prune)).contains("vault: remove " + first);
        done(prune);
        assertThat(bench.aegir.inventory().backups()).extracting(Backup::id).containsExactly(second);
    }

    @Test
    void whatIsPrunedGoesFromTheInventoryFirst() throws InterruptedException {
        Id first = taken();
        Id second = taken();
        PruneBackups prune = new PruneBackups("shop.example.net", new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO));
        assertThat(steps(prune))
                .containsExactly(
                        "vault: is there vault",
                        "inventory: remove backup " + first + " of shop.example.net",
                        "vault: remove " + first,
                        "vault: reclaim vault");
        done(prune);
        assertThat(bench.aegir.inventory().backupsOf(SITE.id()))
                .extracting(Backup::id)
                .containsExactly(second);
        assertThat(steps(prune)).isEmpty();
    }

    /** S1. */
    @Test
    void aSiteIsBackedUpBeforeItIsDeleted() throws InterruptedException {
        DeleteSite task = new DeleteSite("shop.example.net");
        List<String> steps = steps(task);
        assertThat(List.of(
                        indexOf(steps, "pool: stop of php, before the last backup"),
                        indexOf(steps, "vault: take [database, files] " + task.safety()),
                        indexOf(steps, "shop: remove"),
                        indexOf(steps, "db: drop")))
                .isSorted()
                .doesNotContain(-1);
        assertThat(steps(task.withoutSafetyBackup())).noneMatch(step -> step.contains("vault"));
        done(task);
        assertThat(bench.aegir.inventory().backupsOf(SITE.id()))
                .extracting(Backup::id)
                .containsExactly(task.safety());
    }
}
