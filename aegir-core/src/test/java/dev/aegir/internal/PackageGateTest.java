// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.VersionScheme;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeRequest;
import dev.aegir.task.Change;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.SyncSite;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.VerifySite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** S6: a site goes to no code that lacks what it has switched on, or knows only older states of its database. */
class PackageGateTest {
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db");
    private static final Site STAGING = Site.of("test.example.net", "fits")
            .environment(Environment.STAGING)
            .http("web2/http")
            .runtime("web2/php")
            .database("web2/db");

    /** What codebases have. */
    private static final Map<String, List<Packages.Entry>> CODE = Map.of(
            "shop", List.of(entry("cart", "2.0", 7, 1), entry("till", "2.0", 7, 1)),
            "fits", List.of(entry("cart", "2.1", 9, 7)),
            "missing", List.of(entry("till", "2.0", 7, 1)),
            "older", List.of(entry("cart", "1.9", 7, 1)),
            "lower", List.of(entry("cart", "2.0", 6, 1)),
            "newer", List.of(entry("cart", "3.0", 9, 8)));

    /** What the sites have by now, whenever somebody looks. */
    private static volatile List<Packages.Entry> has = List.of();

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new MovesTest.Files())
                .application(new PackedShop());
    }

    private static Packages.Entry entry(String name, String version, int schema, int oldest) {
        return new Packages.Entry(
                "module",
                name,
                version,
                VersionScheme.DRUPAL,
                "",
                "",
                Optional.of(schema),
                Optional.of(oldest),
                List.of(),
                Optional.empty());
    }

    private static Packages.Entry switched(String name, boolean on) {
        Packages.Entry entry = entry(name, "2.0", 7, 1);
        return new Packages.Entry(
                entry.type(),
                name,
                entry.version(),
                entry.scheme(),
                "",
                "",
                entry.schema(),
                entry.oldest(),
                List.of(),
                Optional.of(on));
    }

    /** A shop whose sites have packages, which are other ones from one moment to the next. */
    static final class PackedShop extends FakeShop {
        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Has.class, Look.class, OneWay.class);
        }

        @Override
        public List<Step> scan(CodeRequest request) {
            return List.of(
                    new Has(request.codebase().id(), request.codebase().name().value()));
        }

        @Override
        public List<Step> packages(ApplicationRequest request) {
            return List.of(new Look(request.server().name(), request.site().id()));
        }

        @Override
        public List<Step> update(ApplicationRequest request) {
            return List.of(new OneWay(request.site().name()));
        }

        @Override
        public List<Step> sanitise(ApplicationRequest request) {
            return List.of();
        }
    }

    /**
     * Saves what a codebase has.
     *
     * @param owner its id
     * @param name its name
     */
    public record Has(Id owner, String name) implements Step {
        /** Makes it. */
        public Has {}

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            context.inventory().save(new Packages(owner, context.now(), CODE.get(name), List.of()));
        }
    }

    /** What was known before. */
    private record Known(Optional<Packages> packages) {}

    /**
     * Looks at what a site has.
     *
     * @param server where it is
     * @param owner its id
     */
    public record Look(Name server, Id owner) implements Step {
        /** Makes it. */
        public Look {}

        @Override
        public String name() {
            return "look at " + owner;
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            context.host(server).run(Command.of("echo", "look"));
            if (!has.isEmpty()) {
                if (context.recall("known." + owner, Known.class).isEmpty()) {
                    context.remember(
                            "known." + owner, new Known(context.inventory().packagesOf(owner)));
                }
                context.inventory().save(new Packages(owner, context.now(), has, List.of()));
            }
        }

        @Override
        public void undo(StepContext context) {
            context.recall("known." + owner, Known.class)
                    .ifPresent(known -> known.packages()
                            .ifPresentOrElse(
                                    context.inventory()::save,
                                    () -> context.inventory().removePackages(owner)));
        }
    }

    /**
     * An update that cannot be taken back.
     *
     * @param site the site's name
     */
    public record OneWay(DomainName site) implements Step {
        /** Makes it. */
        public OneWay {}

        @Override
        public String name() {
            return "shop: update";
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            context.log(site + " is updated");
        }

        @Override
        public void undo(StepContext context) {
            throw new RefusedException("There is no way back.");
        }
    }

    @BeforeEach
    void sitesAreThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7\n";
        has = List.of(switched("cart", true), switched("till", false));
        for (String name : List.of("web1", "web2")) {
            done(new EnrolServer(Server.at(name, "fake://" + name + ".example.net")
                    .hostKey(MovesTest.KEY)
                    .offering(Service.http("fake"))
                    .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                    .offering(Service.of(ServiceKind.DB, "fake"))));
        }
        code("shop");
        done(new InstallSite(SITE));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void code(String name) throws InterruptedException {
        Codebase code = Codebase.of(name, new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(code.application("shop").on("web1")));
    }

    private void scanned(String name) throws InterruptedException {
        code(name);
        done(new ScanCodebase(name));
    }

    private void done(Task task) throws InterruptedException {
        bench.run(task).orThrow();
    }

    private static Site wanted(String codebase) {
        return new Site(
                SITE.id(),
                SITE.name(),
                Name.of(codebase),
                SITE.http("web2/http").runtime("web2/php").database("web2/db").services(),
                SITE.environment(),
                SiteState.ENABLED,
                SITE.aliases(),
                SITE.redirectedNames(),
                SITE.redirects(),
                SITE.www(),
                SITE.settings());
    }

    private static Site copy(String codebase) {
        return Site.of("copy.example.net", codebase)
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/db");
    }

    /** All that bring what the site has to code that is not its own. */
    private static List<Task> moves(String codebase) {
        return List.of(
                new UpgradeSite("shop.example.net", codebase),
                new MigrateSite(wanted(codebase)),
                new CloneSite("shop.example.net", copy(codebase)));
    }

    private void refused(Task task, String... parts) {
        List<String> asked = List.copyOf(machines.asked);
        assertThatThrownBy(() -> bench.submit(task))
                .as(task.title())
                .isInstanceOf(RefusedException.class)
                .hasMessageContainingAll(parts);
        assertThat(machines.asked).as(task.title()).isEqualTo(asked);
    }

    private void stopped(Task task, String... parts) throws InterruptedException {
        List<Site> sites = bench.aegir.inventory().sites();
        machines.asked.clear();
        TaskInfo ended = bench.run(task);
        assertThat(ended.state()).as(task.title()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElse("")).as(task.title()).contains(parts);
        assertThat(machines.asked)
                .as("what was asked of the machines for: " + task.title())
                .containsExactly("web1: echo look");
        assertThat(bench.aegir.inventory().sites()).isEqualTo(sites);
    }

    @Test
    void aCodebaseThatLacksWhatTheSiteHasStopsItBeforeAnything() throws InterruptedException {
        for (String codebase : List.of("missing", "older", "lower", "newer")) {
            scanned(codebase);
        }
        code("fits");
        for (Task task : moves("missing")) {
            refused(task, "cannot go to the codebase missing", "missing", "cart");
        }
        for (Task task : moves("older")) {
            refused(task, "downgrade", "cart", "2.0", "1.9");
        }
        for (Task task : moves("lower")) {
            refused(task, "schema lower", "(7, from 1)", "(6, from 1)");
        }
        for (Task task : moves("newer")) {
            refused(task, "schema too old", "(7, from 1)", "(9, from 8)");
        }
        for (Task task : moves("fits")) {
            refused(task, "What the codebase fits has is not known: scan it");
        }
        done(new ScanCodebase("fits"));
        // It has no till, which is not switched on.
        done(new UpgradeSite("shop.example.net", "fits"));
        refused(new DeleteCodebase("shop"), "left behind there needs it");
    }

    /** What was true when it was last verified says nothing of today. */
    @Test
    void whatWasSwitchedOnSinceIsSeen() throws InterruptedException {
        scanned("fits");
        done(new InstallSite(STAGING));
        has = List.of(switched("cart", true), switched("till", true));
        for (Task task : moves("fits")) {
            stopped(task, "lacks what the site shop.example.net has switched on", "missing", "till");
        }
        stopped(new SyncSite("shop.example.net", "test.example.net"), "missing", "till");
        // And what was switched off since is no obstacle once somebody has looked.
        scanned("missing");
        has = List.of(switched("till", true));
        refused(new UpgradeSite("shop.example.net", "missing"), "cart", "verify it");
        done(new VerifySite("shop.example.net"));
        done(new UpgradeSite("shop.example.net", "missing"));
    }

    /** Nobody has to verify a site first of which nothing is known. */
    @Test
    void aSiteOfWhichNothingIsKnownIsLookedAt() throws InterruptedException {
        scanned("fits");
        code("missing");
        has = List.of();
        Site site = Site.of("new.example.net", "shop")
                .http("web1/http")
                .runtime("web1/php")
                .database("web1/db");
        done(new InstallSite(site));
        assertThat(bench.aegir.inventory().sitePackages(site.name())).isEmpty();
        has = List.of(switched("till", true));
        stopped(new UpgradeSite("new.example.net", "fits"), "lacks what the site new.example.net", "till");
        stopped(new UpgradeSite("new.example.net", "missing"), "is not known: scan it");
        done(new DisableSite("new.example.net"));
        refused(new UpgradeSite("new.example.net", "fits"), "is not known: enable it and verify it");
        done(new EnableSite("new.example.net"));
        has = List.of(switched("cart", true));
        done(new CloneSite("new.example.net", copy("fits")));
    }

    /** What was updated is a copy, which goes; whoever cannot take back an update does not keep the site closed. */
    @Test
    void anUpdateThatHasNoWayBackIsOfACopy() throws InterruptedException {
        scanned("fits");
        done(new InstallSite(STAGING));
        machines.broken = "shop: verify";
        List<Task> all = new ArrayList<>(moves("fits"));
        all.add(new SyncSite("shop.example.net", "test.example.net"));
        for (Task task : all) {
            assertThat(bench.aegir.preview(task).steps())
                    .as(task.title())
                    .anyMatch(step -> step.name().equals("shop: update"));
            assertThat(bench.run(task).state()).as(task.title()).isEqualTo(TaskState.ROLLED_BACK);
        }
        assertThat(bench.aegir.inventory().sites()).containsExactlyInAnyOrder(SITE, STAGING);
    }
}
