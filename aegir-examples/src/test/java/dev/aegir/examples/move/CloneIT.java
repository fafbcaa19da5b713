// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.Site;
import dev.aegir.task.CloneSite;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.RenameSite;
import dev.aegir.task.SyncSite;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a real WordPress. */
@Tag("lab")
@Timeout(900)
class CloneIT {
    private static final String NAME = MoveLab.NAME;
    /** Nobody's. */
    private static final String KEY = "sk_" + "live_" + "Aegir0Aegir1Aegir2Aegir3";

    private static final String FAILING = "/tmp/tests-fail";

    private static MoveLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new MoveLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    private static String dump(Site site) {
        return dump(lab.web1, site.id().account());
    }

    private static String dump(LabServer server, String database) {
        return server.exec("mariadb-dump", "--skip-dump-date", "--skip-extended-insert", database)
                .orThrow()
                .stdout();
    }

    /** Somebody pays by card, a form was filled in, and another program is told of it. */
    private static void payment(String database) {
        String stripe = "a:4:{s:7:\"enabled\";s:3:\"yes\";s:5:\"title\";s:4:\"Card\";s:10:\"secret_key\";s:"
                + KEY.length() + ":\"" + KEY + "\";s:8:\"testmode\";s:2:\"no\";}";
        MoveLab.sql(
                lab.web1,
                "USE " + database + "; INSERT INTO wp_options (option_name, option_value) VALUES"
                        + " ('woocommerce_stripe_settings', '" + stripe + "'),"
                        + " ('woocommerce_odd_settings', 'a:9:{" + KEY + "'),"
                        + " ('crm_account', 'Paid by Bob'), ('note', 'it was " + KEY + ", once');"
                        + " CREATE TABLE wp_gf_entry (id INT PRIMARY KEY, payment TEXT);"
                        + " INSERT INTO wp_gf_entry VALUES (1, 'Paid by Bob');");
    }

    private static void nobodyPays(Site copy) {
        assertThat(dump(copy)).doesNotContain(KEY, "Paid by Bob").contains("CREATE TABLE `wp_gf_entry`");
        assertThat(MoveLab.sql(
                        lab.web1,
                        "SELECT option_value FROM `" + copy.id().account() + "`.wp_options WHERE option_name IN"
                                + " ('woocommerce_stripe_settings', 'woocommerce_odd_settings', 'note')"
                                + " ORDER BY option_name"))
                .isEqualTo("it was " + "x".repeat(KEY.length()) + ", once\n\n"
                        + "a:4:{s:7:\"enabled\";s:2:\"no\";s:5:\"title\";s:4:\"Card\";s:10:\"secret_key\";s:0:\"\";"
                        + "s:8:\"testmode\";s:3:\"yes\";}\n");
    }

    /** How many mails leave the server because somebody has forgotten a password. */
    private static int mailsAfterAsking(String site, String user) throws Exception {
        lab.web1
                .execWithInput(
                        "#!/bin/sh\ncat >>/srv/mails; echo >>/srv/mails\n",
                        "sh",
                        "-c",
                        "cat >/usr/sbin/sendmail; chmod 755 /usr/sbin/sendmail; : >/srv/mails; chmod 666 /srv/mails")
                .orThrow();
        new Browser(lab.web1.http(), site)
                .post("/wp-login.php?action=lostpassword", Map.of("user_login", user, "wp-submit", "Get"));
        String mails = lab.web1.file("/srv/mails");
        lab.web1.exec("rm", "/usr/sbin/sendmail", "/srv/mails").orThrow();
        return (int) mails.lines().filter(line -> line.startsWith("To: ")).count();
    }

    /** Abuse cases 30 and 49: the copy reaches nobody, and the original is the same to the byte, also when the copy is gone. */
    @Test
    void aCopyForALowerEnvironment() throws Exception {
        TestedSites tests = new TestedSites(List.of("test", "!", "-e", FAILING));
        try (Aegir aegir = lab.fresh(Aegir.builder().home(home).extension(tests).open())) {
            Site source = aegir.inventory().site(NAME).orElseThrow();
            // What it runs regularly would write while it is compared.
            aegir.run(new UpdateSite(source.with("cron", "off"))).orThrow();
            String database = "`" + source.id().account() + "`";
            MoveLab.sql(lab.web1, "USE " + database + """
                    ;
                    INSERT INTO wp_users (user_login, user_pass, user_email) VALUES
                        ('bob', 'x', 'bob@customers.example.com'), ('eve', 'x', 'eve@example.org'), ('al', 'x', 'a@b.de');
                    INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES
                        (1, 'session_tokens', 'a:1:{s:1:"t";s:1:"x";}'), (1, '_application_passwords', 'a:0:{}');
                    INSERT INTO wp_options (option_name, option_value, autoload) VALUES
                        ('shop', 'a:1:{s:2:"to";s:25:"bob@customers.example.com";}', 'no'),
                        ('odd', 'x:"bob%40customers.example.com', 'no');
                    CREATE TABLE wp_woocommerce_api_keys (consumer_secret TEXT);
                    INSERT INTO wp_woocommerce_api_keys VALUES ('cs_of_the_shop');
                    CREATE TABLE wp_wc_webhooks (status VARCHAR(20), delivery_url TEXT);
                    INSERT INTO wp_wc_webhooks VALUES ('active', 'https://payments.example.com/notify');
                    UPDATE wp_comments SET comment_content = 'Write to Bob <bob@customers.example.com>, please.';
                    """);
            payment(database);
            lab.web1
                    .execWithInput(
                            "a picture",
                            "runuser",
                            "-u",
                            source.id().account(),
                            "--",
                            "tee",
                            "/srv/aegir/sites/" + source.id() + "/files/a.txt")
                    .orThrow();
            Fingerprint files = MoveLab.files(lab.web1);
            List<String> databases = MoveLab.databases(lab.web1);
            String rows = dump(source);

            TaskInfo untested = failing(
                    aegir, new CloneSite(NAME, source.identified(Id.next()).named("x.example.net")));
            assertThat(untested.cause().orElse("")).contains("tests of x.example.net");
            assertThat(MoveLab.files(lab.web1).differencesFrom(files)).isEmpty();
            assertThat(MoveLab.databases(lab.web1)).isEqualTo(databases);

            Site copy = MoveSite.copy(aegir, NAME);
            String other = "staging." + NAME;
            Site withCopy = aegir.inventory().site(other).orElseThrow();
            List<String> databasesWithCopy = MoveLab.databases(lab.web1);
            Browser visitor = new Browser(lab.web1.http(), other);
            Page page = visitor.get("/");
            assertThat(page).returns(200, Page::status);
            assertThat(page.body())
                    .contains("A moving story", "http://" + other + "/")
                    .doesNotContain("//" + NAME);
            assertThat(visitor.get("/wp-content/uploads/a.txt")).returns("a picture", Page::body);
            assertThat(rows).contains("bob@customers.example.com", KEY, "Paid by Bob");
            assertThat(dump(copy))
                    .doesNotContain("customers.example.com", "a@b.de", "session_tokens", "_application_passwords")
                    .contains("eve@example.org")
                    .containsPattern("s:25:.\"[0-9a-f]+@x\\.invalid");
            assertThat(lab.web1
                            .exec("sh", "-c", "ls /etc/systemd/system | grep -c " + copy.id() + " || true")
                            .orThrow()
                            .stdout()
                            .strip())
                    .as("nothing is run regularly")
                    .isEqualTo("0");
            assertThat(MoveLab.sql(lab.web1, "SELECT * FROM `" + copy.id().account() + "`.wp_woocommerce_api_keys"))
                    .isBlank();
            assertThat(MoveLab.sql(lab.web1, "SELECT status FROM `" + copy.id().account() + "`.wp_wc_webhooks"))
                    .isEqualTo("disabled\n");
            nobodyPays(copy);
            assertThat(page.body()).containsPattern("name='robots' content='noindex");
            assertThat(mailsAfterAsking(other, "eve"))
                    .as("mails that a copy sends")
                    .isZero();
            assertThat(dump(source)).isEqualTo(rows);
            assertThat(mailsAfterAsking(NAME, "eve"))
                    .as("mails that the original sends")
                    .isEqualTo(1);
            rows = dump(source);
            // The one way in is a link of ours.
            URI link = URI.create(
                    aegir.run(new LoginLink(other)).orThrow().results().get("login.link"));
            assertThat(visitor.get(link.getRawPath() + "?" + link.getRawQuery()))
                    .returns(302, Page::status);

            // What is written since then comes, too; never the other way by mistake.
            MoveLab.sql(lab.web1, "USE " + database + "; UPDATE wp_posts SET post_title = 'Moved on' WHERE ID = 1;");
            String later = dump(source);
            lab.web1
                    .exec("sh", "-c", "echo spoiled >/srv/aegir/sites/" + copy.id() + "/files/a.txt")
                    .orThrow();
            MoveSite.sync(aegir, NAME);
            assertThat(visitor.get("/").body())
                    .contains("Moved on", "http://" + other + "/")
                    .doesNotContain("//" + NAME);
            assertThat(visitor.get("/wp-content/uploads/a.txt")).returns("a picture", Page::body);
            assertThat(dump(lab.web1, copy.id().account() + "_2"))
                    .doesNotContain("customers.example.com", "a@b.de", "session_tokens")
                    .contains("eve@example.org");
            assertThat(MoveLab.databases(lab.web1)).hasSameSizeAs(databasesWithCopy);
            assertThat(dump(source)).isEqualTo(later);
            Site now = aegir.inventory().site(other).orElseThrow();
            assertThat(now.settings().without("db.name", "db.user"))
                    .isEqualTo(withCopy.settings().without("db.name", "db.user"));
            assertThatThrownBy(() -> aegir.run(new SyncSite(other, NAME))).hasMessageContaining("Content goes down");
            assertThat(dump(source)).isEqualTo(later);

            rows = partsGoDown(aegir, source, now);
            MoveLab.as(lab.web1, source, "rm -r files/2019");
            aegir.run(new DeleteSite(other)).orThrow();
            assertThat(MoveLab.files(lab.web1).differencesFrom(files)).isEmpty();
            assertThat(MoveLab.databases(lab.web1)).isEqualTo(databases);
            assertThat(dump(source)).isEqualTo(rows);
            assertThat(new Browser(lab.web1.http(), NAME).get("/")).returns(200, Page::status);
        }
    }

    /** Tests of the house that fail where a site would be served. */
    private static TaskInfo failing(Aegir aegir, Task task) throws Exception {
        lab.web1.exec("touch", FAILING).orThrow();
        TaskInfo failed = aegir.run(task);
        lab.web1.exec("rm", FAILING).orThrow();
        assertThat(failed.state()).as(failed.toString()).isEqualTo(TaskState.ROLLED_BACK);
        return failed;
    }

    /** What a database has, but for what WordPress notes whenever it is started. */
    private static List<String> content(String database) {
        return dump(lab.web1, database)
                .lines()
                .map(line -> line.replaceFirst(" AUTO_INCREMENT=[0-9]+", ""))
                .filter(line -> !line.matches("INSERT INTO `wp_options` .*'(_site)?(_transient_.*|cron)',.*"))
                .toList();
    }

    /** Some tables, all tables but some, one directory: sanitised, all of them or none, and nothing else. What the source has then. */
    private static String partsGoDown(Aegir aegir, Site source, Site staging) throws Exception {
        String target = staging.name().value();
        String database = staging.settings().text("db.name").orElseThrow();
        MoveLab.sql(
                lab.web1,
                "USE `" + source.id().account() + "`; UPDATE wp_posts SET post_title = 'In parts' WHERE ID = 1;"
                        + " UPDATE wp_options SET option_value = 'Of the source' WHERE option_name = 'blogdescription';"
                        + " USE `" + database + "`; UPDATE wp_users SET display_name = 'Tester of ours' WHERE ID = 1;"
                        + " UPDATE wp_options SET option_value = 'Of the copy' WHERE option_name = 'blogdescription';");
        MoveLab.as(lab.web1, source, "mkdir files/2019 && echo new >files/2019/b.txt");
        MoveLab.as(lab.web1, staging, "echo 'of the copy' >files/a.txt");
        String rows = dump(source);
        List<String> before = content(database);
        List<String> databases = MoveLab.databases(lab.web1);
        SyncSite posts = new SyncSite(NAME, target).onlyTables("wp_posts", "wp_comments");
        TaskInfo unknown = aegir.run(new SyncSite(NAME, target).onlyTables("wp_posts", "wp_none"));
        assertThat(unknown.state()).as(unknown.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(unknown.cause().orElse("")).contains("has no table wp_none");
        assertThat(failing(aegir, posts).cause().orElse("")).contains("tests of " + target);
        assertThat(content(database)).isEqualTo(before);
        assertThat(MoveLab.databases(lab.web1)).isEqualTo(databases);
        assertThat(aegir.preview(posts).steps().toString())
                .contains(
                        "table wp_posts of the database " + database, "table wp_comments of the database " + database);

        aegir.run(posts).orThrow();
        assertThat(MoveLab.databases(lab.web1)).isEqualTo(databases);
        assertThat(aegir.inventory().site(target)).contains(staging);
        assertThat(dump(lab.web1, database))
                .contains("In parts", "Of the copy", "Tester of ours")
                .doesNotContain("Of the source", "customers.example.com", "aegir_before");
        assertThat(new Browser(lab.web1.http(), target).get("/").body())
                .contains("In parts", "http://" + target + "/")
                .doesNotContain("//" + NAME);

        MoveSite.syncParts(aegir, NAME, target);
        String after = aegir.inventory()
                .site(target)
                .flatMap(site -> site.settings().text("db.name"))
                .orElseThrow();
        assertThat(dump(lab.web1, after))
                .contains("In parts", "Of the source", "Tester of ours")
                .doesNotContain("Of the copy", "customers.example.com", "aegir_before");
        assertThat(MoveLab.databases(lab.web1)).hasSameSizeAs(databases);
        assertThat(MoveLab.as(lab.web1, staging, "cat files/2019/b.txt files/a.txt"))
                .isEqualTo("new\nof the copy\n");
        assertThat(new Browser(lab.web1.http(), target).get("/")).returns(200, Page::status);
        assertThat(dump(source)).isEqualTo(rows);
        return rows;
    }

    /** Whatever names its settings bring along, a copy never gets at the original's database. */
    @Test
    void aCopyElsewhereAndUnderAnotherName() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            Site source = aegir.inventory().site(NAME).orElseThrow();
            Site copy = source.identified(Id.next())
                    .named("second.example.net")
                    .with("db.name", source.id().account())
                    .with("db.user", source.id().account())
                    .http("web2/http")
                    .runtime("web2/runtime")
                    .database("web2/db")
                    .backup("web2/backup")
                    .with("cron", "off");
            // Its code says that it is whole, and has no page to show there.
            String broken = Writers.code(lab.web2) + "/wp-content/mu-plugins/broken.php";
            List<String> databases = MoveLab.databases(lab.web2);
            lab.web2
                    .execWithInput("<?php if (PHP_SAPI !== 'cli') { http_response_code(500); exit; }", "tee", broken)
                    .orThrow();
            TaskInfo silent = aegir.run(new CloneSite(NAME, copy));
            lab.web2.exec("rm", broken).orThrow();
            assertThat(silent.state()).as(silent.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(silent.cause().orElse(""))
                    .contains("second.example.net/ is not served as it should be", " 500 ");
            assertThat(MoveLab.databases(lab.web2)).isEqualTo(databases);

            aegir.run(new CloneSite(NAME, copy)).orThrow();
            Browser visitor = new Browser(lab.web2.http(), "second.example.net");
            assertThat(visitor.get("/")).returns(200, Page::status);
            assertThat(MoveLab.databases(lab.web2).toString())
                    .contains(copy.id().account())
                    .doesNotContain(source.id().account());

            notRenamedIsAsItWas(aegir, copy);
            MoveSite.rename(aegir, "second.example.net", "third.example.net");
            Page page = new Browser(lab.web2.http(), "third.example.net").get("/");
            assertThat(page).returns(200, Page::status);
            assertThat(page.body()).contains("//third.example.net/").doesNotContain("second.example.net");
            assertThat(visitor.get("/")).returns(301, Page::status);
            assertThat(aegir.inventory().site("third.example.net").map(Site::id))
                    .contains(copy.id());
            // S9: nothing is left of the former name but what leads to the new one.
            assertThat(lab.web2
                            .exec("sh", "-c", "ls /etc/nginx/aegir/sites | wc -l")
                            .orThrow()
                            .stdout()
                            .strip())
                    .isEqualTo("1");
            assertThat(MoveLab.databases(lab.web2).toString())
                    .contains(copy.id().account() + "_2")
                    .doesNotContain(copy.id().account() + ",");
            goesUpWhenThatIsSaid(aegir, copy.id());
        }
    }

    /** Promise 11: also what spoke of the new name before it was the site's. */
    private static void notRenamedIsAsItWas(Aegir aegir, Site copy) throws Exception {
        String database = copy.id().account();
        MoveLab.sql(
                lab.web2,
                "UPDATE `" + database + "`.wp_posts SET post_content = CONCAT(post_content,"
                        + " ' http://third.example.net/before http://second.example.net/own') WHERE ID = 1");
        String rows = dump(lab.web2, database);
        List<String> databases = MoveLab.databases(lab.web2);
        assertThat(rows).contains("http://third.example.net/before http://second.example.net/own");
        // It works until it is renamed.
        String broken = "/opt/applications/wordpress-writer/wp-content/mu-plugins/broken.php";
        lab.web2
                .execWithInput(
                        "<?php if ($GLOBALS['wpdb']->get_var(\"SELECT COUNT(*) FROM wp_posts WHERE post_content LIKE"
                                + " '%third.example.net/own%'\")) { http_response_code(500); exit(1); }",
                        "tee", broken)
                .orThrow();
        TaskInfo failed = aegir.run(new RenameSite("second.example.net", "third.example.net"));
        lab.web2.exec("rm", broken).orThrow();
        assertThat(failed.state()).as(failed.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(dump(lab.web2, database)).isEqualTo(rows);
        assertThat(MoveLab.databases(lab.web2)).isEqualTo(databases);
        assertThat(new Browser(lab.web2.http(), "second.example.net").get("/")).returns(200, Page::status);
        assertThat(aegir.inventory().backupsOf(copy.id()))
                .as("its safety backup stays")
                .extracting(Backup::reason)
                .containsExactly(Backup.Reason.SAFETY);
    }

    /** What the public sees is overwritten only so, and is kept. */
    private static void goesUpWhenThatIsSaid(Aegir aegir, Id target) throws Exception {
        SyncSite sync = new SyncSite(NAME, "third.example.net");
        assertThatThrownBy(() -> aegir.run(sync)).hasMessageContaining("say so with up()");
        Site source = aegir.inventory().site(NAME).orElseThrow();
        MoveLab.sql(
                lab.web1, "UPDATE `" + source.id().account() + "`.wp_posts SET post_title = 'Brought up' WHERE ID = 1");
        TaskInfo synced = aegir.run(sync.up()).orThrow();
        assertThat(new Browser(lab.web2.http(), "third.example.net").get("/").body())
                .contains("Brought up", "//third.example.net/")
                .doesNotContain("//" + NAME);
        assertThat(aegir.inventory().backupsOf(target))
                .extracting(backup -> backup.id().value())
                .contains(synced.results().get("backup.id"));
        assertThat(new Browser(lab.web1.http(), NAME).get("/")).returns(200, Page::status);
    }
}
