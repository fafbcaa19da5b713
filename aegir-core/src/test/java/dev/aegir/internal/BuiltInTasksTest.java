// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.host.Command;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.WwwPolicy;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Planner;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Lock;
import dev.aegir.task.LockCodebase;
import dev.aegir.task.Plan;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RemoveServer;
import dev.aegir.task.RunCommand;
import dev.aegir.task.RunSteps;
import dev.aegir.task.SetSiteAliases;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UnlockCodebase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifyCodebase;
import dev.aegir.task.VerifyServer;
import dev.aegir.task.VerifySite;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tasks of core: what they plan, what they refuse, and what the inventory says afterwards. */
class BuiltInTasksTest {
    private static final String KEY1 = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
    private static final String KEY2 = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8";
    private static final Server WEB1 = server("web1");
    private static final Codebase DOCS = codebase("docs").on("web1");
    private static final Site SITE = Site.of("docs.example.net", "docs").http("web1/http");

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .application(new FakeEngines.Static());
    }

    private static Server server(String name) {
        return Server.at(name, "fake://" + name + ".example.net").hostKey(KEY1).offering(Service.http("fake"));
    }

    private static Codebase codebase(String name) {
        return Codebase.of(name, new CodeSource(Name.of("fake"), Settings.none()));
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        done(new EnrolServer(WEB1));
        done(new EnrolServer(server("web2")));
        done(new CreateCodebase(DOCS));
        done(new InstallSite(SITE));
        machines.asked.clear();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private TaskInfo done(Task task) throws InterruptedException {
        return bench.run(task).orThrow();
    }

    private void refused(Task task, String... parts) {
        List<String> before = List.copyOf(machines.asked);
        assertThatThrownBy(() -> bench.submit(task))
                .isInstanceOf(RefusedException.class)
                .satisfies(thrown -> assertThat(thrown.getMessage()).contains(parts));
        assertThat(machines.asked).isEqualTo(before);
    }

    private List<String> steps(Task task) throws InterruptedException {
        return bench.aegir.preview(task).steps().stream()
                .map(PlanPreview.StepPreview::name)
                .toList();
    }

    private List<String> locks(Task task) throws InterruptedException {
        return bench.aegir.preview(task).locks().stream().map(Lock::key).toList();
    }

    @Test
    void enrolling() throws InterruptedException {
        TaskInfo info = done(new EnrolServer(server("web3")));
        assertThat(info.results()).containsEntry("web3.software.nginx", "1.22");
        assertThat(bench.aegir.inventory().facts(Name.of("web3")).orElseThrow().values())
                .containsEntry("software.nginx", "1.22")
                .containsEntry("x", "[2Jy")
                .doesNotContainKey("");
        assertThat(bench.aegir.inventory().facts(Name.of("web3")).orElseThrow().version("nginx"))
                .contains("1.22");
        assertThat(bench.aegir.inventory().servers())
                .extracting(one -> one.name().value())
                .containsExactly("web1", "web2", "web3");
    }

    @Test
    void enrollingAgainKeepsTheIdentity() throws InterruptedException {
        Server again = server("web1").offering(Service.http("fake").named("second"));
        done(new EnrolServer(again));
        Server now = bench.aegir.inventory().server("web1").orElseThrow();
        assertThat(now.id()).isEqualTo(WEB1.id()).isNotEqualTo(again.id());
        assertThat(now.services()).hasSize(2);
    }

    @Test
    void enrollingIsRefused() {
        refused(new EnrolServer(server("web1").hostKey(KEY2)), "web1", KEY1, "remove the server first");
        refused(new EnrolServer(Server.at("web1", "fake://web1.example.net").offering(Service.http("fake"))), KEY1);
        refused(
                new EnrolServer(Server.at("web1", "fake://web1.example.net").hostKey(KEY1)),
                "docs.example.net",
                "web1/http",
                "cannot be dropped");
        refused(new EnrolServer(server("web3").offering(Service.http("nginx"))), "http engine nginx");
        refused(new EnrolServer(Server.at("web3", "fake://web3").offering(Service.http("nginx"))), "aegir-engine-http");
    }

    @Test
    void aServerThatIsAwayIsNotEnrolledAndNeedsNothingTakenBack() throws InterruptedException {
        machines.away.add("web3");
        TaskInfo info = bench.run(new EnrolServer(server("web3")));
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElseThrow()).contains("web3: connection refused; is it running?");
        assertThat(bench.aegir.inventory().server("web3")).isEmpty();
    }

    @Test
    void verifyingAServerIsOneChange() throws InterruptedException {
        done(new InstallSite(Site.of("other.example.net", "docs").http("web1/http")));
        assertThat(steps(new VerifyServer("web1")))
                .containsExactly("look at web1", "inventory: save what web1 has", "republish everything on web1");
        machines.asked.clear();
        machines.facts = "software.nginx=1.24";
        done(new VerifyServer("web1"));
        assertThat(machines.asked).hasSize(2).last().asString().contains("apply [/etc/fake/main, /etc/fake/");
        assertThat(bench.aegir.inventory().facts(Name.of("web1")).orElseThrow().version("nginx"))
                .contains("1.24");
        assertThat(locks(new VerifyServer("web1"))).contains("server:web1");
    }

    @Test
    void preparingAServer() throws InterruptedException {
        done(new PrepareServer("web1"));
        assertThat(machines.asked).containsExactly("web1: apply [/etc/fake/main]");
    }

    @Test
    void removingAServer() throws InterruptedException {
        refused(new RemoveServer("web1"), "web1", "1 sites", "docs.example.net");
        done(new DeleteSite("docs.example.net"));
        refused(new RemoveServer("web1"), "codebase docs");
        done(new DeleteCodebase("docs"));
        done(new RemoveServer("web1"));
        assertThat(bench.aegir.inventory().server("web1")).isEmpty();
        assertThat(bench.aegir.inventory().facts(Name.of("web1"))).isEmpty();
        refused(new RemoveServer("web1"), "There is no server web1; there is web2");
    }

    @Test
    void aCodebaseHasOneRevisionEverywhere() throws InterruptedException {
        TaskInfo info = done(new CreateCodebase(codebase("blog").on("web1", "web2")));
        assertThat(info.results()).containsEntry("revision", "r1");
        assertThat(machines.asked).containsExactly("web1: bring blog r1", "web2: bring blog r1");
        assertThat(bench.aegir.inventory().codebase("blog").orElseThrow().revision())
                .contains("r1");
        done(new VerifyCodebase("blog"));
    }

    @Test
    void creatingACodebaseAgainAddsServers() throws InterruptedException {
        done(new CreateCodebase(codebase("docs").on("web2")));
        Codebase now = bench.aegir.inventory().codebase("docs").orElseThrow();
        assertThat(now.servers()).containsExactly(Name.of("web1"), Name.of("web2"));
        assertThat(now.id()).isEqualTo(DOCS.id());
    }

    @Test
    void creatingACodebaseIsRefused() {
        refused(new CreateCodebase(codebase("docs").webRoot("public").on("web1")), "another codebase docs");
        refused(new CreateCodebase(codebase("blog")), "no server", "on(\"web1\")");
        refused(new CreateCodebase(codebase("blog").on("web9")), "There is no server web9; there is web1, web2");
        refused(new CreateCodebase(codebase("blog").application("drupal").on("web1")), "application drupal", "static");
        refused(
                new CreateCodebase(
                        Codebase.of("blog", CodeSource.git("https://x", "y")).on("web1")),
                "code engine git",
                "aegir-engine-app");
    }

    @Test
    void aLockedCodebaseTakesNoNewSites() throws InterruptedException {
        done(new LockCodebase("docs"));
        refused(new InstallSite(Site.of("new.example.net", "docs").http("web1/http")), "docs", "locked");
        done(new InstallSite(SITE)); // It is there already.
        done(new VerifySite("docs.example.net"));
        done(new UnlockCodebase("docs"));
        done(new InstallSite(Site.of("new.example.net", "docs").http("web1/http")));
    }

    @Test
    void aCodebaseInUseIsNotDeleted() throws InterruptedException {
        refused(new DeleteCodebase("docs"), "docs", "1 sites", "docs.example.net");
        done(new DeleteSite("docs.example.net"));
        done(new DeleteCodebase("docs"));
        assertThat(bench.aegir.inventory().codebase("docs")).isEmpty();
        refused(new DeleteCodebase("docs"), "There is no codebase docs; there is none yet");
    }

    /** Deleted code cannot be brought back, so it is deleted in the end. */
    @Test
    void deletingACodebaseIsFinishedRatherThanTakenBack() throws InterruptedException {
        done(new CreateCodebase(codebase("blog").on("web1", "web2")));
        machines.away.add("web2");
        TaskHandle handle = bench.submit(new DeleteCodebase("blog"));
        bench.awaitHeard(handle, dev.aegir.task.TaskEvent.Kind.PARKED);
        assertThat(bench.aegir.inventory().codebase("blog").orElseThrow().locked())
                .isTrue();
        machines.away.clear();
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(machines.asked).filteredOn(what -> what.contains(": rm ")).hasSize(2);
    }

    @Test
    void installingTheSameAgainChangesNothing() throws InterruptedException {
        done(new InstallSite(Site.of("docs.example.net", "docs").http("web1/http")));
        assertThat(bench.aegir.inventory().site("docs.example.net").orElseThrow())
                .isEqualTo(SITE);
        assertThat(locks(new InstallSite(SITE)))
                .containsExactly("domain:docs.example.net", "site:" + SITE.id(), "codebase:docs", "server:web1");
    }

    @Test
    void installingIsRefused() {
        refused(
                new InstallSite(
                        Site.of("docs.example.net", "docs").http("web1/http").environment(Environment.STAGING)),
                "There is a site docs.example.net already");
        refused(new InstallSite(Site.of("a.example.net", "docs")), "no web service");
        refused(
                new InstallSite(Site.of("a.example.net", "blog").http("web1/http")),
                "There is no codebase blog; there is docs");
        refused(new InstallSite(Site.of("a.example.net", "docs").http("web9/http")), "There is no server web9");
        refused(new InstallSite(Site.of("a.example.net", "docs").http("web1/https")), "web1/https", "http");
        refused(new InstallSite(Site.of("web1.example.net", "docs").http("web1/http")), "address of the server web1");
        refused(
                new InstallSite(Site.of("a.example.net", "docs")
                        .aliases("web2.example.net")
                        .http("web1/http")),
                "address of the server web2");
    }

    /** Abuse case 32: a name is one site's, whatever it is to that site. */
    @Test
    void namesOfOtherSitesAreRefused() throws InterruptedException {
        done(new UpdateSite(SITE.aliases("alias.example.net")
                .redirectedNames("old.example.net")
                .www(WwwPolicy.REDIRECT)));
        for (String taken :
                List.of("ALIAS.example.net.", "old.example.net", "www.docs.example.net", "docs.example.net")) {
            Site other = Site.of("other.example.net", "docs").http("web1/http");
            refused(new InstallSite(other.aliases(taken)), "belongs to the site docs.example.net");
            refused(new InstallSite(other.redirectedNames(taken)), "belongs to the site docs.example.net");
        }
        done(new InstallSite(Site.of("other.example.net", "docs").http("web1/http")));
        refused(
                new SetSiteAliases(
                        DomainName.of("other.example.net"), List.of(DomainName.of("alias.example.net")), List.of()),
                "belongs to the site docs.example.net");
        done(new SetSiteAliases(SITE.name(), List.of(), List.of()));
        done(new SetSiteAliases(
                DomainName.of("other.example.net"), List.of(DomainName.of("alias.example.net")), List.of()));
    }

    /** Two installs of one name at once: the second finds the first, and is it or is refused. */
    @Test
    void twoInstallsOfOneNameAtOnceAreOneSite() throws InterruptedException {
        Site one = Site.of("new.example.net", "docs").http("web1/http");
        Site two = Site.of("new.example.net", "docs").http("web1/http");
        TaskHandle first = bench.submit(new InstallSite(one));
        TaskHandle second = bench.submit(new InstallSite(two));
        assertThat(Bench.ended(first).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(Bench.ended(second).state()).isEqualTo(TaskState.SUCCEEDED);
        Id id = bench.aegir.inventory().site("new.example.net").orElseThrow().id();
        assertThat(id).isIn(one.id(), two.id());
        assertThat(bench.aegir.inventory().sites()).hasSize(2);
    }

    @Test
    void anInstallThatFailsLeavesNothing() throws InterruptedException {
        done(new CreateCodebase(codebase("blog").on("web2")));
        machines.asked.clear();
        PlanExtension fails = new Extending(plan -> plan.after(
                "publish blog.example.net on web1", bench.world.fails("do x").act("x")));
        try (Bench other = withExtension(fails)) {
            TaskInfo info = other.run(
                    new InstallSite(Site.of("blog.example.net", "blog").http("web1/http")));
            assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(other.aegir.inventory().site("blog.example.net")).isEmpty();
            assertThat(other.aegir.inventory().codebase("blog").orElseThrow().servers())
                    .as("the code that was brought for it is not there any more")
                    .containsExactly(Name.of("web2"));
        }
        assertThat(machines.asked).endsWith("web1: revert", "web1: unbring blog");
    }

    @Test
    void enablingAndDisabling() throws InterruptedException {
        done(new DisableSite("docs.example.net"));
        assertThat(bench.aegir
                        .inventory()
                        .site("docs.example.net")
                        .orElseThrow()
                        .state())
                .isEqualTo(SiteState.DISABLED);
        done(new EnableSite("docs.example.net"));
        assertThat(bench.aegir.inventory().site("docs.example.net").orElseThrow())
                .isEqualTo(SITE);
    }

    @Test
    void anUpdateKeepsNameCodebaseAndServices() throws InterruptedException {
        done(new CreateCodebase(codebase("blog").on("web1")));
        refused(new UpdateSite(Site.of("docs.example.net", "blog").http("web1/http")), "keeps", "migrate");
        refused(new UpdateSite(Site.of("docs.example.net", "docs").http("web2/http")), "keeps", "migrate");
        refused(
                new UpdateSite(Site.of("gone.example.net", "docs").http("web1/http")),
                "There is no site gone.example.net");
        done(new UpdateSite(SITE.redirect("/a", "/b").identified(Id.next())));
        assertThat(bench.aegir
                        .inventory()
                        .site("docs.example.net")
                        .orElseThrow()
                        .id())
                .isEqualTo(SITE.id());
    }

    @Test
    void deletingASite() throws InterruptedException {
        done(new SetSiteAliases(SITE.name(), List.of(DomainName.of("alias.example.net")), List.of()));
        assertThat(steps(new DeleteSite("alias.example.net")))
                .containsExactly("withdraw docs.example.net from web1", "inventory: remove site docs.example.net");
        done(new DeleteSite("docs.example.net"));
        assertThat(bench.aegir.inventory().sites()).isEmpty();
        assertThat(bench.aegir.inventory().site("alias.example.net")).isEmpty();
        refused(new DeleteSite("docs.example.net"), "There is no site docs.example.net");
    }

    @Test
    void aSiteOnAServerWithoutItsCodeBringsTheCode() throws InterruptedException {
        done(new InstallSite(Site.of("far.example.net", "docs").http("web2/http")));
        assertThat(bench.aegir.inventory().codebase("docs").orElseThrow().servers())
                .containsExactly(Name.of("web1"), Name.of("web2"));
        assertThat(machines.asked).contains("web2: bring docs r1");
    }

    @Test
    void stepsOfOnesOwn() throws InterruptedException {
        RunCommand fine =
                RunCommand.of("fine", Name.of("web1"), Command.of("true")).undoneBy(Command.of("true", "undone"));
        RunCommand fails = RunCommand.of("fails", Name.of("web1"), Command.of("false"));
        TaskInfo info = bench.run(RunSteps.of("my steps", List.of(Lock.exclusive("mine", "x")), fine, fails));
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.title()).isEqualTo("my steps");
        assertThat(info.cause().orElseThrow()).contains("Step \"fails\": web1: \"false\" ended with 1");
        assertThat(machines.asked).containsExactly("web1: true", "web1: false", "web1: true undone");
        refused(new RunSteps("bad", List.of(), List.of(new RunSteps.StoredStep("java.lang.Runtime", "{}"))), "Runtime");
    }

    /** The host is told on whose behalf: the site, whatever other names the task locks. */
    @Test
    void theFenceOfASiteIsTheSite() throws InterruptedException {
        machines.fences.clear();
        done(new UpdateSite(SITE.aliases("aaa.example.net")));
        done(new VerifySite("docs.example.net"));
        assertThat(machines.fences).isNotEmpty().containsOnly("site:" + SITE.id());
        machines.fences.clear();
        String odd = "x y/" + "z".repeat(240);
        done(RunSteps.of(
                "odd lock",
                List.of(Lock.exclusive("mine", odd)),
                RunCommand.of("fine", Name.of("web1"), Command.of("true"))));
        done(RunSteps.of(
                "other odd lock",
                List.of(Lock.exclusive("mine", odd.replace(' ', '_'))),
                RunCommand.of("fine", Name.of("web1"), Command.of("true"))));
        assertThat(machines.fences).doesNotHaveDuplicates().hasSize(2);
        machines.fences.clear();
        TaskHandle shared = bench.submit(RunSteps.of(
                "shared lock",
                List.of(Lock.shared("mine", "x")),
                RunCommand.of("fine", Name.of("web1"), Command.of("true"))));
        Bench.ended(shared).orThrow();
        assertThat(machines.fences).containsExactly("task:" + shared.id());
    }

    /** Adds to plans. */
    private record Extending(java.util.function.UnaryOperator<Plan> how) implements PlanExtension {
        @Override
        public Plan extend(Task task, Plan plan, Planner planner) {
            return task instanceof InstallSite ? how.apply(plan) : plan;
        }
    }

    /** Another program on the same store. */
    private Bench withExtension(PlanExtension extension) {
        SharedInventory shared = new SharedInventory(bench);
        bench.clock.pass(Duration.ofSeconds(1));
        return new Bench(builder ->
                parts(builder).extension(extension).clock(bench.clock).store(shared.open()));
    }

    /** Hosts remember the highest fence they have seen; a store that begins anew is not refused by them. */
    @Test
    void aStoreThatWasRestoredIsNotRefusedByTheHosts() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            done(new VerifySite("docs.example.net"));
        }
        try (Bench other = withExtension((task, plan, planner) -> plan)) {
            other.run(new VerifySite("docs.example.net")).orThrow();
        }
    }

    @Test
    void extensionsAddBeforeAndAfterOrRefuse() throws InterruptedException {
        bench.world.job("x");
        PlanExtension adds =
                new Extending(plan -> plan.before("publish new.example.net on web1", bench.world.act("first"))
                        .after("publish new.example.net on web1", bench.world.act("then")));
        try (Bench other = withExtension(adds)) {
            other.run(new InstallSite(Site.of("new.example.net", "docs").http("web1/http")))
                    .orThrow();
            assertThat(bench.world.effects()).containsExactly("do first", "do then");
        }
        PlanExtension forbids = new Extending(plan -> {
            throw new RefusedException("not on a Friday");
        });
        try (Bench other = withExtension(forbids)) {
            assertThatThrownBy(() -> other.submit(
                            new InstallSite(Site.of("newer.example.net", "docs").http("web1/http"))))
                    .hasMessage("not on a Friday");
            other.run(new VerifySite("docs.example.net")).orThrow();
        }
        PlanExtension wrong = new Extending(plan -> plan.before("no such step", bench.world.act("x")));
        try (Bench other = withExtension(wrong)) {
            assertThatThrownBy(() -> other.submit(
                            new InstallSite(Site.of("newer.example.net", "docs").http("web1/http"))))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("no such step")
                    .hasMessageContaining("publish newer.example.net on web1");
        }
        PlanExtension broken = new Extending(plan -> {
            throw new IllegalStateException("broken");
        });
        try (Bench other = withExtension(broken)) {
            assertThatThrownBy(() -> other.submit(
                            new InstallSite(Site.of("newer.example.net", "docs").http("web1/http"))))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("Extending")
                    .hasMessageContaining("broken");
        }
    }
}
