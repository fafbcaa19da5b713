// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.model.ImportRules;
import dev.aegir.model.InvalidValueException;
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
import dev.aegir.spi.ImportFormat;
import dev.aegir.task.BackupSite;
import dev.aegir.task.Change;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.ExportBackup;
import dev.aegir.task.ExportBackups;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LockCodebase;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an import plans, in which order, and what stops it. */
class ImportTasksTest {
    private static final String KEY = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db")
            .backup("web1/vault");

    static volatile List<String> packages = List.of();

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .engine(new FakeArchives())
                .application(new FakeEngines.Static())
                .application(new PackedShop())
                .importFormat(new Cart("cart"))
                .importFormat(new Cart("trolley"));
    }

    /** A shop whose sites have packages. */
    static final class PackedShop extends FakeShop {
        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Has.class);
        }

        @Override
        public List<Step> scan(CodeRequest request) {
            return List.of(new Has(request.codebase().id(), packages));
        }

        @Override
        public List<Step> packages(ApplicationRequest request) {
            return List.of(new Has(request.site().id(), List.of("cart", "till")));
        }
    }

    /**
     * Saves packages.
     *
     * @param owner whose
     * @param packages their names
     */
    public record Has(Id owner, List<String> packages) implements Step {
        /** Copies. */
        public Has {
            packages = List.copyOf(packages);
        }

        @Override
        public String name() {
            return "look at the packages of " + owner;
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            List<Packages.Entry> entries = packages.stream()
                    .map(name -> new Packages.Entry(
                            "module",
                            name,
                            "1.0",
                            VersionScheme.DRUPAL,
                            "",
                            "",
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            Optional.of(true)))
                    .toList();
            context.inventory().save(new Packages(owner, context.now(), entries, List.of()));
        }
    }

    /** A format of nothing in particular. */
    private record Cart(String name) implements ImportFormat {
        @Override
        public Optional<ImportRules> rules(Name application) {
            return application.value().equals("shop")
                    ? Optional.of(new ImportRules(Name.of(name), List.of("CART"), List.of(), Optional.empty()))
                    : Optional.empty();
        }
    }

    @BeforeEach
    void aCodebaseIsThere() throws InterruptedException {
        packages = List.of("cart", "till");
        FakeVault.damaged = false;
        machines.facts = "addresses=192.0.2.7\n";
        Server server = Server.at("web1", "fake://web1.example.net")
                .hostKey(KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.DB, "fake"))
                .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"));
        done(new EnrolServer(server));
        Codebase shop = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(shop.application("shop").on("web1")));
        done(new ScanCodebase("shop"));
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

    private static int indexOf(List<String> steps, String beginning) {
        return steps.stream().map(step -> step.startsWith(beginning)).toList().indexOf(true);
    }

    private static ImportSite task() {
        return ImportSite.of("web1", "/srv/in/shop.tar.gz", SITE).formerly("cart.example.org");
    }

    /** Nothing lands before all of it was looked at; nobody can reach it before it has proved itself. */
    @Test
    void theOrderOfThings() throws InterruptedException {
        List<String> steps = steps(task());
        List<Integer> order = List.of(
                indexOf(steps, "import: look at /srv/in/shop.tar.gz"),
                indexOf(steps, "db: ensure"),
                indexOf(steps, "pool: ensure of php, before it is open"),
                indexOf(steps, "make directories beside the files of shop.example.net"),
                indexOf(steps, "import: unpack into"),
                indexOf(steps, "switch the files"),
                indexOf(steps, "settings of shop.example.net"),
                indexOf(steps, "import: bring the dump to /srv/aegir/staging/" + SITE.id() + "/import-" + SITE.id()),
                indexOf(steps, "db: load what came from elsewhere"),
                indexOf(steps, "remove /srv/aegir/staging/"),
                indexOf(steps, "shop: read what was loaded"),
                indexOf(steps, "look at the packages"),
                indexOf(steps, "the codebase shop has what"),
                indexOf(steps, "shop: rename from cart.example.org"),
                indexOf(steps, "shop: make itself at home"),
                indexOf(steps, "shop: verify"),
                indexOf(steps, "pool: ensure with cron of php"),
                indexOf(steps, "inventory: save site"));
        assertThat(order).isSorted().doesNotContain(-1);
        assertThat(order.get(0)).isZero();
        assertThat(steps.get(steps.size() - 1)).startsWith("inventory: save site");
        assertThat(steps).noneMatch(step -> step.startsWith("shop: install"));
        done(task());
        assertThat(bench.aegir.inventory().site(SITE.name())).contains(SITE);
        assertThatThrownBy(() -> steps(task())).hasMessageContaining("There is a site shop.example.net");
    }

    /** The hash of a plan says which rules an archive will be read by. */
    @Test
    void theFormatsAreDataOfThePlan() throws InterruptedException {
        steps(task());
        assertThat(FakeArchives.asked.get(0).own()).isTrue();
        assertThat(FakeArchives.asked.get(0).rules())
                .extracting(each -> each.format().value())
                .containsExactly("cart", "trolley");
        steps(task().as("trolley").atMost(7, 8));
        assertThat(FakeArchives.asked.get(0).own()).isFalse();
        assertThat(FakeArchives.asked.get(0).rules()).hasSize(1);
        assertThat(FakeArchives.asked.get(0).mostEntries()).isEqualTo(7);
        assertThat(FakeArchives.asked.get(0).mostBytes()).isEqualTo(8);
        steps(task().as("aegir-archive"));
        assertThat(FakeArchives.asked.get(0).own()).isTrue();
        assertThat(FakeArchives.asked.get(0).rules()).isEmpty();
        assertThatThrownBy(() -> steps(task().as("barrow")))
                .hasMessageContaining("no import format barrow")
                .hasMessageContaining("aegir-archive, cart, trolley");
    }

    @Test
    void aCodebaseThatLacksWhatTheSiteUsesStopsIt() throws InterruptedException {
        packages = List.of("cart");
        done(new ScanCodebase("shop"));
        TaskInfo refused = bench.run(task());
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.cause().orElse("")).contains("lacks what the site shop.example.net", "till");
        assertThat(bench.aegir.inventory().sites()).isEmpty();
        assertThat(machines.asked).noneMatch(asked -> asked.contains("make itself at home"));
    }

    @Test
    void whatCannotBeDoneIsRefusedAtOnce() throws InterruptedException {
        Codebase other = Codebase.of("unknown", new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(other.application("shop").on("web1")));
        Site there = Site.of("new.example.net", "unknown")
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/db");
        assertThatThrownBy(() -> steps(ImportSite.of("web1", "/srv/a", there))).hasMessageContaining("scan it");
        done(new LockCodebase("shop"));
        assertThatThrownBy(() -> steps(task())).hasMessageContaining("is locked");
        assertThatThrownBy(() -> task().atMost(0, 1)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new ImportRules(Name.of("a"), List.of(), List.of(), Optional.empty()))
                .hasMessageContaining("nothing to recognise it by");
        assertThatThrownBy(() -> new ImportRules.Directory("files/../..", "a"))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new ImportRules.Directory("files", "(")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void anEngineThatCannotExportSaysSo() throws InterruptedException {
        done(new InstallSite(SITE));
        Id backup = Id.of(bench.run(BackupSite.of("shop.example.net")).orThrow().result("backup.id"));
        assertThatThrownBy(() -> steps(new ExportBackup(backup, "web1", "/srv/out/shop.tar")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("The backup engine fake makes no files");
        assertThatThrownBy(() -> steps(new ExportBackups(List.of(backup), "web1", "/srv/out/all")))
                .hasMessageContaining("The backup engine fake makes no files");
    }
}
