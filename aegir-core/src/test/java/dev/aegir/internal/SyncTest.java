// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Environment;
import dev.aegir.model.InvalidValueException;
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
import dev.aegir.task.PlanPreview;
import dev.aegir.task.SyncSite;
import dev.aegir.task.SyncSite.Content;
import dev.aegir.task.Task;
import dev.aegir.task.TaskState;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a site gets the content of another, and which way. */
class SyncTest {
    private static final Site LIVE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db");
    private static final Site STAGING = Site.of("test.example.net", "shop")
            .environment(Environment.STAGING)
            .with("cron", "off")
            .http("web2/http")
            .runtime("web2/php")
            .database("web2/db")
            .backup("web2/vault");
    private static final String LIVE_USER = LIVE.id().account();
    private static final String USER = STAGING.id().account();

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
                .application(new MovesTest.CarefulShop());
    }

    @BeforeEach
    void twoSitesAreThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7\n";
        for (String name : List.of("web1", "web2")) {
            bench.run(new EnrolServer(Server.at(name, "fake://" + name + ".example.net")
                            .hostKey("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU")
                            .offering(Service.http("fake"))
                            .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                            .offering(Service.of(ServiceKind.DB, "fake"))
                            .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"))))
                    .orThrow();
        }
        Codebase code = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        bench.run(new CreateCodebase(code.application("shop").on("web1"))).orThrow();
        bench.run(new InstallSite(LIVE)).orThrow();
        bench.run(new InstallSite(STAGING)).orThrow();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private List<String> steps(Task task) throws InterruptedException {
        return bench.aegir.preview(task).steps().stream()
                .map(PlanPreview.StepPreview::name)
                .toList();
    }

    private Site now(Site site) {
        return bench.aegir.inventory().site(site.name()).orElseThrow();
    }

    private static SyncSite down() {
        return new SyncSite("shop.example.net", "test.example.net");
    }

    private void refused(Task task, String part) {
        assertThatThrownBy(() -> bench.submit(task))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(part);
    }

    @Test
    void contentGoesDownAndTheSiteStaysWhatItIs() throws InterruptedException {
        SyncSite sync = down();
        String staging = "/srv/aegir/staging/" + LIVE.id() + "/sync-" + sync.safety();
        assertThat(steps(sync))
                .containsSubsequence(
                        "db: ensure " + USER + "_2 from []",
                        "db: dump to " + staging + " " + LIVE_USER + " from []",
                        "copy dump to web2",
                        "copy files to web2",
                        "publish test.example.net on web2, closed for other content",
                        "vault: take [database, files] " + sync.safety(),
                        "switch the files of test.example.net on web2 to those of " + sync.safety(),
                        "settings of test.example.net",
                        "shop: shop.example.net becomes test.example.net",
                        "shop: sanitise",
                        "shop: verify",
                        "publish test.example.net on web2",
                        "inventory: save site test.example.net",
                        "db: drop " + USER + " from []",
                        "remove the files test.example.net had on web2 before " + sync.safety())
                .noneMatch(step -> step.contains("web1") && !step.contains("staging"));
        bench.run(sync).orThrow();
        assertThat(now(STAGING)).isEqualTo(STAGING.with("db.name", USER + "_2").with("db.user", USER + "_2"));
        assertThat(now(LIVE)).isEqualTo(LIVE);
        assertThat(bench.aegir.inventory().backup(sync.safety()).orElseThrow())
                .returns(Backup.Reason.SAFETY, Backup::reason)
                .returns(STAGING.id(), Backup::owner);
        bench.run(down()).orThrow();
        assertThat(now(STAGING).settings().text("db.name")).contains(USER + "_3");
    }

    @Test
    void aPartOfTheContentIsBroughtAlone() throws InterruptedException {
        assertThat(steps(down().only(Content.FILES)))
                .contains("copy files to web2")
                .noneMatch(step -> step.matches("db: (load|ensure|drop).*") || step.contains("sanitise"));
        assertThat(steps(down().only(Content.DATABASE)))
                .contains("shop: sanitise")
                .noneMatch(step -> step.contains("files ") || step.startsWith("copy files"));
    }

    /** What the others say is brought beside, made the site's own, and then gives the tables that somebody has named. */
    @Test
    void someTablesAreBroughtAndAllOthersStay() throws InterruptedException {
        SyncSite sync = down().onlyTables("posts", "terms");
        assertThat(steps(sync))
                .startsWith(
                        "db: are there [posts, terms] in " + LIVE_USER + " from []",
                        "db: look at [posts, terms] of " + LIVE_USER + " from []",
                        "db: look at [posts, terms] of " + USER + " from []")
                .containsSubsequence(
                        "db: ensure " + USER + "_2 from []",
                        "publish test.example.net on web2, closed for other content",
                        "vault: take [database, files] " + sync.safety(),
                        "settings of test.example.net, for what was brought",
                        "shop: shop.example.net becomes test.example.net",
                        "shop: sanitise",
                        "settings of test.example.net",
                        "db: switch [posts, terms] with " + USER + "_2 of " + USER + " from []",
                        "shop: verify",
                        "test.example.net is ready to be opened",
                        "publish test.example.net on web2",
                        "inventory: save site test.example.net",
                        "shop: clear caches, for other tables",
                        "db: forget [posts, terms] of " + USER + " from []",
                        "db: drop " + USER + "_2 from []")
                .doesNotContain("db: drop " + USER + " from []")
                .noneMatch(step -> step.contains("files of") || step.startsWith("copy files"));
        bench.run(sync).orThrow();
        assertThat(now(STAGING)).isEqualTo(STAGING);
        assertThat(bench.aegir.inventory().backup(sync.safety())).isPresent();
    }

    @Test
    void someTablesStayAndAllOthersAreBrought() throws InterruptedException {
        SyncSite sync = down().exceptTables("users");
        assertThat(steps(sync))
                .startsWith("db: are there [users] in " + USER + " from []")
                .containsSubsequence(
                        "copy files to web2",
                        "settings of test.example.net",
                        "shop: sanitise",
                        "db: switch [users] with " + USER + " of " + USER + "_2 from []",
                        "shop: clear caches, for other tables",
                        "shop: verify",
                        "db: forget [users] of " + USER + "_2 from []",
                        "db: drop " + USER + " from []")
                .doesNotContain("db: drop " + USER + "_2 from []");
        bench.run(sync).orThrow();
        assertThat(now(STAGING)).isEqualTo(STAGING.with("db.name", USER + "_2").with("db.user", USER + "_2"));
    }

    @Test
    void onePathIsBroughtAndAllOtherFilesStay() throws InterruptedException {
        SyncSite sync = down().onlyPath("files/2026");
        assertThat(steps(sync))
                .containsSubsequence(
                        "there is a way to files/2026 of test.example.net",
                        "copy files to web2",
                        sync.safety() + " has files/2026 of test.example.net",
                        "publish test.example.net on web2, closed for other content",
                        "switch files/2026 of test.example.net on web2 to that of " + sync.safety())
                .noneMatch(step -> step.startsWith("db: ensure") || step.startsWith("switch the files"));
        bench.run(sync).orThrow();
        assertThat(steps(down().onlyPath("files")))
                .anyMatch(step -> step.startsWith("switch the files of test.example.net"));
        assertThat(steps(down().onlyPath("files/2026").onlyTables("posts")))
                .anyMatch(step -> step.startsWith("db: switch [posts]"))
                .anyMatch(step -> step.startsWith("switch files/2026"));
        refused(down().onlyPath("settings"), "name a path below [files]");
    }

    @Test
    void aPartHasANameThatCanBe() {
        assertThatThrownBy(() -> down().onlyTables()).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> down().onlyTables("a", "a")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> down().exceptTables("a\nb")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> down().onlyPath("files/../..")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> down().onlyTables("a").only(Content.FILES)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> down().onlyPath("files/a").only(Content.DATABASE))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void tablesThatFailAreTakenBackAndGoUpOnlyWhenThatIsSaid() throws InterruptedException {
        machines.broken = "shop: verify";
        SyncSite sync = down().onlyTables("posts");
        assertThat(bench.run(sync).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(now(STAGING)).isEqualTo(STAGING);
        assertThat(bench.aegir.inventory().backup(sync.safety())).isPresent();
        SyncSite up = new SyncSite("test.example.net", "shop.example.net").onlyTables("posts");
        refused(up, "Content goes down");
        refused(up.up(), "bound to no backup service");
    }

    @Test
    void whatFailsIsTakenBackButForTheSafetyBackup() throws InterruptedException {
        machines.broken = "shop: sanitise";
        SyncSite sync = down();
        assertThat(bench.run(sync).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(now(STAGING)).isEqualTo(STAGING);
        assertThat(bench.aegir.inventory().backup(sync.safety())).isPresent();
    }

    /** What the public sees is written over only when somebody says so, and never without a way back. */
    @Test
    void contentGoesUpOnlyWhenThatIsSaid() throws InterruptedException {
        SyncSite up = new SyncSite("test.example.net", "shop.example.net");
        refused(up, "Content goes down");
        refused(up.up(), "bound to no backup service");
        refused(new SyncSite("shop.example.net", "shop.example.net"), "its own content");
        Site second = Site.of("second.example.net", "shop")
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/db")
                .backup("web2/vault");
        bench.run(new InstallSite(second)).orThrow();
        refused(new SyncSite("shop.example.net", "second.example.net"), "Content goes down");
        SyncSite said = new SyncSite("test.example.net", "second.example.net").up();
        assertThat(steps(said))
                .contains("vault: take [database, files] " + said.safety())
                .doesNotContain("shop: sanitise");
        bench.run(said).orThrow();
        assertThat(bench.aegir.inventory().backup(said.safety())).isPresent();
    }
}
