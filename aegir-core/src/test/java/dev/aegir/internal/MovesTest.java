// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileEngine;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the tasks plan that move sites and make others of them. */
class MovesTest {
    static final String KEY = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .aliases("store.example.net")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db");
    private static final String USER = SITE.id().account();

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.SeedingDatabases())
                .engine(new FakeShop.Processes())
                .engine(new Files())
                .application(new FakeEngines.Static())
                .application(new CarefulShop());
    }

    /** One that knows what to do with copies. */
    static final class CarefulShop extends FakeShop {
        @Override
        public List<Step> rename(ApplicationRequest request, DomainName former) {
            return List.of(step("shop: " + former + " becomes " + request.site().name(), request));
        }

        private static Step step(String what, ApplicationRequest request) {
            return RunCommand.of(
                    what, request.server().name(), request.workbench().command("echo", what));
        }
    }

    /** The engine of servers that declare none. */
    static final class Files implements FileEngine {
        @Override
        public String name() {
            return "rsync";
        }

        @Override
        public List<Step> ensure(EngineRequest<Tree> request) {
            return List.of();
        }

        @Override
        public List<Step> remove(EngineRequest<Tree> request) {
            return List.of();
        }

        @Override
        public List<Step> copy(EngineRequest<Tree> from, EngineRequest<Tree> to) {
            String what = "copy " + (from.resource().account().isPresent() ? "files" : "dump") + " to "
                    + to.resource().server();
            return List.of(RunCommand.of(what, to.resource().server(), Command.of("echo", what)));
        }
    }

    private static Server server(String name) {
        return Server.at(name, "fake://" + name + ".example.net")
                .hostKey(KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php9"))
                .offering(Service.of(ServiceKind.DB, "fake"))
                .offering(Service.of(ServiceKind.DB, "seeding").named("seeding"));
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7 2001:db8::7 \n";
        bench.run(new EnrolServer(server("web1"))).orThrow();
        bench.run(new EnrolServer(server("web2"))).orThrow();
        code("shop", "shop");
        done(new InstallSite(SITE));
    }

    private void code(String name, String application) throws InterruptedException {
        Codebase code = Codebase.of(name, new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(code.application(application).on("web1")));
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
        return bench.aegir.inventory().site(SITE.name()).orElseThrow();
    }

    private void refused(Task task, String part) {
        assertThatThrownBy(() -> bench.submit(task))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(part);
    }

    private static Site elsewhere() {
        return SITE.http("web2/http").runtime("web2/php").database("web2/db");
    }

    private static String staging(String name) {
        return "/srv/aegir/staging/" + SITE.id() + "/" + name;
    }

    private static String database(String verb, String user) {
        return "db: " + verb + " " + staging("migration") + " " + user + " from []";
    }

    @Test
    void aDatabaseIsCopiedWhileItIsOpenAndFinishedWhileItIsClosed() throws InterruptedException {
        Site site = Site.of("big.example.net", "shop")
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/seeding");
        done(new InstallSite(site));
        String user = " " + site.id().account() + " from []";
        String seed = "/srv/aegir/staging/" + site.id() + "/seed";
        String pass = "/srv/aegir/staging/" + site.id() + "/pass-2";
        String rest = "/srv/aegir/staging/" + site.id() + "/migration";
        Site there = site.http("web2/http").runtime("web2/php").database("web2/seeding");
        assertThat(steps(new MigrateSite(there)))
                .containsSubsequence(
                        "copy files to web2, while it is open",
                        "db: seed of migration to " + seed + user + ", while it is open",
                        "copy dump to web2, while it is open",
                        "db: seed of migration from " + seed + user + ", while it is open",
                        "remove " + seed + " from web1, while it is open",
                        "remove " + seed + " from web2, while it is open",
                        "db: directory of " + pass + user + ", while it is open, pass 2",
                        "db: delta of migration to " + pass + user + ", while it is open, pass 2",
                        "copy files to web2, while it is open, pass 2",
                        "copy dump to web2, while it is open, pass 2",
                        "db: delta of migration from " + pass + user + ", while it is open, pass 2",
                        "remove " + pass + " from web1, while it is open, pass 2",
                        "remove " + pass + " from web2, while it is open, pass 2",
                        "copy dump to web2, while it is open, pass 4",
                        "ready for: copy dump to web2",
                        "ready for: db: rest of migration from " + rest + user,
                        "big.example.net is about to be closed",
                        "inventory: save site big.example.net, to be moved",
                        "db: rest of migration to " + rest + user,
                        "copy dump to web2",
                        "db: rest of migration from " + rest + user,
                        "db: sum up as migration" + user,
                        "db: compare with migration" + user,
                        "remove " + rest + " from web1",
                        "remove " + rest + " from web2",
                        "inventory: save site big.example.net");
        assertThat(steps(new MigrateSite(there))).noneMatch(step -> step.contains("take what"));
        // An engine that cannot be brought to it while it is written to brings it as a whole, if it understands the
        // other.
        assertThat(steps(new MigrateSite(there.database("web2/db"))))
                .noneMatch(step -> step.contains("seed of"))
                .startsWith("db: take what seeding has for" + user)
                .contains("db: dump to " + rest + user);
        done(new MigrateSite(there));
    }

    @Test
    void aDatabaseGoesOnlyWhereItIsUnderstood() throws InterruptedException {
        refused(
                new MigrateSite(SITE.database("web1/seeding")),
                "the engine seeding of web1/seeding does not understand");
        Site copy = Site.of("copy.example.net", "shop").http("web1/http").runtime("web1/php");
        refused(new CloneSite("shop.example.net", copy.database("web1/seeding")), "does not understand");
        assertThat(steps(new CloneSite("shop.example.net", copy.database("web1/db"))))
                .noneMatch(step -> step.contains("take what"));
    }

    @Test
    void aMoveIsClosedForWhatHasChangedAndItsDatabase() throws InterruptedException {
        MigrateSite move = new MigrateSite(elsewhere(), List.of("run", "the tests"));
        assertThat(steps(move))
                .containsExactly(
                        "see that the files of shop.example.net on web2 are not those on web1",
                        "there is room for shop.example.net",
                        "bring code shop to web2",
                        "inventory: save codebase shop",
                        "secret: make " + Database.passwordOf(SITE.id(), USER),
                        "db: ensure " + USER + " from []",
                        "pool: ensure of php, before it is open",
                        "settings of shop.example.net",
                        "copy files to web2, while it is open",
                        "copy files to web2, while it is open, pass 2",
                        "copy files to web2, while it is open, pass 3",
                        "copy files to web2, while it is open, pass 4",
                        "ready for: copy dump to web2",
                        "ready for: " + database("load from", USER),
                        "shop.example.net is about to be closed",
                        "publish shop.example.net on web1, to be moved",
                        "pool: stop of php, to be moved",
                        "inventory: save site shop.example.net, to be moved",
                        database("dump to", USER),
                        "copy files to web2",
                        "copy dump to web2",
                        database("load from", USER),
                        "db: sum up as migration " + USER + " from []",
                        "db: compare with migration " + USER + " from []",
                        "remove " + staging("migration") + " from web1",
                        "remove " + staging("migration") + " from web2",
                        "check shop.example.net on web2",
                        "shop: verify",
                        "shop.example.net is ready to be opened",
                        "inventory: save site shop.example.net",
                        "publish shop.example.net on web2",
                        "publish shop.example.net on web1",
                        "shop.example.net is open again",
                        "pool: ensure with cron of php, now that it is open");
        done(move);
        assertThat(now().services()).isEqualTo(elsewhere().services());
        assertThat(now().state()).isEqualTo(SiteState.ENABLED);
        // Not even by who describes the site anew.
        done(new UpdateSite(elsewhere().redirect("/old", "/")));
        done(new UpdateSite(elsewhere()));
        refused(new DeleteSite("shop.example.net"), "Retire that first");
        refused(new MigrateSite(now().http("web1/http").runtime("web1/php")), "Retire that first");
        assertThat(steps(new RetireMigration("shop.example.net").now()))
                .containsExactly(
                        "withdraw shop.example.net from web1",
                        "inventory: save site shop.example.net, retiring",
                        "shop: remove",
                        "pool: remove of php",
                        "db: drop " + USER + " from []",
                        "inventory: save site shop.example.net");
        done(new RetireMigration("shop.example.net").now());
        assertThat(now()).isEqualTo(elsewhere());
        assertThat(bench.aegir.secrets().find(Database.passwordOf(SITE.id(), USER)))
                .as("it is still in use")
                .isPresent();
        refused(new RetireMigration("shop.example.net"), "left nothing behind");
    }

    /** G3: a database is that of a service, and one that stays is neither dumped nor dropped. */
    @Test
    void aDatabaseThatStaysGetsASecondAccount() throws InterruptedException {
        Site elsewhere = SITE.http("web2/http").runtime("web2/php");
        MigrateSite move = new MigrateSite(elsewhere);
        assertThat(steps(move))
                .contains("db: ensure " + USER + "_2 from [192.0.2.7, 2001:db8::7]")
                .noneMatch(step -> step.contains("dump"));
        done(move);
        assertThat(steps(new RetireMigration("shop.example.net").now()))
                .contains("db: remove user " + USER + " from []")
                .noneMatch(step -> step.contains("db: drop"));
        tooEarly();
        bench.clock.pass(Duration.ofHours(24));
        done(new RetireMigration("shop.example.net"));
        assertThat(now().settings().text("db.user")).contains(USER + "_2");
    }

    /** What is left behind stays for a day, and whoever tries changes nothing. */
    private void tooEarly() throws InterruptedException {
        Site site = now();
        machines.asked.clear();
        bench.clock.pass(Duration.ofHours(24).minusSeconds(1));
        TaskInfo early = bench.run(new RetireMigration("shop.example.net"));
        assertThat(early.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(early.cause().orElse("")).contains("stays until ");
        assertThat(machines.asked).isEmpty();
        assertThat(now()).isEqualTo(site);
    }

    @Test
    void whatFailsBeforeItIsOpenIsTakenBack() throws InterruptedException {
        for (String broken : List.of("copy files to web2", "shop: verify")) {
            machines.broken = broken;
            assertThat(bench.run(new MigrateSite(elsewhere())).state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(now()).isEqualTo(SITE);
        }
    }

    /** G4: what goes wrong after it is open elsewhere takes nothing back. */
    @Test
    void whatFailsAfterItIsOpenIsNotTakenBack() throws InterruptedException {
        machines.broken = "pool: ensure with cron of php";
        TaskInfo ended = bench.endedInTime(bench.submit(new MigrateSite(elsewhere())));
        assertThat(ended.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(now().services()).isEqualTo(elsewhere().services());
    }

    @Test
    void onlyWhereItIsAndWhatItRunsChanges() {
        refused(new MigrateSite(SITE), "is there already");
        refused(new MigrateSite(elsewhere().aliases(new String[0])), "and nothing else");
        refused(new MigrateSite(SITE.runtime("web2/php")), "both must be on one server");
    }

    /** G1: what is dropped afterwards is what was there before, and never what is in use. */
    @Test
    void anotherCodebaseWorksOnACopyOfTheDatabase() throws InterruptedException {
        code("shop-2", "shop");
        code("brochure", "static");
        refused(new UpgradeSite("shop.example.net", "brochure"), "is of static");
        assertThat(steps(new UpgradeSite("shop.example.net", "shop-2")))
                .contains("db: ensure " + USER + "_2 from []", "shop: update", "shop: look what is there")
                .containsSubsequence(database("dump to", USER), "shop: update", "shop: verify");
        done(new UpgradeSite("shop.example.net", "shop-2"));
        assertThat(now().codebase()).hasToString("shop-2");
        assertThat(now().settings().text("db.name")).contains(USER + "_2");
        assertThat(steps(new RetireMigration("shop.example.net").now()))
                .contains("db: drop " + USER + " from []", "secret: forget " + Database.passwordOf(SITE.id(), USER))
                .noneMatch(step -> step.startsWith("pool: remove"));
    }

    @Test
    void aSiteOfFilesAloneHasLittleToMove() throws InterruptedException {
        code("brochure", "static");
        code("brochure-2", "static");
        done(new InstallSite(Site.of("files.example.net", "brochure").http("web1/http")));
        assertThat(steps(new UpgradeSite("files.example.net", "brochure-2")))
                .containsExactly(
                        "bring code brochure-2 to web1",
                        "files.example.net is about to be closed",
                        "publish files.example.net on web1, to be moved",
                        "inventory: save site files.example.net, to be moved",
                        "files.example.net is ready to be opened",
                        "inventory: save site files.example.net",
                        "publish files.example.net on web1",
                        "files.example.net is open again");
        done(new UpgradeSite("files.example.net", "brochure-2"));
        assertThat(steps(new RetireMigration("files.example.net").now()))
                .containsExactly(
                        "inventory: save site files.example.net, retiring", "inventory: save site files.example.net");
    }

    /** S7, and abuse case 30 before anything is made: names of the source are not the copy's. */
    @Test
    void aCopySharesNothingWithItsSource() throws InterruptedException {
        Site copy = Site.of("test.example.net", "shop")
                .environment(Environment.STAGING)
                .aliases("store.example.net", "trial.example.net")
                .with("db.name", USER)
                .with("db.user", USER)
                .http("web2/http")
                .runtime("web2/php")
                .database("web2/db");
        assertThat(steps(new CloneSite("shop.example.net", copy)))
                .containsSubsequence(
                        "db: ensure " + copy.id().account() + " from []",
                        "pool: ensure of php, before it is open",
                        "copy dump to web2",
                        "copy files to web2",
                        "settings of test.example.net",
                        "shop: shop.example.net becomes test.example.net",
                        "shop: sanitise",
                        "shop: verify",
                        "publish test.example.net on web2",
                        "inventory: save site test.example.net")
                .noneMatch(step -> step.contains("cron"));
        done(new CloneSite("shop.example.net", copy));
        Site made = bench.aegir.inventory().site("test.example.net").orElseThrow();
        assertThat(made.aliases()).containsExactly(DomainName.of("trial.example.net"));
        assertThat(made.settings().values()).containsOnlyKeys("cron", "mail");
        assertThat(now()).isEqualTo(SITE);
        refused(new CloneSite("shop.example.net", copy), "already");
        refused(new CloneSite("shop.example.net", SITE), "of its own");
        // One for the public is as it is.
        Site second = Site.of("second.example.net", "shop")
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/db");
        assertThat(steps(new CloneSite("shop.example.net", second)))
                .contains("pool: ensure with cron of php, now that it is open")
                .doesNotContain("shop: sanitise");
    }

    /** S9: nothing is left of the former name. */
    @Test
    void anotherNameTakesThePlaceOfTheFormer() throws InterruptedException {
        RenameSite rename = new RenameSite("shop.example.net", "store.example.net");
        assertThat(steps(rename))
                .containsExactly(
                        "bring code shop to web1",
                        "secret: make " + Database.passwordOf(SITE.id(), USER + "_2"),
                        "db: ensure " + USER + "_2 from []",
                        "ready for: " + database("load from", USER + "_2"),
                        "shop.example.net is about to be closed",
                        "publish shop.example.net on web1, to be renamed",
                        "pool: stop of php, to be renamed",
                        "inventory: save site shop.example.net, to be renamed",
                        database("dump to", USER),
                        database("load from", USER + "_2"),
                        "db: sum up as migration " + USER + " from []",
                        "db: compare with migration " + USER + "_2 from []",
                        "remove " + staging("migration") + " from web1",
                        "settings of store.example.net",
                        "shop: shop.example.net becomes store.example.net",
                        "shop: verify",
                        "pool: ensure of php, before it is open",
                        "store.example.net is ready to be opened",
                        "inventory: save site store.example.net",
                        "publish store.example.net on web1",
                        "shop.example.net is open again",
                        "pool: ensure with cron of php, now that it is open",
                        "db: drop " + USER + " from []",
                        "secret: forget " + Database.passwordOf(SITE.id(), USER));
        machines.broken = "shop: verify";
        assertThat(bench.run(rename).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(now()).isEqualTo(SITE);
        machines.broken = "";
        done(new RenameSite("shop.example.net", "store.example.net"));
        Site renamed = bench.aegir.inventory().site("store.example.net").orElseThrow();
        assertThat(renamed.id()).isEqualTo(SITE.id());
        assertThat(renamed.name()).hasToString("store.example.net");
        assertThat(renamed.aliases()).isEmpty();
        assertThat(renamed.redirectedNames()).containsExactly(SITE.name());
        assertThat(bench.aegir.inventory().sites()).hasSize(1);
        refused(new RenameSite("store.example.net", "store.example.net"), "called");
        assertThat(renamed.settings().text("db.name")).contains(USER + "_2");
        assertThat(bench.aegir.secrets().find(Database.passwordOf(SITE.id(), USER)))
                .isEmpty();
    }

    /** What a move has left behind is known under the new name, too, and stays no longer for that. */
    @Test
    void anotherNameWhileSomethingIsLeftBehind() throws InterruptedException {
        done(new MigrateSite(SITE.http("web2/http").runtime("web2/php")));
        bench.clock.pass(Duration.ofHours(23));
        done(new RenameSite("shop.example.net", "store.example.net"));
        Site renamed = bench.aegir.inventory().site("store.example.net").orElseThrow();
        assertThat(renamed.settings().text("db.name")).contains(USER + "_2");
        assertThat(renamed.settings().text("db.user")).contains(USER + "_3");
        bench.clock.pass(Duration.ofHours(1));
        done(new RetireMigration("store.example.net"));
        Site left = bench.aegir.inventory().site("store.example.net").orElseThrow();
        assertThat(left.settings().values()).containsOnlyKeys("db.name", "db.user");
    }
}
