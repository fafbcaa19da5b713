// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.VersionScheme;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeRequest;
import dev.aegir.task.BackupSite;
import dev.aegir.task.Change;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RestoreSite.What;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.StepState;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.VerifySite;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backups that are restored to other code than they were taken with. */
class RestoreElsewhereTest {
    private static final Site SITE = on("shop.example.net", "older").backup("web1/vault");

    /** What the codebases know of the database, and what state a site's is in: in a real one, it comes with the database. */
    private static final Map<String, Integer> KNOWN = Map.of("older", 5, "newer", 7);

    private static volatile int state;

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .application(new FakeEngines.Static())
                .application(new VersionedShop());
    }

    /** A shop whose code knows states of its database. */
    private static final class VersionedShop extends FakeShop {
        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Has.class, PackageGateTest.OneWay.class);
        }

        @Override
        public List<Step> update(ApplicationRequest request) {
            return List.of(new PackageGateTest.OneWay(request.site().name()));
        }

        @Override
        public List<Step> scan(CodeRequest request) {
            return List.of(new Has(
                    request.codebase().id(),
                    Optional.ofNullable(KNOWN.get(request.codebase().name().value()))));
        }

        @Override
        public List<Step> packages(ApplicationRequest request) {
            return List.of(new Has(request.site().id(), Optional.empty()));
        }
    }

    /**
     * Saves packages.
     *
     * @param owner whose
     * @param schema what a codebase knows; absent for a site
     */
    public record Has(Id owner, Optional<Integer> schema) implements Step {
        /** Makes it. */
        public Has {}

        @Override
        public String name() {
            return "look at the packages";
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            Packages.Entry core = new Packages.Entry(
                    "core",
                    "shop",
                    "",
                    VersionScheme.DRUPAL,
                    "",
                    "",
                    Optional.of(schema.orElse(state)),
                    Optional.empty(),
                    List.of(),
                    Optional.of(true));
            context.inventory().save(new Packages(owner, context.now(), List.of(core), List.of()));
        }
    }

    private static Site on(String name, String codebase) {
        return Site.of(name, codebase).http("web1/http").runtime("web1/php").database("web1/db");
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        FakeVault.damaged = false;
        machines.facts = "addresses=192.0.2.7\n";
        state = 5;
        done(new EnrolServer(Server.at("web1", "fake://web1.example.net")
                .hostKey(MovesTest.KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.DB, "fake"))
                .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"))));
        for (String name : KNOWN.keySet()) {
            codebase(name, "shop");
            done(new ScanCodebase(name));
        }
        done(new InstallSite(SITE));
    }

    private void codebase(String name, String application) throws InterruptedException {
        Codebase code = Codebase.of(name, new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(code.application(application).on("web1")));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private TaskInfo done(Task task) throws InterruptedException {
        return bench.run(task).orThrow();
    }

    private List<String> steps(Task task) throws InterruptedException {
        return bench.aegir.preview(task).steps().stream()
                .map(PlanPreview.StepPreview::name)
                .toList();
    }

    private Id taken() throws InterruptedException {
        return Id.of(done(BackupSite.of("shop.example.net")).result("backup.id"));
    }

    private void upgraded() throws InterruptedException {
        done(new UpgradeSite("shop.example.net", "newer"));
        state = 7;
        done(new VerifySite("shop.example.net"));
    }

    @Test
    void anOlderDatabaseIsBroughtToWhatTheCodeExpects() throws InterruptedException {
        Id backup = taken();
        assertThat(steps(RestoreSite.of("shop.example.net", backup)))
                .doesNotContain("shop: update")
                .noneMatch(step -> step.startsWith("the codebase"));
        upgraded();
        RestoreSite restore = RestoreSite.of("shop.example.net", backup);
        assertThat(steps(restore))
                .containsSubsequence(
                        "settings of shop.example.net",
                        "look at the packages, as they were",
                        "the codebase newer has what shop.example.net needs",
                        "shop: update",
                        "shop: verify",
                        "look at the packages",
                        "publish shop.example.net on web1",
                        "inventory: save site shop.example.net");
        assertThat(steps(restore.only(What.FILES))).doesNotContain("shop: update");
        state = 5;
        done(restore);
        assertThat(steps(new RestoreCopy(backup, on("copy.example.net", "newer"))))
                .containsSubsequence(
                        "look at the packages, as they were",
                        "the codebase newer has what copy.example.net needs",
                        "shop: rename from shop.example.net",
                        "shop: update",
                        "shop: verify");
        assertThat(steps(new RestoreCopy(backup, on("copy.example.net", "older"))))
                .doesNotContain("shop: update");
    }

    /** What is updated is another database, which goes; whoever cannot take back an update does not keep the site closed. */
    @Test
    void anUpdateOfWhatWasRestoredNeedsNoWayBack() throws InterruptedException {
        Id backup = taken();
        upgraded();
        state = 5;
        machines.broken = "shop: verify";
        for (Task restore : List.of(
                RestoreSite.of("shop.example.net", backup), new RestoreCopy(backup, on("copy.example.net", "newer")))) {
            TaskInfo failed = bench.run(restore);
            assertThat(failed.state()).as(failed.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(failed.steps())
                    .anyMatch(step -> step.name().equals("shop: update") && step.state() == StepState.UNDONE);
        }
    }

    @Test
    void aNewerDatabaseDoesNotGoToOlderCode() throws InterruptedException {
        upgraded();
        Id backup = taken();
        RestoreCopy copy = new RestoreCopy(backup, on("copy.example.net", "older"));
        TaskInfo refused = bench.run(copy);
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.cause().orElse("")).contains("The codebase older lacks what the site copy.example.net");
        assertThat(machines.asked).noneMatch(asked -> asked.contains("shop: rename"));
        assertThat(bench.aegir.inventory().site("copy.example.net")).isEmpty();
    }

    @Test
    void anotherApplicationIsRefusedAtOnce() throws InterruptedException {
        codebase("pages", "static");
        codebase("unknown", "shop");
        Id backup = taken();
        Site pages = Site.of("copy.example.net", "pages").http("web1/http");
        assertThatThrownBy(() -> steps(new RestoreCopy(backup, pages)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is of shop, and the codebase pages is of static");
        assertThatThrownBy(() -> steps(new RestoreCopy(backup, on("copy.example.net", "unknown"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("scan it");
    }
}
