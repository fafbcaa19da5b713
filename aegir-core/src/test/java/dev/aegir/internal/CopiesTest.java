// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DisableSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.SyncSite;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What copies of sites are, wherever they come from: quiet until they are whole, sanitised where they are lower, and proved. */
class CopiesTest {
    private static final Site SITE = on("shop.example.net").backup("web1/vault");

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.RehearsingHttp())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .engine(new FakeArchives())
                .engine(new MovesTest.Files())
                .application(new ImportTasksTest.PackedShop());
    }

    private static Site on(String name) {
        return Site.of(name, "shop").http("web1/http").runtime("web1/php").database("web1/db");
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        ImportTasksTest.packages = List.of("cart", "till");
        FakeVault.damaged = false;
        machines.facts = "addresses=192.0.2.7\n";
        done(new EnrolServer(Server.at("web1", "fake://web1.example.net")
                .hostKey(MovesTest.KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.DB, "fake"))
                .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"))));
        Codebase shop = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(shop.application("shop").on("web1")));
        done(new ScanCodebase("shop"));
        done(new InstallSite(SITE));
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

    private Map<String, String> settings(String site) {
        return bench.aegir.inventory().site(site).orElseThrow().settings().values();
    }

    /** Abuse case 49. */
    @Test
    void aRestoredCopyForALowerEnvironmentIsSanitisedAndQuiet() throws InterruptedException {
        Site staging = on("test.example.net")
                .environment(Environment.STAGING)
                .with("db.name", SITE.id().account())
                .with("db.user", SITE.id().account());
        RestoreCopy copy = new RestoreCopy(taken(), staging);
        assertThat(steps(copy))
                .containsSubsequence(
                        "pool: ensure of php, before it is open",
                        "settings of test.example.net",
                        "shop: rename from shop.example.net",
                        "shop: sanitise",
                        "shop: verify",
                        "publish test.example.net on web1")
                .noneMatch(step -> step.contains("with cron"));
        done(copy);
        assertThat(settings("test.example.net")).isEqualTo(Map.of("cron", "off", "mail", "off"));
        // What somebody says is done.
        Site loud = on("loud.example.net")
                .environment(Environment.STAGING)
                .with("cron", "on")
                .with("mail", "on");
        assertThat(steps(new RestoreCopy(copy.backup(), loud)))
                .contains("shop: sanitise", "pool: ensure with cron of php, now that it is open");
    }

    @Test
    void nothingOfACopyForThePublicRunsRegularlyBeforeItIsWhole() throws InterruptedException {
        RestoreCopy copy = new RestoreCopy(taken(), on("second.example.net"));
        assertThat(steps(copy))
                .containsSubsequence(
                        "pool: ensure of php, before it is open",
                        "settings of second.example.net",
                        "shop: verify",
                        "pool: ensure with cron of php, now that it is open",
                        "publish second.example.net on web1")
                .doesNotContain("shop: sanitise", "pool: ensure with cron of php");
        done(copy);
        assertThat(settings("second.example.net")).isEmpty();
    }

    @Test
    void whatIsImportedForALowerEnvironmentIsSanitisedUnlessSomebodySaysNo() throws InterruptedException {
        Site staging = on("test.example.net").environment(Environment.STAGING);
        ImportSite task = ImportSite.of("web1", "/srv/in/shop.tar.gz", staging);
        assertThat(steps(task))
                .containsSubsequence("shop: make itself at home", "shop: sanitise", "shop: verify")
                .noneMatch(step -> step.contains("with cron"));
        done(task);
        assertThat(settings("test.example.net")).isEqualTo(Map.of("cron", "off", "mail", "off"));
        Site other = on("as-it-is.example.net").environment(Environment.STAGING);
        ImportSite asItIs = ImportSite.of("web1", "/srv/in/shop.tar.gz", other).asItIs();
        assertThat(steps(asItIs))
                .contains("pool: ensure with cron of php, now that it is open")
                .doesNotContain("shop: sanitise");
        done(asItIs);
        assertThat(settings("as-it-is.example.net")).isEmpty();
        assertThat(steps(ImportSite.of("web1", "/srv/in/shop.tar.gz", on("public.example.net"))))
                .doesNotContain("shop: sanitise");
    }

    /** Whatever is opened has answered before, and what does not is taken back. */
    @Test
    void whatIsOpenedHasAnsweredBefore() throws InterruptedException {
        Id backup = taken();
        Site staging = on("test.example.net").environment(Environment.STAGING);
        done(new CloneSite("shop.example.net", staging));
        String drill = "drill-" + backup.value().toLowerCase(Locale.ROOT) + ".invalid";
        asked("shop.example.net", RestoreSite.of("shop.example.net", backup));
        asked("shop.example.net", RestoreSite.of("shop.example.net", backup).onlyPath("files/a.txt"));
        asked("shop.example.net", RestoreSite.of("shop.example.net", backup).onlyTable("orders"));
        asked("test.example.net", new SyncSite("shop.example.net", "test.example.net"));
        asked("copy.example.net", new RestoreCopy(backup, on("copy.example.net")));
        asked("copy.example.net", new CloneSite("shop.example.net", on("copy.example.net")));
        asked("copy.example.net", ImportSite.of("web1", "/srv/in/shop.tar.gz", on("copy.example.net")));
        asked(
                "copy.example.net",
                AdoptSite.of("web1", "/var/www/shop", on("copy.example.net")).database("web1/db", "old_shop"));
        asked(drill, new DrillBackup(backup, backup, Map.of()));
        assertThat(bench.aegir.inventory().backup(backup).orElseThrow().verified())
                .hasValueSatisfying(verified -> assertThat(verified.level()).isEqualTo(Backup.Level.STRUCTURE));
        assertThat(bench.aegir.inventory().sites())
                .extracting(site -> site.name().value())
                .containsExactlyInAnyOrder("shop.example.net", "test.example.net");
    }

    private void asked(String name, Task task) throws InterruptedException {
        assertThat(steps(task))
                .as(task.title())
                .containsSubsequence("shop: verify", "ask for " + name + "/", "publish " + name + " on web1");
        machines.broken = "ask for " + name + "/";
        assertThat(bench.run(task).state()).as(task.title()).isEqualTo(TaskState.ROLLED_BACK);
        machines.broken = "";
    }

    /** What needs no closed site is done before it is one, and nothing is done twice. */
    @Test
    void aRestoreIsRehearsedBeforeItClosesTheSite() throws InterruptedException {
        RestoreSite restore = RestoreSite.of("shop.example.net", taken());
        assertThat(steps(restore))
                .containsSubsequence(
                        "rehearse shop.example.net",
                        "publish shop.example.net on web1, frozen for the restore of backup " + restore.backup(),
                        "pool: ensure of php, before it is open",
                        "ask for shop.example.net/",
                        "shop.example.net is ready to be opened",
                        "publish shop.example.net on web1")
                .doesNotContain("pool: ensure of php");
        done(restore);
    }

    /** While nobody gets a page of a site, nobody asks for one. */
    @Test
    void aSiteThatIsNotOpenIsNotAsked() throws InterruptedException {
        Id backup = taken();
        done(new DisableSite("shop.example.net"));
        RestoreSite restore = RestoreSite.of("shop.example.net", backup);
        assertThat(steps(restore)).noneMatch(step -> step.contains("ask for"));
        done(restore);
    }

    @Test
    void aSiteWhoseProbeIsOffIsNotAsked() throws InterruptedException {
        Site silent = on("silent.example.net").with("probe", "off");
        assertThat(steps(new CloneSite("shop.example.net", silent))).noneMatch(step -> step.contains("ask for"));
        Site other = on("other.example.net").with("probe", "/up");
        assertThat(steps(new CloneSite("shop.example.net", other))).contains("ask for other.example.net/up");
    }
}
