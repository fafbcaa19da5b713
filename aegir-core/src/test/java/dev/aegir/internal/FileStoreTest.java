// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileStore;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.VersionedFileStore;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.FetchFiles;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.RemoveStoredFiles;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.StoreFiles;
import dev.aegir.task.Task;
import dev.aegir.task.TaskState;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How files get to a store of files and back. */
class FileStoreTest {
    private static final String LIVE = "shop.example.net";
    private static final String TEST = "test.example.net";
    private static final String STORE = "web2/offsite";
    private static final Site SITE = Site.of(LIVE, "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db")
            .backup("web2/vault");
    private static final Site STAGING = Site.of(TEST, "shop")
            .environment(Environment.STAGING)
            .with("cron", "off")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db");

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
                .engine(new Offsite())
                .engine(new History())
                .application(new MovesTest.CarefulShop());
    }

    /** Keeps files in no way, and says what it would do. */
    private static final class Offsite implements FileStore {
        @Override
        public String name() {
            return "offsite";
        }

        @Override
        public List<Step> store(EngineRequest<Tree> request) {
            return said("store " + request.resource() + " in "
                    + request.service().settings().text("bucket").orElse(""));
        }

        @Override
        public List<Step> fetch(EngineRequest<Tree> request, Id owner) {
            return said(
                    "fetch " + owner + " to " + request.resource().directory().name());
        }

        @Override
        public List<Step> forget(ServiceRequest request, Id owner) {
            return said("forget " + owner);
        }

        private static List<Step> said(String what) {
            return List.of(RunCommand.of("offsite: " + what, Name.of("web1"), Command.of("echo", what)));
        }
    }

    /** Keeps versions, in no way. */
    private static final class History implements VersionedFileStore {
        @Override
        public String name() {
            return "history";
        }

        @Override
        public List<Step> store(EngineRequest<Tree> request) {
            return Offsite.said("commit");
        }

        @Override
        public List<Step> fetch(EngineRequest<Tree> request, Id owner) {
            return Offsite.said("fetch the newest of " + owner);
        }

        @Override
        public List<Step> fetch(EngineRequest<Tree> request, Id owner, String version) {
            return Offsite.said("fetch " + version + " of " + owner);
        }

        @Override
        public List<Step> forget(ServiceRequest request, Id owner) {
            return Offsite.said("forget " + owner);
        }
    }

    @BeforeEach
    void twoSitesAreThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7\n";
        for (String name : List.of("web1", "web2")) {
            bench.run(new EnrolServer(Server.at(name, "fake://" + name + ".example.net")
                            .hostKey("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU")
                            .offering(Service.of(ServiceKind.FILE, "offsite")
                                    .named("offsite")
                                    .with("bucket", "sites"))
                            .offering(Service.of(ServiceKind.FILE, "history").named("history"))
                            .offering(Service.http("fake"))
                            .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                            .offering(Service.of(ServiceKind.DB, "fake"))
                            .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"))))
                    .orThrow();
        }
        Codebase code = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        bench.run(new CreateCodebase(code.application("shop").on("web1"))).orThrow();
        bench.run(new InstallSite(SITE)).orThrow();
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

    private void refused(Task task, String part) {
        assertThatThrownBy(() -> bench.submit(task))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(part);
    }

    @Test
    void filesAreStoredWhileTheSiteIsServed() throws InterruptedException {
        StoreFiles task = StoreFiles.of(LIVE, STORE);
        assertThat(steps(task))
                .containsExactly("offsite: store web1:/srv/aegir/sites/" + SITE.id() + "/[files] in sites");
        bench.run(task).orThrow();
        refused(StoreFiles.of(LIVE, "web2/vault"), "of the kind backup");
        refused(StoreFiles.of(LIVE, "web2/other"), "There is no service web2/other");
    }

    @Test
    void filesComeBackBesideWhatTheSiteHas() throws InterruptedException {
        FetchFiles task = FetchFiles.of(LIVE, STORE);
        assertThat(steps(task))
                .containsSubsequence(
                        "make directories beside the files of " + LIVE + " on web1 for " + task.safety(),
                        "offsite: fetch " + SITE.id() + " to .restored-" + task.safety(),
                        "publish " + LIVE + " on web1, closed for files from " + STORE,
                        "vault: take [database, files] " + task.safety(),
                        "switch the files of " + LIVE + " on web1 to those of " + task.safety(),
                        "shop: verify",
                        "publish " + LIVE + " on web1",
                        "inventory: save site " + LIVE,
                        "remove the files " + LIVE + " had on web1 before " + task.safety());
        bench.run(task).orThrow();
        assertThat(bench.aegir.inventory().backup(task.safety()).orElseThrow())
                .returns(Backup.Reason.SAFETY, Backup::reason);
    }

    @Test
    void filesOfAnotherSiteGoDownUnlessThatIsSaid() throws InterruptedException {
        FetchFiles down = FetchFiles.of(TEST, STORE).from(SITE.id());
        assertThat(steps(down)).anyMatch(step -> step.startsWith("offsite: fetch " + SITE.id() + " to "));
        bench.run(down).orThrow();
        FetchFiles up = FetchFiles.of(LIVE, STORE).from(STAGING.id());
        refused(up, "Files go down");
        bench.run(up.up()).orThrow();
        FetchFiles unknown = FetchFiles.of(TEST, STORE).from(Id.next());
        refused(unknown, "not in the inventory");
        refused(unknown.up(), "bound to no backup service");
        bench.run(new DisableSite(TEST)).orThrow();
        refused(FetchFiles.of(TEST, STORE), "not enabled");
    }

    @Test
    void anEarlierVersionComesFromAStoreThatHasIt() throws InterruptedException {
        FetchFiles task = FetchFiles.of(LIVE, "web2/history").version("abc");
        assertThat(task.title()).endsWith(" as of abc");
        assertThat(steps(task)).contains("offsite: fetch abc of " + SITE.id());
        bench.run(task).orThrow();
        assertThat(steps(FetchFiles.of(LIVE, "web2/history"))).contains("offsite: fetch the newest of " + SITE.id());
        refused(FetchFiles.of(LIVE, STORE).version("abc"), "no earlier version");
    }

    @Test
    void whatIsStoredGoesAlsoWhenTheSiteIsGone() throws InterruptedException {
        RemoveStoredFiles task = RemoveStoredFiles.of(STAGING.id(), STORE);
        bench.run(new DisableSite(TEST)).orThrow();
        bench.run(new DeleteSite(TEST).withoutSafetyBackup()).orThrow();
        assertThat(bench.aegir.inventory().site(STAGING.id())).isEmpty();
        assertThat(steps(task)).containsExactly("offsite: forget " + STAGING.id());
        bench.run(task).orThrow();
        bench.run(RemoveStoredFiles.of(SITE.id(), STORE)).orThrow();
        refused(RemoveStoredFiles.of(SITE.id(), "web2/vault"), "of the kind backup");
    }

    @Test
    void whatFailsIsTakenBack() throws InterruptedException {
        FetchFiles task = FetchFiles.of(LIVE, STORE);
        machines.broken = "fetch " + SITE.id() + " to .restored-" + task.safety();
        assertThat(bench.run(task).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(bench.aegir.inventory().backup(task.safety())).isEmpty();
    }

    /** A store is offered by a server, and copies between servers are none of its business. */
    @Test
    void copiesBetweenServersGoOnAsBefore() throws InterruptedException {
        Site copy = Site.of("copy.example.net", "shop")
                .environment(Environment.STAGING)
                .http("web2/http")
                .runtime("web2/php")
                .database("web2/db");
        assertThat(steps(new CloneSite(LIVE, copy))).contains("copy files to web2");
    }
}
