// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.RevertMigration;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.Task;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a site gets back to what it has left behind, and what becomes of what was written since. */
class RevertTest {
    private static final String NAME = "shop.example.net";
    private static final Site SITE = Site.of(NAME, "shop")
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
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .engine(new MovesTest.Files())
                .application(new FakeShop());
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7\n";
        for (String name : List.of("web1", "web2")) {
            done(new EnrolServer(Server.at(name, "fake://" + name + ".example.net")
                    .hostKey(MovesTest.KEY)
                    .offering(Service.http("fake"))
                    .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                    .offering(Service.of(ServiceKind.DB, "fake"))
                    .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"))));
        }
        for (String name : List.of("shop", "shop-2")) {
            Codebase code = Codebase.of(name, new CodeSource(Name.of("fake"), Settings.none()));
            done(new CreateCodebase(code.application("shop").on("web1")));
        }
        done(new InstallSite(SITE));
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

    private Site now() {
        return bench.aegir.inventory().site(SITE.id()).orElseThrow();
    }

    private void refused(Task task, String part) {
        assertThatThrownBy(() -> bench.submit(task))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(part);
    }

    private static Site elsewhere() {
        return SITE.http("web2/http").runtime("web2/php").database("web2/db");
    }

    private static void isAt(Site site, String codebase, String database) {
        assertThat(site.codebase()).hasToString(codebase);
        assertThat(site.settings().text("db.name").orElse(USER)).isEqualTo(database);
        assertThat(site.settings().text("db.user").orElse(USER)).isEqualTo(database);
    }

    @Test
    void anUpgradeIsTakenBackToTheDatabaseThatWasLeft() throws InterruptedException {
        refused(new RevertMigration(NAME), "left nothing behind");
        done(new UpgradeSite(NAME, "shop-2"));
        isAt(now(), "shop-2", USER + "_2");
        RevertMigration revert = new RevertMigration(NAME);
        assertThat(steps(revert))
                .containsSubsequence(
                        "shop.example.net is about to be closed",
                        "publish shop.example.net on web1, to be moved",
                        "pool: stop of php, to be moved",
                        "inventory: save site shop.example.net, to be moved",
                        "vault: take [database, files] " + revert.safety(),
                        "settings of shop.example.net",
                        "shop: verify",
                        "shop: look what is there",
                        "pool: ensure of php, before it is open",
                        "shop.example.net is ready to be opened",
                        "inventory: save site shop.example.net",
                        "publish shop.example.net on web1",
                        "shop.example.net is open again",
                        "pool: ensure with cron of php, now that it is open")
                .noneMatch(step -> step.matches("shop: update|copy files.*|db: (ensure|load|drop|seed).*"));
        done(revert);
        isAt(now(), "shop", USER);
        assertThat(bench.aegir.inventory().backup(revert.safety()).orElseThrow())
                .returns(Backup.Reason.SAFETY, Backup::reason)
                .returns(Backup.Consistency.FROZEN, Backup::consistency);
        // What it has left now is not what it gets next, and goes alone.
        done(new RotateCredentials(NAME));
        assertThat(now().settings().text("db.user")).contains(USER + "_3");
        assertThat(steps(new RetireMigration(NAME).now()))
                .contains(
                        "db: drop " + USER + "_2 from []",
                        "secret: forget " + Database.passwordOf(SITE.id(), USER + "_2"))
                .noneMatch(step -> step.equals("db: drop " + USER + " from []") || step.startsWith("pool: remove"));
        done(new RetireMigration(NAME).now());
        assertThat(now().settings().values()).containsOnlyKeys("db.user");
    }

    /** There and back and there: until it is retired nothing is gone. */
    @Test
    void whatWasTakenBackCanBeTakenBack() throws InterruptedException {
        done(new UpgradeSite(NAME, "shop-2"));
        Site later = now();
        done(new RevertMigration(NAME).withoutSafetyBackup());
        assertThat(steps(new RevertMigration(NAME).withoutSafetyBackup())).noneMatch(step -> step.startsWith("vault"));
        done(new RevertMigration(NAME).withoutSafetyBackup());
        assertThat(now()).isEqualTo(later);
    }

    @Test
    void aMoveIsTakenBackByWhoeverSaysWhatIsLost() throws InterruptedException {
        done(new MigrateSite(elsewhere()));
        refused(new RevertMigration(NAME), "say losingWrites()");
        RevertMigration revert = new RevertMigration(NAME).losingWrites();
        assertThat(steps(revert))
                .containsSubsequence(
                        "pool: ensure of php, before it is open",
                        "settings of shop.example.net",
                        "shop.example.net is about to be closed",
                        "publish shop.example.net on web2, to be moved",
                        "vault: take [database, files] " + revert.safety(),
                        "shop: verify",
                        "publish shop.example.net on web1",
                        "publish shop.example.net on web2",
                        "shop.example.net is open again")
                .noneMatch(step -> step.startsWith("copy files"));
        done(revert);
        assertThat(now().services()).isEqualTo(SITE.services());
        assertThat(steps(new RetireMigration(NAME).now()))
                .contains(
                        "withdraw shop.example.net from web2", "pool: remove of php", "db: drop " + USER + " from []");
        done(new RetireMigration(NAME).now());
        assertThat(now()).isEqualTo(SITE);
        assertThat(bench.aegir.secrets().find(Database.passwordOf(SITE.id(), USER)))
                .as("it is still in use")
                .isPresent();
    }

    @Test
    void whatFailsLeavesItWhereItIs() throws InterruptedException {
        done(new UpgradeSite(NAME, "shop-2"));
        Site later = now();
        for (String broken : List.of("shop: verify", "pool: ensure of php", "pool: stop of php")) {
            machines.broken = broken;
            assertThat(bench.run(new RevertMigration(NAME)).state()).as(broken).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(now()).isEqualTo(later);
        }
    }

    @Test
    void whatIsNoLongerWholeIsNotGoneBackTo() throws InterruptedException {
        done(new UpgradeSite(NAME, "shop-2"));
        done(new RenameSite(NAME, "store.example.net"));
        refused(new RevertMigration("store.example.net"), "was renamed");
        done(new RenameSite("store.example.net", NAME));
        machines.broken = "db: drop " + USER + " from []";
        TaskHandle retiring = bench.submit(new RetireMigration(NAME).now());
        assertThat(bench.endedInTime(retiring).state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        retiring.release("to see what is left");
        refused(new RevertMigration(NAME), "is being removed");
    }
}
