// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunCron;
import dev.aegir.task.SyncSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.VerifySite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Code of one's own: by settings, and by an application in Java. */
@Tag("lab")
@Timeout(300)
class OwnApplicationIT {
    private static final String NAME = "app.example.net";
    private static final String START = """
            <?php
            $settings = json_decode(file_get_contents(getenv('AEGIR_SETTINGS')), true, 8, JSON_THROW_ON_ERROR);
            $at = $settings['database'];
            $db = new PDO("mysql:unix_socket=$at[socket];dbname=$at[name]", $at['user'], $at['password']);
            """;
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

    private static void write(String path, String text) {
        lab.web1
                .execWithInput(text, "sh", "-c", "mkdir -p \"${1%/*}\" && cat >\"$1\"", "sh", path)
                .orThrow();
    }

    @Test
    void phpBySettings() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            write("/srv/app/public/start.php", START);
            write("/srv/app/public/setup/install.php", """
                    <?php
                    require __DIR__ . '/../start.php';
                    $db->exec('CREATE TABLE notes (text VARCHAR(100))');
                    $db->exec("INSERT INTO notes VALUES ('installed as " . posix_getpwuid(posix_geteuid())['name'] . "')");
                    file_put_contents($settings['directories']['files'] . '/a.txt', 'a file');
                    """);
            write("/srv/app/public/setup/check.php", """
                    <?php
                    require __DIR__ . '/../start.php';
                    exit((int) $db->query('SELECT COUNT(*) FROM notes')->fetchColumn() > 0 ? 0 : 1);
                    """);
            write("/srv/app/public/setup/cron.php", """
                    <?php
                    require __DIR__ . '/../start.php';
                    $db->exec("INSERT INTO notes VALUES ('cron was here')");
                    """);
            write("/srv/app/public/index.php", """
                    <?php
                    require __DIR__ . '/start.php';
                    echo $settings['site']['name'], "\\n", implode("\\n", $db->query('SELECT text FROM notes')->fetchAll(PDO::FETCH_COLUMN));
                    """);
            WordPressLab.World before = lab.world();
            Site site = HostPhp.host(aegir, "/srv/app", NAME);
            Browser browser = lab.browser(NAME);
            assertThat(browser.get("/"))
                    .isEqualTo(new Page(
                            200, "", NAME + "\ninstalled as " + site.id().account()));
            assertThat(browser.get("/uploads/a.txt").body()).isEqualTo("a file");
            aegir.run(new RunCron(NAME)).orThrow();
            assertThat(browser.get("/").body()).endsWith("cron was here");
            assertThat(aegir.preview(new InstallSite(site)).isEmpty()).isTrue();
            aegir.run(new VerifySite(NAME)).orThrow();
            lab.sql("DELETE FROM `" + site.id().account() + "`.notes");
            TaskInfo broken = aegir.run(new VerifySite(NAME));
            assertThat(broken.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(broken.cause().orElse("")).contains("setup/check.php");
            aegir.run(new DeleteSite(NAME)).orThrow();
            assertThat(lab.world().differencesFrom(before)).isEmpty();
        }
    }

    @Test
    void phpOnPostgresql() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            write("/srv/pgapp/start.php", """
                    <?php
                    $at = (require getenv('AEGIR_SETTINGS'))['database'];
                    $db = new PDO("pgsql:host=$at[socket];port=$at[port];dbname=$at[name]", $at['user'], $at['password']);
                    $db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
                    """);
            write("/srv/pgapp/install.php", """
                    <?php
                    require __DIR__ . '/start.php';
                    $db->exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('installed')");
                    """);
            write("/srv/pgapp/check.php", """
                    <?php
                    require __DIR__ . '/start.php';
                    exit($db->query('SELECT COUNT(*) FROM notes')->fetchColumn() > 0 ? 0 : 1);
                    """);
            write("/srv/pgapp/index.php", """
                    <?php
                    require __DIR__ . '/start.php';
                    echo $db->query('SELECT text FROM notes')->fetchColumn(), ' ', $db->query('SELECT session_user')->fetchColumn();
                    """);
            aegir.run(new CreateCodebase(Codebase.of("pgapp", CodeSource.directory("/srv/pgapp"))
                            .application("php")
                            .on("web1")))
                    .orThrow();
            WordPressLab.World before = lab.world();
            Site site = Site.of(NAME, "pgapp")
                    .http("web1/http")
                    .runtime("web1/php82")
                    .database("web1/pg")
                    .with("php.install", "install.php")
                    .with("php.check", "check.php");
            aegir.run(new InstallSite(site)).orThrow();
            Browser browser = lab.browser(NAME);
            assertThat(browser.get("/").body())
                    .isEqualTo("installed " + site.id().account());
            aegir.run(new VerifySite(NAME)).orThrow();
            aegir.run(new RotateCredentials(NAME)).orThrow();
            assertThat(browser.get("/").body())
                    .isEqualTo("installed " + site.id().account() + "_2");
            aegir.run(new DeleteSite(NAME)).orThrow();
            assertThat(lab.world().differencesFrom(before)).isEmpty();
        }
    }

    /** A table is restored alone, and the database is copied while the site is open. */
    @Test
    void dataOnPostgresqlComesBackAndMoves() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            for (String code : List.of("pgnotes", "pgnext")) {
                write("/srv/" + code + "/start.php", """
                        <?php
                        $at = (require getenv('AEGIR_SETTINGS'))['database'];
                        $db = new PDO("pgsql:host=$at[socket];port=$at[port];dbname=$at[name]", $at['user'], $at['password']);
                        $db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
                        """);
                write("/srv/" + code + "/install.php", """
                        <?php
                        require __DIR__ . '/start.php';
                        $db->exec("CREATE TABLE notes (id SERIAL PRIMARY KEY, text TEXT); INSERT INTO notes (text) VALUES ('installed');
                            CREATE TABLE other (text TEXT); INSERT INTO other VALUES ('first')");
                        """);
                write("/srv/" + code + "/update.php", """
                        <?php
                        require __DIR__ . '/start.php';
                        $db->exec("INSERT INTO notes (text) VALUES ('updated')");
                        """);
                write("/srv/" + code + "/index.php", """
                        <?php
                        require __DIR__ . '/start.php';
                        echo $db->query('SELECT string_agg(text, $$ $$) FROM (SELECT text FROM notes UNION ALL SELECT text FROM other) x')
                            ->fetchColumn();
                        """);
                aegir.run(new CreateCodebase(Codebase.of(code, CodeSource.directory("/srv/" + code))
                                .application("php")
                                .on("web1")))
                        .orThrow();
            }
            Site site = Site.of(NAME, "pgnotes")
                    .environment(Environment.STAGING)
                    .http("web1/http")
                    .runtime("web1/php82")
                    .database("web1/pg")
                    .bind(ServiceKind.BACKUP, "web1/backup")
                    .with("php.install", "install.php")
                    .with("php.update", "update.php");
            aegir.run(new InstallSite(site)).orThrow();
            Browser browser = lab.browser(NAME);
            Id backup = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            in(site, "UPDATE notes SET text = 'late'; UPDATE other SET text = 'kept';");
            assertThat(browser.get("/").body()).isEqualTo("late kept");
            aegir.run(RestoreSite.of(NAME, backup).onlyTable("notes")).orThrow();
            assertThat(browser.get("/").body()).isEqualTo("installed kept");
            assertThat(in(site, "SELECT count(*) FROM pg_namespace WHERE nspname = 'aegir_before';"))
                    .contains("0");

            tablesGoDown(aegir, site);

            TaskInfo moved = aegir.run(new UpgradeSite(NAME, "pgnext")).orThrow();
            assertThat(moved.results()).containsEntry("seed.used", "true");
            assertThat(browser.get("/").body()).isEqualTo("installed updated kept");
        }
    }

    /** One table, and all but one. */
    private static void tablesGoDown(Aegir aegir, Site site) throws Exception {
        Site copy = site.identified(Id.next()).named("staging." + NAME);
        aegir.run(new CloneSite(NAME, copy)).orThrow();
        Browser browser = lab.browser("staging." + NAME);
        assertThat(browser.get("/").body()).isEqualTo("installed kept");
        in(copy, "UPDATE notes SET text = 'noted'; UPDATE other SET text = 'mine';");
        aegir.run(new SyncSite(NAME, "staging." + NAME).onlyTables("notes")).orThrow();
        assertThat(browser.get("/").body()).isEqualTo("installed mine");
        in(copy, "INSERT INTO notes (text) VALUES ('more');");
        aegir.run(new SyncSite(NAME, "staging." + NAME).exceptTables("notes")).orThrow();
        assertThat(browser.get("/").body()).isEqualTo("installed more kept");
        aegir.run(new DeleteSite("staging." + NAME)).orThrow();
        assertThat(lab.postgres("SELECT count(*) FROM pg_database WHERE datname LIKE '"
                        + copy.id().account() + "%';"))
                .contains("0");
    }

    private static String in(Site site, String sql) {
        return lab.postgres("\\connect " + site.id().account() + "\n" + sql + "\n");
    }

    @Test
    void anApplicationInJava() throws Exception {
        lab.fresh(home).close();
        write(
                "/srv/wiki/index.php",
                "<?php readfile(getenv('WIKI_HOME') . '/pages/start'); readfile(getenv('WIKI_HOME') . '/wiki.json');");
        write(
                "/srv/wiki/install.php",
                "<?php file_put_contents(getenv('WIKI_HOME') . '/pages/start', \"Welcome\\n\");");
        try (Aegir aegir = Aegir.builder().home(home).application(new Wiki()).open()) {
            aegir.run(new CreateCodebase(Codebase.of("wiki", CodeSource.directory("/srv/wiki"))
                            .application("wiki")
                            .on("web1")))
                    .orThrow();
            Site site = Site.of(NAME, "wiki").http("web1/http").runtime("web1/php84");
            aegir.run(new InstallSite(site)).orThrow();
            assertThat(lab.browser(NAME).get("/").body())
                    .isEqualTo("Welcome\n{\"site\": \"" + NAME + "\", \"id\": \"" + site.id() + "\"}\n");
        }
    }
}
