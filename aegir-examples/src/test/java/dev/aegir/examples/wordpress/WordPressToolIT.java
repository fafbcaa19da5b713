// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.examples.Browser.Page;
import dev.aegir.model.Site;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.EnableSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RunCron;
import dev.aegir.task.RunInSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifySite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * wp-cli does a part of the work, and WordPress itself says what came of it. A program that stands in for it shows how it is found
 * and started, and what a lie leads to; the environment variable {@code AEGIR_TEST_WP_CLI} names a real one, as one file or as a
 * directory with {@code vendor/bin/wp}.
 */
@Tag("lab")
@Timeout(300)
class WordPressToolIT {
    private static final String NAME = "blog.example.net";
    private static final String CODE = "/srv/wp";
    private static final String TOOL = CODE + "/vendor/bin/wp";
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

    private static void shell(String script, String... words) {
        String[] all = new String[words.length + 4];
        all[0] = "sh";
        all[1] = "-ec";
        all[2] = script;
        all[3] = "sh";
        System.arraycopy(words, 0, all, 4, words.length);
        lab.web1.exec(all).orThrow();
    }

    private static void code(String version) {
        shell(
                "mkdir -p /srv/wp.new && cp -a \"/opt/applications/wordpress-$1/.\" /srv/wp.new && if [ -e /srv/wp/vendor ]; then"
                        + " mv /srv/wp/vendor /srv/wp.new; fi && rm -rf /srv/wp && mv /srv/wp.new /srv/wp",
                version);
    }

    private static void standIn() throws IOException {
        try (InputStream in = WordPressToolIT.class.getResourceAsStream("wp.php")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            lab.web1
                    .execWithInput(text, "sh", "-ec", "mkdir -p /srv/wp/vendor/bin && cat >\"$1\"", "sh", TOOL)
                    .orThrow();
        }
    }

    private static String files(Site site) {
        return "/srv/aegir/sites/" + site.id() + "/files/";
    }

    private static String tables(Site site) {
        return "`" + site.id().account() + "`.";
    }

    private static String database(Site site) {
        return lab.sql("SELECT option_value FROM " + tables(site) + "wp_options WHERE option_name = 'db_version'")
                .strip();
    }

    @Test
    void whatAToolSaysIsNoProof() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            code("6.8");
            standIn();
            WordPressLab.codebase(aegir, "wp", CODE);
            Site site = WordPressLab.site(NAME, "wp", "php82");
            aegir.run(new InstallSite(site)).orThrow();
            assertThat(aegir.run(new VerifySite(NAME)).orThrow().results())
                    .containsEntry("wordpress.tool", "wp-cli 2.99.0 (" + TOOL + ")");
            isStartedAsTheSite(aegir, site);

            // One that fails: said with its words, but for what they must not tell; nothing else does it in its stead.
            String expected = database(site);
            lab.sql("UPDATE " + tables(site)
                    + "wp_options SET option_value = '50000' WHERE option_name = 'db_version'");
            assertThat(aegir.preview(new UpdateDatabase(NAME)).toString())
                    .contains("from 50000 to " + expected, "by wp-cli 2.99.0 (" + TOOL + ")");
            shell("touch \"$1\"", files(site) + "fail");
            TaskHandle failing = aegir.submit(new UpdateDatabase(NAME));
            TaskInfo failed = failing.await(Duration.ofMinutes(2));
            assertThat(failed.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
            assertThat(failed.cause().orElse(""))
                    .contains("core update-db ended with 1", "it fails and tells the password", "web1", NAME)
                    .doesNotContainPattern("password [A-Za-z0-9]{20}");
            assertThat(database(site)).isEqualTo("50000");
            failing.release("it is mended");

            // One that lies: not believed, and the site stays closed.
            shell("rm \"$1\"", files(site) + "fail");
            TaskHandle lying = aegir.submit(new UpdateDatabase(NAME));
            TaskInfo lied = lying.await(Duration.ofMinutes(2));
            assertThat(lied.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
            assertThat(lied.cause().orElse(""))
                    .contains(
                            "the database is at 50000 where the code expects " + expected,
                            "tool=runner",
                            "no way back");
            assertThat(database(site)).isEqualTo("50000");
            assertThat(lab.browser(NAME).get("/").status()).isEqualTo(503);
            lying.release("it is done without");

            // Without it.
            Site known = aegir.inventory().site(NAME).orElseThrow();
            aegir.run(new UpdateSite(known.with("tool", "runner"))).orThrow();
            aegir.run(new UpdateDatabase(NAME)).orThrow();
            assertThat(database(site)).isEqualTo(expected);
            aegir.run(new EnableSite(NAME)).orThrow();
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);

            isOnlyAFileOfTheCode(aegir);
        }
    }

    private static void isStartedAsTheSite(Aegir aegir, Site site) throws Exception {
        aegir.run(new ClearCaches(NAME)).orThrow();
        String noted = lab.web1.file(files(site) + "ran.json");
        assertThat(noted)
                .contains(
                        "\"account\": \"" + site.id().account() + "\"",
                        "\"directory\": \"/\"",
                        "\"php\": \"8.2\"",
                        "\"input\": \"\"",
                        "\"HOME\": \"/nonexistent\"",
                        "\"WP_CLI_CONFIG_PATH\": \"/dev/null\"",
                        "\"WP_CLI_STRICT_ARGS_MODE\": \"1\"",
                        "\"AEGIR_SETTINGS\": \"/srv/aegir/sites/" + site.id() + "/settings/wp-config.php\"")
                .containsSubsequence(
                        "\"--path=/srv/wp\"", "\"--skip-packages\"", "\"--no-color\"", "\"cache\"", "\"flush\"")
                .doesNotContainPattern("[A-Za-z0-9]{40}")
                .doesNotContain("SSH_", "SUDO_");
    }

    /** What leads out of the code is never started, and a site that demands a tool says so before anything is changed. */
    private static void isOnlyAFileOfTheCode(Aegir aegir) throws Exception {
        shell("mv \"$1\" /srv/elsewhere.php && ln -s /srv/elsewhere.php \"$1\"", TOOL);
        Site known = aegir.inventory().site(NAME).orElseThrow();
        aegir.run(new UpdateSite(known.with("tool", "auto"))).orThrow();
        String refused = TOOL + " is a link that leads out of the code";
        assertThat(aegir.run(new VerifySite(NAME)).orThrow().results())
                .containsEntry("wordpress.tool", "runner: " + refused);
        aegir.run(new UpdateSite(known.with("tool", "wp-cli"))).orThrow();
        for (TaskInfo failed : List.of(aegir.run(new VerifySite(NAME)), aegir.run(new UpdateDatabase(NAME)))) {
            assertThat(failed.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(failed.cause().orElse("")).contains(refused, "setting tool", "web1");
        }
        assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
        // On the server it is root's alone.
        shell("rm \"$1\" && install -m 755 /srv/elsewhere.php /usr/local/bin/wp", TOOL);
        assertThat(aegir.run(new VerifySite(NAME)).orThrow().results())
                .containsEntry("wordpress.tool", "wp-cli 2.99.0 (/usr/local/bin/wp)");
        shell("chmod o+w /usr/local/bin/wp");
        assertThat(aegir.run(new VerifySite(NAME)).cause().orElse(""))
                .contains("/usr/local/bin/wp is a file that others than root can change");
    }

    @Test
    void wpCliItself() throws Exception {
        Optional<Path> real = Optional.ofNullable(System.getenv("AEGIR_TEST_WP_CLI"))
                .filter(value -> !value.isBlank())
                .map(Path::of);
        assumeTrue(real.isPresent(), "AEGIR_TEST_WP_CLI names no wp-cli: it is not tested with a real one");
        try (Aegir aegir = lab.fresh(home)) {
            code("6.1");
            String tool = bring(real.orElseThrow());
            WordPressLab.codebase(aegir, "wp", CODE);
            Site site = WordPressLab.site(NAME, "wp", "php82").with("tool", "wp-cli");
            aegir.run(new InstallSite(site)).orThrow();
            assertThat(aegir.run(new VerifySite(NAME)).orThrow().results().get("wordpress.tool"))
                    .matches("wp-cli [0-9.]+ \\(" + tool + "\\)");
            updates(aegir, site);
            aegir.run(new ClearCaches(NAME)).orThrow();
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
            cron(aegir, site, tool);
            rename(aegir, site, tool);
        }
    }

    /** Where it is on the server. */
    private static String bring(Path real) throws IOException, InterruptedException {
        boolean directory = Files.isDirectory(real);
        List<String> words = directory
                ? List.of("tar", "-C", real.toString(), "-c", "vendor")
                : List.of(
                        "tar",
                        "-C",
                        real.toAbsolutePath().getParent().toString(),
                        "-c",
                        real.getFileName().toString());
        Process tar = new ProcessBuilder(words).start();
        String packed = Base64.getEncoder().encodeToString(tar.getInputStream().readAllBytes());
        assertThat(tar.waitFor()).isZero();
        String script = directory
                ? "base64 -d | tar -C /srv/wp -x --no-same-owner"
                : "base64 -d | tar -xO >/usr/local/bin/wp && chmod 755 /usr/local/bin/wp";
        lab.web1.execWithInput(packed, "sh", "-ec", script).orThrow();
        return directory ? TOOL : "/usr/local/bin/wp";
    }

    /** It is wp-cli that did it, as the site, while nobody could see the site. */
    private static void updates(Aegir aegir, Site site) throws Exception {
        code("6.8");
        String seen = files(site) + "seen";
        lab.web1
                .execWithInput(
                        """
                        <?php
                        add_action('wp_upgrade', function () {
                            $page = stream_context_create(['http' => ['ignore_errors' => true, 'header' => 'Host: %s']]);
                            file_get_contents('http://127.0.0.1/', false, $page);
                            $who = posix_getpwuid(posix_geteuid())['name'];
                            $cli = defined('WP_CLI') ? 'wp-cli' : 'other';
                            file_put_contents('%s', "$cli $who " . PHP_VERSION . " $http_response_header[0]");
                        });
                        """.formatted(NAME, seen),
                        "sh",
                        "-ec",
                        "mkdir -p /srv/wp/wp-content/mu-plugins && cat >/srv/wp/wp-content/mu-plugins/watch.php")
                .orThrow();
        TaskInfo updated = aegir.run(new UpdateDatabase(NAME)).orThrow();
        assertThat(updated.results().get("wordpress.database"))
                .isEqualTo(updated.results().get("wordpress.database.expected"))
                .isEqualTo(database(site));
        assertThat(lab.web1.file(seen)).matches("wp-cli " + site.id().account() + " 8\\.2\\S* HTTP/1\\.1 503.*");
        assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
    }

    /** What is due has run, as wp-cli sees it. */
    private static void cron(Aegir aegir, Site site, String tool) throws Exception {
        lab.sql("UPDATE " + tables(site) + "wp_options SET option_value = REGEXP_REPLACE(option_value,"
                + " '^(a:[0-9]+:[{]i:)[0-9]{10};', '\\\\11600000000;') WHERE option_name = 'cron'");
        String[] due = {"cron", "event", "list", "--fields=hook,next_run_gmt", "--format=csv"};
        assertThat(asked(aegir, NAME, tool, due)).contains("2020-09-13 12:26:40");
        aegir.run(new RunCron(NAME)).orThrow();
        assertThat(asked(aegir, NAME, tool, due)).contains("hook,next_run_gmt").doesNotContain("2020-09-13");
    }

    /** No address of the former name is left, as wp-cli sees it; in tables of plugins neither. */
    private static void rename(Aegir aegir, Site site, String tool) throws Exception {
        lab.sql("CREATE TABLE " + tables(site) + "wp_shop (id INT PRIMARY KEY, data TEXT); INSERT INTO " + tables(site)
                + "wp_shop VALUES (1, 'a:1:{i:0;s:25:\"http://blog.example.net/x\";}')");
        String[] search = {
            "search-replace",
            "http://" + NAME,
            "http://other.example.net",
            "--all-tables-with-prefix",
            "--skip-columns=guid",
            "--precise",
            "--dry-run",
            "--format=count"
        };
        assertThat(Integer.parseInt(asked(aegir, NAME, tool, search).strip())).isPositive();
        aegir.run(new RenameSite(NAME, "news.example.net")).orThrow();
        assertThat(asked(aegir, "news.example.net", tool, search).strip()).isEqualTo("0");
        // In a copy of the database, which is now the site's.
        String copy = aegir.inventory()
                .site("news.example.net")
                .orElseThrow()
                .settings()
                .text("db.name")
                .orElseThrow();
        assertThat(lab.sql("SELECT data FROM `" + copy + "`.wp_shop").strip())
                .isEqualTo("a:1:{i:0;s:25:\"http://news.example.net/x\";}");
        assertThat(lab.browser("news.example.net").get("/")).returns(200, Page::status);
    }

    private static String asked(Aegir aegir, String name, String tool, String... words) throws Exception {
        String[] all = new String[words.length + 4];
        all[0] = tool;
        all[1] = "--path={root}";
        all[2] = "--skip-packages";
        all[3] = "--no-color";
        System.arraycopy(words, 0, all, 4, words.length);
        return aegir.run(RunInSite.of(name, "{interpreter}", all).changingNothing())
                .orThrow()
                .results()
                .get("output");
    }
}
