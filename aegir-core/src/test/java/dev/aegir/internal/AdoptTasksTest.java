// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.ImportRules;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.spi.ImportRequest;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What it takes to take over a site that somebody has set up, in which order, and what stops it. */
class AdoptTasksTest {
    private static final String KEY = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db")
            .aliases("cart.example.org");

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeArchives())
                .application(new FakeEngines.Static())
                .application(new ImportTasksTest.PackedShop());
    }

    @BeforeEach
    void aCodebaseIsThere() throws InterruptedException {
        ImportTasksTest.packages = List.of("cart", "till");
        machines.facts = "addresses=192.0.2.7\n";
        for (String name : List.of("web1", "old")) {
            done(new EnrolServer(Server.at(name, "fake://" + name + ".example.org")
                    .hostKey(KEY)
                    .offering(Service.http("fake"))
                    .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                    .offering(Service.of(ServiceKind.DB, "fake"))));
        }
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

    private static AdoptSite task() {
        return AdoptSite.of("web1", "/var/www/shop", SITE)
                .database("web1/db", "old_shop")
                .formerly("cart.example.org");
    }

    private static void inOrder(List<String> steps, String... beginnings) {
        List<Integer> order = List.of(beginnings).stream()
                .map(each -> steps.stream()
                        .map(step -> step.startsWith(each))
                        .toList()
                        .indexOf(true))
                .toList();
        assertThat(order).as(steps.toString()).isSorted().doesNotContain(-1);
    }

    /** All is looked at before anything is made, and what was inspected is what lands. */
    @Test
    void theOrderOfThings() throws InterruptedException {
        List<String> steps = steps(task().closedAtMost(Duration.ofMinutes(3)));
        inOrder(
                steps,
                "shop: look at web1:/var/www/shop",
                "the codebase shop has what was found",
                "what else speaks of web1:/var/www/shop",
                "shop.example.net is about to be closed",
                "publish shop.example.net on web1, closed to be taken over",
                "db: dump what is old_shop there to /srv/aegir/staging/" + SITE.id() + "/adopted-database",
                "pack what web1:/var/www/shop has written",
                "import: look at /srv/aegir/staging/" + SITE.id() + "/adopted-files/files.tar",
                "db: ensure",
                "pool: ensure of php, before it is open",
                "import: unpack into",
                "settings of shop.example.net",
                "db: load from /srv/aegir/staging/" + SITE.id() + "/adopted-database",
                "shop: read what was loaded",
                "look at the packages",
                "the codebase shop has what shop.example.net needs",
                "shop: rename from cart.example.org",
                "shop: make itself at home",
                "shop: verify",
                "pool: ensure with cron of php",
                "inventory: save site",
                "shop.example.net is open again");
        assertThat(steps).noneMatch(step -> step.startsWith("shop: install"));
        done(task().closedAtMost(Duration.ofMinutes(3)));
        assertThat(bench.aegir.inventory().site(SITE.name())).contains(SITE);
        assertThatThrownBy(() -> steps(task())).hasMessageContaining("There is a site shop.example.net");
    }

    /** Only what the application says, by where it lies below the document root. */
    @Test
    void whatIsTakenIsDataOfThePlan() throws InterruptedException {
        List<String> steps = steps(task().atMost(7, 8));
        assertThat(steps).noneMatch(step -> step.contains("closed"));
        ImportRequest asked = FakeArchives.asked.get(0);
        assertThat(asked.own()).isFalse();
        assertThat(asked.database()).isFalse();
        assertThat(asked.directories()).containsExactly("files");
        assertThat(asked.rules().get(0).directories())
                .containsExactly(new ImportRules.Directory("files", "\\Qshop/uploads\\E"));
        assertThat(List.of(asked.mostEntries(), asked.mostBytes())).containsExactly(7L, 8L);
    }

    @Test
    void onAnotherServerNobodyCanCloseIt() {
        AdoptSite there = AdoptSite.of("old", "/var/www/shop", SITE).database("old/db", "old_shop");
        assertThatThrownBy(() -> steps(there.closedAtMost(Duration.ofMinutes(1))))
                .hasMessageContaining("Close it there by hand");
        AdoptSite named = task().formerly("other.example.org").closedAtMost(Duration.ofMinutes(1));
        assertThatThrownBy(() -> steps(named)).hasMessageContaining("Make that an alias");
    }

    @Test
    void aCodebaseThatLacksWhatTheSiteUsesStopsIt() throws InterruptedException {
        ImportTasksTest.packages = List.of("cart");
        done(new ScanCodebase("shop"));
        TaskInfo refused = bench.run(task());
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.cause().orElse("")).contains("lacks what the site shop.example.net", "till");
        assertThat(bench.aegir.inventory().sites()).isEmpty();
        assertThat(machines.asked).noneMatch(asked -> asked.contains("make itself at home"));
    }

    @Test
    void whatCannotBeDoneIsRefusedAtOnce() {
        assertThatThrownBy(() -> steps(AdoptSite.of("web1", "/var/www/shop", SITE)))
                .hasMessageContaining("say which one the site at web1:/var/www/shop has");
        for (String account : List.of("root", "", "-x", "Ann")) {
            assertThatThrownBy(() -> task().account(account)).isInstanceOf(InvalidValueException.class);
        }
        for (String path : List.of("/", "/srv/aegir", "/srv/aegir/sites/x")) {
            assertThatThrownBy(() -> AdoptSite.of("web1", path, SITE)).isInstanceOf(InvalidValueException.class);
        }
        assertThatThrownBy(() -> task().atMost(0, 1)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> task().closedAtMost(Duration.ZERO)).isInstanceOf(InvalidValueException.class);
    }
}
