// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.host.Secret;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Environment;
import dev.aegir.model.Packages;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.task.ChangeRuntime;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
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
import dev.aegir.task.VerifySite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real WordPress on a real server, by the tasks that users have. */
@Tag("lab")
@Timeout(300)
class WordPressIT {
    private static final String NAME = "blog.example.net";
    private static WordPressLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new WordPressLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @ParameterizedTest
    @CsvSource({"6.1, php82", "6.8, php84"})
    void theLifeOfASite(String version, String php) throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-" + version);
            WordPressLab.World before = lab.world();
            Site site = WordPressLab.site(NAME, "wp", php);

            aegir.run(new InstallSite(site)).orThrow();
            Browser visitor = lab.browser(NAME);
            assertThat(visitor.get("/"))
                    .returns(200, Page::status)
                    .extracting(Page::body)
                    .asString()
                    .contains("Hello world!", "http://" + NAME + "/")
                    .containsPattern("<title>It.+s .+Ann.+s.+ \\\\ .*notes.* é</title>");
            assertThat(aegir.preview(new InstallSite(site)).isEmpty())
                    .as(() -> preview(aegir, site))
                    .isTrue();

            TaskInfo seen = aegir.run(new VerifySite(NAME)).orThrow();
            assertThat(seen.results())
                    .hasEntrySatisfying("wordpress.version", v -> assertThat(v).startsWith(version))
                    .containsEntry("wordpress.users", "1");
            packagesAreKnown(aegir, version);
            assertThat(aegir.run(new UpdateDatabase(NAME)).orThrow().results())
                    .containsEntry("wordpress.database", seen.results().get("wordpress.database.expected"));
            assertThat(visitor.get("/")).returns(200, Page::status);
            aegir.run(new ClearCaches(NAME)).orThrow();

            permalinksAndUploads(site, visitor);
            Browser logged = logsInOnce(aegir);
            passwordIsNew(aegir, site, logged);
            cronRuns(aegir, site);
            ownCommandsRun(aegir, site);
            credentialsChangeUnderTraffic(aegir, site);
            states(aegir);
            runtimeChangesUnderTraffic(aegir, site, php.equals("php82") ? "php84" : "php82");

            assertThat(aegir.secrets().below(SecretRef.of("site/" + site.id()))).hasSize(3);
            aegir.run(new DeleteSite(NAME)).orThrow();
            assertThat(aegir.secrets().below(SecretRef.of("site/" + site.id()))).isEmpty();
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            assertThat(aegir.secrets().find(SecretRef.of("site/" + site.id() + "/wordpress/salts")))
                    .isEmpty();
        }
    }

    private static String preview(Aegir aegir, Site site) {
        try {
            return aegir.preview(new InstallSite(site)).toString();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void permalinksAndUploads(Site site, Browser visitor) throws Exception {
        String post = lab.sql("SELECT CONCAT(DATE_FORMAT(post_date, '/%Y/%m/%d/'), post_name, '/') FROM `"
                        + site.id().account() + "`.wp_posts WHERE ID = 1")
                .strip();
        assertThat(visitor.get(post)).returns(200, Page::status);
        String directory = "/srv/aegir/sites/" + site.id() + "/files/2026";
        lab.web1
                .exec("runuser", "-u", site.id().account(), "--", "mkdir", "-p", directory)
                .orThrow();
        lab.web1
                .execWithInput("a picture", "runuser", "-u", site.id().account(), "--", "tee", directory + "/a.txt")
                .orThrow();
        assertThat(visitor.get("/wp-content/uploads/2026/a.txt")).returns("a picture", Page::body);
    }

    private static Browser logsInOnce(Aegir aegir) throws Exception {
        TaskInfo made = aegir.run(new LoginLink(NAME)).orThrow();
        String link = made.results().get("login.link");
        assertThat(made.results()).containsEntry("login.user", "ann lee");
        String token = link.substring(link.indexOf('=') + 1);
        assertThat(token).hasSizeGreaterThan(40);
        assertThat(aegir.task(made.id()).orElseThrow().events(0).toString()).doesNotContain(token);
        assertThat(lab.web1
                        .exec("grep", "-rlF", "-e", token, "/var/log", "/srv", "/var/lib/aegir", "/run")
                        .stdout())
                .as("files with the link in them, before it was followed")
                .isEmpty();
        // Several at once: it works for one.
        List<Browser> browsers =
                IntStream.range(0, 5).mapToObj(i -> lab.browser(NAME)).toList();
        ExecutorService threads = Executors.newFixedThreadPool(browsers.size());
        List<CompletableFuture<Page>> pages = new ArrayList<>();
        for (Browser browser : browsers) {
            pages.add(CompletableFuture.supplyAsync(() -> followed(browser, link), threads));
        }
        List<Integer> statuses =
                pages.stream().map(page -> page.join().status()).sorted().toList();
        threads.shutdown();
        assertThat(statuses).containsExactly(302, 403, 403, 403, 403);
        for (Browser browser : browsers) {
            if (browser.get("/wp-admin/").status() == 200) {
                assertThat(browser.get("/wp-admin/").body()).contains("Howdy", "ann lee");
                assertThat(lab.browser(NAME).follow(link).status()).isEqualTo(403);
                assertThat(lab.browser(NAME).get("/wp-login.php?aegir-login=x").status())
                        .isEqualTo(403);
                return browser;
            }
        }
        throw new AssertionError("nobody is logged in");
    }

    private static Page followed(Browser browser, String link) {
        try {
            return browser.follow(link);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void passwordIsNew(Aegir aegir, Site site, Browser logged) throws Exception {
        TaskInfo reset = aegir.run(new ResetPassword(NAME, "ann lee")).orThrow();
        assertThat(logged.get("/wp-admin/").status()).as("its session ended").isEqualTo(302);
        String name = reset.results().get("password.secret");
        assertThat(name).startsWith("site/" + site.id() + "/user/ann-lee.");
        Secret password = aegir.secrets().find(SecretRef.of(name)).orElseThrow();
        Browser other = lab.browser(NAME);
        other.get("/wp-login.php");
        Page page = other.post("/wp-login.php", Map.of("log", "ann lee", "pwd", password.reveal(), "testcookie", "1"));
        assertThat(page.status()).isEqualTo(302);
        assertThat(other.get("/wp-admin/")).returns(200, Page::status);
        assertThat(aegir.run(new ResetPassword(NAME, "nobody")).cause().orElse(""))
                .contains("it has no account nobody", NAME, "web1");
    }

    private static void cronRuns(Aegir aegir, Site site) throws Exception {
        String options = "`" + site.id().account() + "`.wp_options";
        String due = "SELECT option_value LIKE '%i:1600000000;%' FROM " + options + " WHERE option_name = 'cron'";
        lab.sql("UPDATE " + options + " SET option_value = REGEXP_REPLACE(option_value, '^(a:[0-9]+:[{]i:)[0-9]{10};', "
                + "'\\\\11600000000;') WHERE option_name = 'cron'");
        assertThat(lab.sql(due).strip()).isEqualTo("1");
        aegir.run(new RunCron(NAME)).orThrow();
        assertThat(lab.sql(due).strip()).isEqualTo("0");
    }

    private static void ownCommandsRun(Aegir aegir, Site site) throws Exception {
        TaskInfo ran = aegir.run(RunInSite.of(
                                NAME,
                                "{interpreter}",
                                "-r",
                                "require '{root}/wp-load.php'; echo get_bloginfo('name'), ' of ', "
                                        + "posix_getpwuid(posix_geteuid())['name'], ' in ', getcwd(), ': ', DB_PASSWORD;")
                        .changingNothing())
                .orThrow();
        assertThat(ran.results().get("output"))
                .contains(" of " + site.id().account() + " in /: ")
                .doesNotContainPattern("[A-Za-z0-9]{40}");
        assertThat(aegir.run(
                        RunInSite.of(NAME, "{interpreter}", "-r", "exit(3);").changingNothing()))
                .returns(TaskState.ROLLED_BACK, TaskInfo::state);
    }

    private static void credentialsChangeUnderTraffic(Aegir aegir, Site site) throws Exception {
        String before = lab.sql("SELECT User FROM mysql.global_priv WHERE User LIKE '"
                + site.id().account() + "%'");
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<Integer>> traffic = traffic(done);
        aegir.run(new RotateCredentials(NAME)).orThrow();
        done.set(true);
        assertThat(traffic.join()).isNotEmpty().allMatch(status -> status == 200);
        assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
        assertThat(lab.sql("SELECT User FROM mysql.global_priv WHERE User LIKE '"
                        + site.id().account() + "%'"))
                .isNotEqualTo(before)
                .hasLineCount(1);
    }

    private static void packagesAreKnown(Aegir aegir, String version) throws Exception {
        aegir.run(new ScanCodebase("wp")).orThrow();
        Packages code = aegir.inventory().packages("wp").orElseThrow();
        Packages site = aegir.inventory().sitePackages(NAME).orElseThrow();
        assertThat(site.find("core", "wordpress").orElseThrow().version()).startsWith(version);
        assertThat(site.find("core", "wordpress").orElseThrow().schema())
                .isEqualTo(code.find("core", "wordpress").orElseThrow().schema());
        assertThat(site.find("plugin", "akismet").orElseThrow().enabled()).contains(false);
        assertThat(site.entries())
                .filteredOn(
                        entry -> entry.type().equals("theme") && entry.enabled().orElse(false))
                .hasSize(1);
        assertThat(site.compare(code).differences())
                .as("the site has what its codebase has")
                .isEmpty();
        assertThat(site.table()).contains("akismet", "off");
    }

    /** From one PHP to another without a request that fails, and back again when the new one does not work. */
    private static void runtimeChangesUnderTraffic(Aegir aegir, Site site, String other) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<Integer>> traffic = traffic(done);
        aegir.run(new ChangeRuntime(NAME, "web1/" + other)).orThrow();
        done.set(true);
        assertThat(traffic.join()).isNotEmpty().allMatch(status -> status == 200);
        String pools = "ls /etc/php/*/fpm/pool.d/aegir-" + site.id() + ".conf /etc/systemd/system/aegir-php*-"
                + site.id() + ".timer";
        assertThat(lab.web1.exec("sh", "-c", pools).orThrow().stdout())
                .hasLineCount(2)
                .contains(other.equals("php84") ? "8.4" : "8.2");
        aegir.run(new VerifySite(NAME)).orThrow();
    }

    private static CompletableFuture<List<Integer>> traffic(AtomicBoolean done) {
        return CompletableFuture.supplyAsync(() -> {
            List<Integer> statuses = new ArrayList<>();
            while (!done.get()) {
                statuses.add(followed(lab.browser(NAME), "http://" + NAME + "/").status());
            }
            return statuses;
        });
    }

    /** The database of an older WordPress is brought to what a newer one expects, and nobody sees it between the two. */
    @Test
    void anUpdateClosesTheSite() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            lab.web1
                    .exec("cp", "-a", "/opt/applications/wordpress-6.1", "/srv/wp")
                    .orThrow();
            WordPressLab.codebase(aegir, "wp", "/srv/wp");
            Site site = WordPressLab.site(NAME, "wp", "php82");
            aegir.run(new InstallSite(site)).orThrow();
            // The code is another from one moment to the next; moving a site to another codebase is another task.
            lab.web1
                    .exec(
                            "sh",
                            "-c",
                            "rm -rf /srv/wp.new && cp -a /opt/applications/wordpress-6.8 /srv/wp.new && "
                                    + "mv /srv/wp /srv/wp.old && mv /srv/wp.new /srv/wp")
                    .orThrow();
            String answers = "/srv/aegir/sites/" + site.id() + "/files/seen";
            lab.web1
                    .execWithInput(
                            """
                            <?php
                            add_action('wp_upgrade', function () {
                                $page = stream_context_create(['http' => ['ignore_errors' => true, 'header' => 'Host: %s']]);
                                file_get_contents('http://127.0.0.1/', false, $page);
                                file_put_contents('%s', $http_response_header[0]);
                                if (file_exists('%s.fail')) { throw new Exception('it fails half way'); }
                            });
                            """.formatted(NAME, answers, answers),
                            "sh",
                            "-c",
                            "mkdir -p /srv/wp/wp-content/mu-plugins && cat >/srv/wp/wp-content/mu-plugins/watch.php")
                    .orThrow();
            TaskInfo updated = aegir.run(new UpdateDatabase(NAME)).orThrow();
            assertThat(updated.results().get("wordpress.database"))
                    .isEqualTo(updated.results().get("wordpress.database.expected"));
            assertThat(lab.web1.file(answers)).contains("503");
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
            assertThat(aegir.inventory().site(NAME).orElseThrow().state()).isEqualTo(SiteState.ENABLED);

            // One that ends half way leaves the site closed, and says that there is no way back.
            lab.sql("UPDATE `" + site.id().account()
                    + "`.wp_options SET option_value = '53496' WHERE option_name = 'db_version'");
            lab.web1.exec("touch", answers + ".fail").orThrow();
            TaskInfo failed = aegir.run(new UpdateDatabase(NAME));
            assertThat(failed.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
            assertThat(failed.cause().orElse("")).contains("it fails half way", "no way back");
            assertThat(lab.browser(NAME).get("/").status()).isEqualTo(503);
            assertThat(aegir.inventory().site(NAME).orElseThrow().state()).isEqualTo(SiteState.MAINTENANCE);
        }
    }

    private static void states(Aegir aegir) throws Exception {
        Browser visitor = lab.browser(NAME);
        aegir.run(new SetMaintenance(NAME, true)).orThrow();
        assertThat(visitor.get("/").status()).isEqualTo(503);
        assertThat(visitor.get("/wp-login.php").status()).isEqualTo(503);
        aegir.run(new SetMaintenance(NAME, false)).orThrow();
        assertThat(visitor.get("/").status()).isEqualTo(200);
        aegir.run(new DisableSite(NAME)).orThrow();
        assertThat(visitor.get("/").status()).isEqualTo(503);
        aegir.run(new EnableSite(NAME)).orThrow();
        assertThat(visitor.get("/").status()).isEqualTo(200);
    }

    @Test
    void aDatabaseThatIsInUseIsNotInstalledInto() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            Site site = WordPressLab.site(NAME, "wp", "php84");
            String database = site.id().account();
            // Ours by its mark, and yet with somebody's table.
            TaskInfo failed;
            WordPressLab.World before;
            lab.sql("CREATE DATABASE `" + database + "`; CREATE TABLE `" + database + "`.t (a INT)");
            before = lab.world();
            failed = aegir.run(new InstallSite(site));
            assertThat(failed.state()).as(String.valueOf(failed.cause())).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            assertThat(lab.sql("SHOW TABLES IN `" + database + "`").strip()).isEqualTo("t");
        }
    }

    @Test
    void aDatabaseThatStopsDuringTheInstallationLeavesNothing() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            WordPressLab.World before = lab.world();
            Site site = WordPressLab.site(NAME, "wp", "php84");
            String account = site.id().account();
            CompletableFuture<Void> trouble = CompletableFuture.runAsync(() -> lab.web1
                    .exec(
                            "sh",
                            "-c",
                            "until [ -e \"/var/lib/mysql/$1/wp_terms.frm\" ]; do sleep 0.02; done; "
                                    + "systemctl kill -s KILL mariadb; systemctl stop mariadb; "
                                    + "while pgrep -f '[a]egir-wordpress' >/dev/null; do sleep 0.1; done; "
                                    + "systemctl start mariadb",
                            "sh",
                            account)
                    .orThrow());
            TaskHandle task = aegir.submit(new InstallSite(site));
            TaskInfo failed = task.await(Duration.ofMinutes(2));
            trouble.join();
            if (failed.state() == TaskState.NEEDS_ATTENTION) {
                // It was quicker than the database came back, which a person would have seen to.
                assertThat(failed.cause().orElse("")).contains("MariaDB");
                task.retry();
                failed = task.await(Duration.ofMinutes(2));
            }
            assertThat(failed.state()).as(String.valueOf(failed.cause())).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(failed.cause().orElse("")).contains("cannot reach its database", NAME, "web1");
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            assertThat(aegir.inventory().sites()).isEmpty();
            assertThat(aegir.secrets().find(SecretRef.of("site/" + site.id() + "/wordpress/salts")))
                    .isEmpty();
        }
    }

    @Test
    void phpThatDoesNotRunIsSaidAndNothingIsLeft() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            lab.web1.exec("systemctl", "mask", "--now", "php8.4-fpm").orThrow();
            WordPressLab.World before = lab.world();
            TaskInfo failed = aegir.run(new InstallSite(WordPressLab.site(NAME, "wp", "php84")));
            assertThat(failed.state()).as(String.valueOf(failed.cause())).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(failed.cause().orElse("")).contains("php8.4-fpm is masked", NAME, "web1");
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            assertThat(aegir.inventory().sites()).isEmpty();
            lab.web1.exec("systemctl", "unmask", "php8.4-fpm").orThrow();
            // One that is merely dead is started.
            aegir.run(new InstallSite(WordPressLab.site(NAME, "wp", "php84"))).orThrow();
            assertThat(lab.browser(NAME).get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void codeThatIsNoWordPressIsNotTakenForOne() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            lab.web1.exec("install", "-d", "/opt/nothing/web").orThrow();
            WordPressLab.World before = lab.world();
            TaskInfo failed = aegir.run(new CreateCodebase(Codebase.of("wp", CodeSource.directory("/opt/nothing"))
                    .application("wordpress")
                    .on("web1")));
            assertThat(failed.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(failed.cause().orElse("")).contains("no WordPress", "web1");
            assertThat(lab.world()).isEqualTo(before);
            assertThat(aegir.inventory().codebases()).isEmpty();
        }
    }

    @Test
    void aStagingSiteIsForNoSearchEngine() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            aegir.run(new InstallSite(WordPressLab.site(NAME, "wp", "php82").environment(Environment.STAGING)))
                    .orThrow();
            assertThat(lab.browser(NAME).get("/").body()).containsPattern("name='robots' content='noindex");
        }
    }

    @Test
    void theExampleDoesWhatItSays() throws Exception {
        lab.web1.reset();
        String said = HostWordPress.host(
                home, lab.address(), lab.web1.hostKey(), "/opt/applications/wordpress-6.8", "notes.example.net");
        Browser browser = lab.browser("notes.example.net");
        assertThat(browser.follow(said.substring(0, said.indexOf(' '))).status())
                .isEqualTo(302);
        assertThat(Optional.of(said)).hasValueSatisfying(s -> assertThat(s).contains("/user/ann"));
    }
}
