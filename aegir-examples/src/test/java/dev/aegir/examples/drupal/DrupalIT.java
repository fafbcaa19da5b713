// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.drupal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.host.Secret;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Environment;
import dev.aegir.model.PackageComparison;
import dev.aegir.model.Packages;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Site;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.CloneSite;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.ResetPassword;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunCron;
import dev.aegir.task.RunInSite;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.SetMaintenance;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifySite;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real Drupal on a real server, by the tasks that users have. The environment variable {@code AEGIR_TEST_DRUPAL} names a
 * directory or bare git repository with a project of Drupal 10 or later whose packages are installed and whose web root is {@code web};
 * {@code AEGIR_TEST_DRUPAL_NEXT} one with a newer Drupal, to update to.
 */
@Tag("lab")
@Timeout(600)
class DrupalIT {
    private static final String NAME = "shop.example.net";
    private static Optional<DrupalLab> opened = Optional.empty();

    @TempDir
    Path home;

    private static Optional<Path> project(String variable) {
        return Optional.ofNullable(System.getenv(variable))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }

    private static Path drupal() {
        Optional<Path> project = project("AEGIR_TEST_DRUPAL");
        assumeTrue(project.isPresent(), "AEGIR_TEST_DRUPAL names no Drupal: it is not tested against a real one");
        return project.orElseThrow();
    }

    private static DrupalLab lab() {
        return opened.orElseThrow();
    }

    @BeforeAll
    static void open() {
        if (project("AEGIR_TEST_DRUPAL").isPresent()) {
            opened = Optional.of(new DrupalLab());
        }
    }

    @AfterAll
    static void close() {
        opened.ifPresent(DrupalLab::close);
    }

    @Test
    void theLifeOfASite() throws Exception {
        Path project = drupal();
        DrupalLab lab = lab();
        try (Aegir aegir = lab.fresh(home, project)) {
            DrupalLab.codebase(aegir);
            List<Object> before = lab.world();
            Site site = DrupalLab.site(NAME, "db");

            aegir.run(new InstallSite(site)).orThrow();
            Browser visitor = lab.browser(NAME);
            assertThat(visitor.get("/"))
                    .returns(200, Page::status)
                    .extracting(Page::body)
                    .asString()
                    .contains("Ann", "shop", " é");
            assertThat(aegir.preview(new InstallSite(site)).isEmpty())
                    .as(aegir.preview(new InstallSite(site)).toString())
                    .isTrue();
            TaskInfo seen = aegir.run(new VerifySite(NAME)).orThrow();
            assertThat(seen.results())
                    .containsEntry("drupal.profile", "standard")
                    .containsEntry("drupal.updates", "0")
                    .containsEntry("drupal.maintenance", "off")
                    .hasEntrySatisfying("drupal.database", v -> assertThat(v).startsWith("mysql "));

            filesAreServedAndMade(site, visitor);
            settingsAreNotShown(site, visitor);
            Browser logged = logsInOnce(aegir);
            passwordIsNew(aegir, site, logged);
            cronRuns(aegir, site);
            aegir.run(new ClearCaches(NAME)).orThrow();
            assertThat(visitor.get("/")).returns(200, Page::status);
            aegir.run(new SetMaintenance(NAME, true)).orThrow();
            assertThat(visitor.get("/").status()).isEqualTo(503);
            aegir.run(new SetMaintenance(NAME, false)).orThrow();
            saltStays(aegir, site);
            aCopyForALowerEnvironment(aegir, aegir.inventory().site(NAME).orElseThrow());

            aegir.run(new DeleteSite(NAME)).orThrow();
            assertThat(lab.world()).isEqualTo(before);
            assertThat(aegir.secrets().find(salt(site))).isEmpty();
        }
    }

    private static SecretRef salt(Site site) {
        return SecretRef.of("site/" + site.id() + "/drupal/hash-salt");
    }

    private static void filesAreServedAndMade(Site site, Browser visitor) throws Exception {
        String files = "/sites/" + site.id() + "/files/";
        Matcher style = Pattern.compile("href=\"(" + files + "css/[^\"]*)\"")
                .matcher(visitor.get("/").body());
        assertThat(style.find()).as("styles are put together").isTrue();
        assertThat(visitor.get(style.group(1).replace("&amp;", "&")).status()).isEqualTo(200);
        lab().web1
                .execWithInput(
                        "a picture",
                        "runuser",
                        "-u",
                        site.id().account(),
                        "--",
                        "tee",
                        "/srv/aegir/sites/" + site.id() + "/files/a.txt")
                .orThrow();
        assertThat(visitor.get(files + "a.txt")).returns("a picture", Page::body);
        assertThat(visitor.get(files + "not-there.txt").status()).isEqualTo(404);
    }

    private static void settingsAreNotShown(Site site, Browser visitor) throws Exception {
        for (String path : List.of("/sites/" + site.id() + "/settings.php", "/sites/sites.php")) {
            assertThat(visitor.get(path).body()).as(path).doesNotContain("hash_salt", "databases", "AEGIR_SITE");
        }
        String file = "/srv/aegir/sites/" + site.id() + "/settings/settings.php";
        assertThat(lab().web1.exec("stat", "-c", "%a %U:%G", file).stdout())
                .isEqualTo("440 root:" + site.id().account() + "\n");
    }

    private static Browser logsInOnce(Aegir aegir) throws Exception {
        String link = aegir.run(new LoginLink(NAME)).orThrow().results().get("login.link");
        Browser browser = lab().browser(NAME);
        Page page = browser.follow(link);
        assertThat(page.status()).as(page.body()).isEqualTo(302);
        assertThat(page.location()).contains("/user/1/edit?pass-reset-token=");
        assertThat(browser.get("/admin/reports/status")).returns(200, Page::status);
        Page again = lab().browser(NAME).follow(link);
        assertThat(again.location()).as("the link works once").contains("/user/password");
        assertThat(aegir.run(new LoginLink(NAME, "nobody")).cause().orElse(""))
                .contains("it has no account nobody", NAME, "web1");
        return browser;
    }

    private static void passwordIsNew(Aegir aegir, Site site, Browser logged) throws Exception {
        TaskInfo reset = aegir.run(new ResetPassword(NAME, "ann lee")).orThrow();
        assertThat(logged.get("/admin/reports/status").status())
                .as("its session ended")
                .isEqualTo(403);
        String name = reset.results().get("password.secret");
        assertThat(name).isEqualTo("site/" + site.id() + "/drupal/password/ann-lee");
        Secret password = aegir.secrets().find(SecretRef.of(name)).orElseThrow();
        Browser other = lab().browser(NAME);
        Page page = other.post(
                "/user/login",
                Map.of("name", "ann lee", "pass", password.reveal(), "form_id", "user_login_form", "op", "Log in"));
        assertThat(page.status()).isBetween(302, 303);
        assertThat(other.get("/admin/reports/status")).returns(200, Page::status);
    }

    private static void cronRuns(Aegir aegir, Site site) throws Exception {
        String last = "SELECT value FROM `" + site.id().account()
                + "`.key_value WHERE collection = 'state' AND name = 'system.cron_last'";
        lab().sql("UPDATE `" + site.id().account()
                + "`.key_value SET value = 'i:1600000000;' WHERE collection = 'state' AND name = 'system.cron_last'");
        aegir.run(new RunCron(NAME)).orThrow();
        assertThat(lab().sql(last).strip()).isNotEqualTo("i:1600000000;");
    }

    private static void saltStays(Aegir aegir, Site site) throws Exception {
        String file = "/srv/aegir/sites/" + site.id() + "/settings/settings.php";
        Pattern salt = Pattern.compile("\\$settings\\['hash_salt'] = '([A-Za-z0-9]{40})';");
        Matcher before = salt.matcher(lab().web1.file(file));
        assertThat(before.find()).isTrue();
        aegir.run(new RotateCredentials(NAME)).orThrow();
        aegir.run(new VerifySite(NAME)).orThrow();
        Matcher after = salt.matcher(lab().web1.file(file));
        assertThat(after.find()).isTrue();
        assertThat(after.group(1)).isEqualTo(before.group(1));
        assertThat(lab().browser(NAME).get("/").status()).isEqualTo(200);
    }

    /** Abuse case 49: nobody's address is in the copy, nobody is logged in there, and the original stays as it is. */
    private static void aCopyForALowerEnvironment(Aegir aegir, Site source) throws Exception {
        String database = source.settings().text("db.name").orElse(source.id().account());
        lab().sql("USE `" + database + "`; UPDATE users_field_data SET mail = 'bob@customers.example.com',"
                + " init = 'bob@customers.example.com' WHERE uid = 1;");
        String names = "SELECT name, mail FROM `%s`.users_field_data WHERE uid = 1";
        String sessions = "SELECT COUNT(*) FROM `%s`.sessions";
        assertThat(lab().sql(sessions.formatted(database)).strip()).isNotEqualTo("0");

        Site copy = DrupalLab.site("staging." + NAME, "db").environment(Environment.STAGING);
        TaskInfo made = aegir.run(new CloneSite(NAME, copy)).orThrow();
        assertThat(made.state()).isEqualTo(TaskState.SUCCEEDED);
        String copied = copy.id().account();
        assertThat(lab().browser(copy.name().value()).get("/"))
                .returns(200, Page::status)
                .extracting(Page::body)
                .asString()
                .contains("shop");
        assertThat(lab().sql(sessions.formatted(copied)).strip()).isEqualTo("0");
        assertThat(lab().sql(names.formatted(copied))).contains("@").doesNotContain("customers.example.com");
        assertThat(lab().web1
                        .exec("sh", "-c", "mariadb-dump " + copied + " | grep -c customers.example || true")
                        .stdout()
                        .strip())
                .isEqualTo("0");
        assertThat(lab().sql(names.formatted(database))).contains("ann lee\tbob@customers.example.com");
        String link = aegir.run(new LoginLink(copy.name().value()))
                .orThrow()
                .results()
                .get("login.link");
        assertThat(lab().browser(copy.name().value()).follow(link).location()).contains("pass-reset-token=");
        aegir.run(new DeleteSite(copy.name().value())).orThrow();
        assertThat(lab().browser(NAME).get("/").status()).isEqualTo(200);
    }

    @Test
    void twoSitesOfOneCodebaseAndTheNextDrupal() throws Exception {
        Path project = drupal();
        DrupalLab lab = lab();
        try (Aegir aegir = lab.fresh(home, project)) {
            DrupalLab.codebase(aegir);
            Site one = DrupalLab.site(NAME, "db").with("profile", "minimal");
            Site other = DrupalLab.site("other.example.net", "pg")
                    .with("profile", "minimal")
                    .with("title", "Another");
            aegir.run(new InstallSite(one)).orThrow();
            aegir.run(new InstallSite(other)).orThrow();
            assertThat(lab.browser(NAME).get("/").body()).contains("shop").doesNotContain("Another");
            assertThat(lab.browser("other.example.net").get("/").body())
                    .contains("Another")
                    .doesNotContain("shop");
            assertThat(aegir.run(new VerifySite("other.example.net")).orThrow().results())
                    .hasEntrySatisfying("drupal.database", v -> assertThat(v).startsWith("pgsql "));

            aegir.run(new ScanCodebase("shop")).orThrow();
            aegir.run(new VerifySite(NAME)).orThrow();
            Packages packages = aegir.inventory().packages("shop").orElseThrow();
            Packages mine = aegir.inventory().sitePackages(NAME).orElseThrow();
            assertThat(mine.find("module", "system").orElseThrow().enabled()).contains(true);
            assertThat(mine.find("module", "system").orElseThrow().schema()).isPresent();
            assertThat(mine.find("module", "statistics")
                            .or(() -> mine.find("module", "ban"))
                            .orElseThrow()
                            .enabled())
                    .contains(false);
            assertThat(mine.compare(packages).ofWhatIsOn().table()).isEmpty();
            assertThat(packages.find("module", "system")).isPresent();
            Optional<Path> next = project("AEGIR_TEST_DRUPAL_NEXT");
            assumeTrue(next.isPresent(), "AEGIR_TEST_DRUPAL_NEXT names no newer Drupal: updates are not tested");
            lab.bring(next.orElseThrow());
            aegir.run(new ScanCodebase("shop")).orThrow();
            PackageComparison comparison =
                    packages.compare(aegir.inventory().packages("shop").orElseThrow());
            assertThat(comparison.of(PackageComparison.Kind.UPGRADE))
                    .anySatisfy(each -> assertThat(each.name()).isEqualTo("drupal"));
            for (String name : List.of(NAME, "other.example.net")) {
                assertThat(Integer.parseInt(aegir.run(new VerifySite(name))
                                .orThrow()
                                .results()
                                .get("drupal.updates")))
                        .isPositive();
                aegir.run(new UpdateDatabase(name)).orThrow();
                TaskInfo seen = aegir.run(new VerifySite(name)).orThrow();
                assertThat(seen.results())
                        .containsEntry("drupal.updates", "0")
                        .containsEntry("drupal.maintenance", "off");
                assertThat(lab.browser(name).get("/").status()).isEqualTo(200);
            }
            aegir.run(new DeleteSite(NAME)).orThrow();
            assertThat(lab.browser("other.example.net").get("/").status()).isEqualTo(200);
        }
    }

    /** Drush runs what only it knows; without it the same updates run, and that hook waits. */
    @Test
    void withDrushAndWithout() throws Exception {
        Path project = drupal();
        DrupalLab lab = lab();
        try (Aegir aegir = lab.fresh(home, project)) {
            boolean there = lab.web1
                    .exec("test", "-f", DrupalLab.CODE + "/vendor/drush/drush/drush")
                    .succeeded();
            assumeTrue(there, "the Drupal that AEGIR_TEST_DRUPAL names has no Drush: it is not tested with one");
            String bin = DrupalLab.CODE + "/vendor/bin/drush";
            lab.probe("");
            DrupalLab.codebase(aegir);
            Site site = DrupalLab.site(NAME, "db").with("profile", "minimal");
            aegir.run(new InstallSite(site)).orThrow();
            assertThat(aegir.run(new VerifySite(NAME)).orThrow().results().get("drupal.tool"))
                    .matches("drush [0-9.]+ \\(" + bin + "\\)");
            aegir.run(RunInSite.of(
                            NAME, "{interpreter}", bin, "--root={root}", "--local", "pm:install", "--yes", "probe"))
                    .orThrow();

            lab.probe("10001");
            assertThat(aegir.preview(new UpdateDatabase(NAME)).toString())
                    .contains("by drush ", "1 updates", "probe_deploy_once");
            TaskInfo updated = aegir.run(new UpdateDatabase(NAME)).orThrow();
            assertThat(updated.results())
                    .containsEntry("drupal.updated", "probe_update_10001")
                    .containsEntry("drupal.deploys", "0");
            String state = "SELECT name, value FROM `" + site.id().account()
                    + "`.key_value WHERE collection = 'state' AND name LIKE 'probe.%' ORDER BY name";
            String by = " of " + site.id().account() + " with 8.2";
            assertThat(lab.sql(state))
                    .contains("probe.10001", "drush" + by)
                    .containsPattern("probe\\.deploy\\b.*drush" + by);

            lab.probe("10002");
            aegir.run(new UpdateSite(aegir.inventory().site(NAME).orElseThrow().with("tool", "runner")))
                    .orThrow();
            lab.sql("DELETE FROM `" + site.id().account() + "`.key_value WHERE collection = 'deploy_hook'");
            assertThat(aegir.run(new UpdateDatabase(NAME)).orThrow().results())
                    .containsEntry("drupal.updated", "probe_update_10002")
                    .containsEntry("drupal.deploys", "1");
            assertThat(lab.sql(state)).containsPattern("probe\\.10002\\b.*runner" + by);
            assertThat(aegir.run(new VerifySite(NAME)).orThrow().results())
                    .containsEntry("drupal.updates", "0")
                    .containsEntry("drupal.maintenance", "off")
                    .containsEntry("drupal.tool", "runner: as the setting tool says");
            assertThat(lab.browser(NAME).get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void theExampleDoesWhatItSays() throws Exception {
        Path project = drupal();
        lab().web1.reset();
        lab().bring(project);
        String said = HostDrupal.host(
                home, lab().address(), lab().web1.hostKey(), CodeSource.directory(DrupalLab.CODE), "notes.example.net");
        URI link = URI.create(said.substring(0, said.indexOf(' ')));
        assertThat(lab().browser("notes.example.net").follow(link.toString()).location())
                .contains("/user/1/edit?pass-reset-token=");
        assertThat(said).endsWith(" 0");
    }
}
