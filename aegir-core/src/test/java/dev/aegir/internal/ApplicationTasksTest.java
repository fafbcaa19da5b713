// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.host.Secret;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.task.ChangeRuntime;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.ResetPassword;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunCron;
import dev.aegir.task.RunInSite;
import dev.aegir.task.SetMaintenance;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.VerifySite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the tasks plan for sites whose application needs a database and processes. */
class ApplicationTasksTest {
    private static final String KEY = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db");
    private static final String USER = SITE.id().account();
    private static final SecretRef PASSWORD = Database.passwordOf(SITE.id(), USER);

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .application(new FakeEngines.Static())
                .application(new FakeShop());
    }

    private static Server server(String name) {
        return Server.at(name, "fake://" + name + ".example.net")
                .hostKey(KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php9"))
                .offering(Service.of(ServiceKind.DB, "fake"));
    }

    @BeforeEach
    void serversAreThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7 2001:db8::7 \n";
        bench.run(new EnrolServer(server("web1"))).orThrow();
        bench.run(new EnrolServer(server("db1"))).orThrow();
        Codebase shop = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        bench.run(new CreateCodebase(shop.application("shop").on("web1"))).orThrow();
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

    @Test
    void everythingIsThereBeforeAnybodyCanReachIt() throws InterruptedException {
        assertThat(steps(new InstallSite(SITE)))
                .containsExactly(
                        "bring code shop to web1",
                        "secret: make " + PASSWORD,
                        "db: ensure " + USER + " from []",
                        "pool: ensure with cron of php",
                        "settings of shop.example.net",
                        "db: empty " + USER + " from []",
                        "shop: install",
                        "shop: look what is there",
                        "shop.example.net is ready to be opened",
                        "publish shop.example.net on web1",
                        "inventory: save site shop.example.net");
        done(new InstallSite(SITE));
        Secret password = bench.aegir.secrets().find(PASSWORD).orElseThrow();
        assertThat(password.reveal()).matches("[A-Za-z0-9]{40}");
        assertThat(machines.asked.toString()).doesNotContain(password.reveal());
        // A second time nothing is installed into the database that is in use.
        assertThat(steps(new InstallSite(SITE))).doesNotContain("shop: install").noneMatch(s -> s.contains("empty"));
        assertThat(steps(new VerifySite("shop.example.net"))).endsWith("shop: verify", "shop: look what is there");
        done(new InstallSite(SITE));
        assertThat(bench.aegir.secrets().find(PASSWORD)).contains(password);
    }

    @Test
    void aFailedInstallationLeavesNoSecret() throws InterruptedException {
        machines.away.add("web1");
        assertThat(bench.run(new InstallSite(SITE)).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(bench.aegir.secrets().find(PASSWORD)).isEmpty();
    }

    @Test
    void aDatabaseElsewhereIsReachedFromTheAddressesOfTheWebServer() throws InterruptedException {
        Site remote = Site.of("far.example.net", "shop")
                .http("web1/http")
                .runtime("web1/php")
                .database("db1/db");
        assertThat(steps(new InstallSite(remote)))
                .contains("db: ensure " + remote.id().account() + " from [192.0.2.7, 2001:db8::7]");
    }

    @Test
    void whatItNeedsAndIsNotBoundToIsRefused() {
        refused(new InstallSite(Site.of("a.example.net", "shop").http("web1/http")), "bind it with database(");
        refused(
                new InstallSite(
                        Site.of("a.example.net", "shop").http("web1/http").database("web1/db")),
                "no service of the kind runtime");
        refused(
                new InstallSite(Site.of("a.example.net", "shop")
                        .http("web1/http")
                        .runtime("db1/php")
                        .database("web1/db")),
                "both must be on one server");
    }

    private void refused(Task task, String part) {
        assertThatThrownBy(() -> bench.submit(task))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(part);
    }

    @Test
    void aSiteThatIsNotEnabledRunsNoCron() throws InterruptedException {
        done(new InstallSite(SITE));
        assertThat(steps(new DisableSite("shop.example.net"))).contains("pool: ensure of php");
        done(new DisableSite("shop.example.net"));
        refused(new RunCron("shop.example.net"), "not enabled");
        refused(new SetMaintenance("shop.example.net", true), "disabled");
        assertThat(steps(new EnableSite("shop.example.net"))).contains("pool: ensure with cron of php");
        done(new EnableSite("shop.example.net"));
        assertThat(steps(new RunCron("shop.example.net"))).containsExactly("pool: run cron of php");
        done(new SetMaintenance("shop.example.net", true));
        assertThat(now().state()).isEqualTo(SiteState.MAINTENANCE);
        done(new SetMaintenance("shop.example.net", false));
        assertThat(now().state()).isEqualTo(SiteState.ENABLED);
    }

    @Test
    void theOldAccountGoesWhenTheNewOneWasProved() throws InterruptedException {
        done(new InstallSite(SITE));
        assertThat(steps(new RotateCredentials("shop.example.net")))
                .containsExactly(
                        "secret: make " + Database.passwordOf(SITE.id(), USER + "_2"),
                        "db: ensure " + USER + "_2 from []",
                        "settings of shop.example.net",
                        "shop: verify",
                        "inventory: save site shop.example.net",
                        "db: remove user " + USER + " from []",
                        "secret: forget " + PASSWORD);
        done(new RotateCredentials("shop.example.net"));
        assertThat(bench.aegir.secrets().find(PASSWORD)).isEmpty();
        assertThat(now().settings().text("db.user")).contains(USER + "_2");
        done(new RotateCredentials("shop.example.net"));
        assertThat(now().settings().text("db.user")).contains(USER + "_3");
        assertThat(bench.aegir.secrets().find(Database.passwordOf(SITE.id(), USER + "_2")))
                .isEmpty();
        assertThat(bench.aegir.secrets().find(Database.passwordOf(SITE.id(), USER + "_3")))
                .isPresent();
    }

    @Test
    void anotherRuntimeServesBeforeTheFormerStops() throws InterruptedException {
        done(new InstallSite(SITE));
        assertThat(steps(new ChangeRuntime("shop.example.net", "web1/php9")))
                .containsExactly(
                        "pool: ensure with cron of php9",
                        "settings of shop.example.net",
                        "shop: verify",
                        "publish shop.example.net on web1",
                        "inventory: save site shop.example.net",
                        "pool: stop of php");
        done(new ChangeRuntime("shop.example.net", "web1/php9"));
        assertThat(now().service(ServiceKind.RUNTIME).orElseThrow()).hasToString("web1/php9");
        assertThat(steps(new ChangeRuntime("shop.example.net", "web1/php9"))).doesNotContain("pool: stop of php9");
        refused(new ChangeRuntime("shop.example.net", "db1/php"), "both must be on one server");
    }

    @Test
    void deletingTakesTheDataAfterTheSiteCouldNoLongerBeReached() throws InterruptedException {
        done(new InstallSite(SITE));
        assertThat(steps(new DeleteSite("shop.example.net")))
                .containsExactly(
                        "withdraw shop.example.net from web1",
                        "inventory: save site shop.example.net",
                        "shop: remove",
                        "pool: remove of php",
                        "db: drop " + USER + " from []",
                        "secret: forget " + PASSWORD,
                        "secret: forget all of shop.example.net",
                        "inventory: remove site shop.example.net");
        // Kept under a name that nobody but the application knew, and of somebody else.
        SecretRef user = SecretRef.of("site/" + SITE.id() + "/user/ann");
        SecretRef other = SecretRef.of("site/" + SITE.id() + "0/user/ann");
        bench.aegir.secrets().keep(user, Secret.of("x"));
        bench.aegir.secrets().keep(other, Secret.of("x"));
        done(new DeleteSite("shop.example.net"));
        assertThat(bench.aegir.secrets().find(user)).isEmpty();
        assertThat(bench.aegir.secrets().find(other)).isPresent();
        assertThat(bench.aegir.inventory().site(SITE.name())).isEmpty();
        assertThat(bench.aegir.secrets().find(PASSWORD)).isEmpty();
    }

    @Test
    void whatTheApplicationCannotDoIsSaid() throws InterruptedException {
        done(new InstallSite(SITE));
        assertThat(steps(new LoginLink("shop.example.net", "ann"))).containsExactly("shop: login ann");
        assertThat(steps(new ClearCaches("shop.example.net"))).containsExactly("shop: clear caches");
        refused(new ResetPassword("shop.example.net"), "has no passwords");
    }

    @Test
    void nobodySeesADatabaseBetweenTwoStates() throws InterruptedException {
        done(new InstallSite(SITE));
        assertThat(steps(new UpdateDatabase("shop.example.net")))
                .containsExactly(
                        "publish shop.example.net on web1, closed for the update",
                        "pool: ensure of php, closed for the update",
                        "inventory: save site shop.example.net, closed for the update",
                        "shop: update",
                        "shop: verify",
                        "shop: look what is there",
                        "pool: ensure with cron of php",
                        "publish shop.example.net on web1",
                        "inventory: save site shop.example.net");
        machines.asked.clear();
        done(new UpdateDatabase("shop.example.net"));
        assertThat(machines.asked).filteredOn(asked -> asked.contains("apply")).hasSize(2);
        assertThat(now().state()).isEqualTo(SiteState.ENABLED);
        // Who is away already stays away.
        done(new SetMaintenance("shop.example.net", true));
        assertThat(steps(new UpdateDatabase("shop.example.net"))).containsExactly("shop: update");
        done(new UpdateDatabase("shop.example.net"));
        assertThat(now().state()).isEqualTo(SiteState.MAINTENANCE);
    }

    @Test
    void anUpdateThatFailsOpensTheSiteAgain() throws InterruptedException {
        done(new InstallSite(SITE));
        machines.broken = "shop: update";
        TaskInfo failed = bench.run(new UpdateDatabase("shop.example.net"));
        assertThat(failed.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(now().state()).isEqualTo(SiteState.ENABLED);
        assertThat(machines.asked).filteredOn(asked -> asked.contains("revert")).isNotEmpty();
    }

    @Test
    void aCommandOfTheSiteKnowsWhereItsCodeIs() throws InterruptedException {
        done(new InstallSite(SITE));
        machines.asked.clear();
        TaskInfo ran = bench.run(RunInSite.of("shop.example.net", "{interpreter}", "{root}/tool", "{code}", "{x}"))
                .orThrow();
        assertThat(ran.results()).containsEntry("exit", "0").containsKeys("output", "errors");
        assertThat(machines.asked)
                .anySatisfy(asked -> assertThat(asked)
                        .matches("web1: \\[" + SITE.id().account() + "] /usr/bin/php (/\\S+)/tool \\1 '[{]x[}]'"));
        refused(RunInSite.of("other.example.net", "true"), "There is no site");
    }

    @Test
    void nobodyKnowsWhatACommandThatFailedHasDone() throws InterruptedException {
        done(new InstallSite(SITE));
        machines.broken = "tool";
        RunInSite tool = RunInSite.of("shop.example.net", "tool", "--all");
        assertThat(bench.run(tool.changingNothing()).state()).isEqualTo(TaskState.ROLLED_BACK);
        TaskInfo failed = bench.run(tool);
        assertThat(failed.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(failed.cause().orElse("")).contains("tool", "web1");
    }
}
