// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.portable.TakeOver;
import dev.aegir.model.Site;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A WordPress that somebody has set up by hand, with nginx, php-fpm and MariaDB, becomes a site of ours and stays as it was. */
@Tag("lab")
@Timeout(600)
class AdoptIT {
    private static final String NAME = HandMadeBlog.NAME;
    private static final String CODE = HandMadeBlog.CODE;
    private static final String OLD = HandMadeBlog.ROOT;
    private static final String UPLOADS = HandMadeBlog.UPLOADS;
    private static WordPressLab lab;
    private static HandMadeBlog blog;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new WordPressLab();
        blog = new HandMadeBlog(lab);
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    private static String root(String script) {
        return blog.root(script);
    }

    private static final String POSTS = "SELECT COUNT(*), SUM(CRC32(post_title)) FROM %s.%sposts";

    @Test
    void aBlogBecomesASiteOfOurs() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", CODE);
            blog.setUp("my_Blog_");
            // What ann may do is known by the names of keys.
            assertThat(lab.sql("SELECT meta_key FROM handmade.my_Blog_usermeta WHERE meta_key LIKE '%capabilities'"))
                    .isEqualTo("my_Blog_capabilities\n");
            List<String> before = blog.asItWas("my_Blog_");
            String posts = lab.sql(POSTS.formatted("handmade", "my_Blog_"));
            TaskInfo adopted = TakeOver.blog(aegir).orThrow();
            Site site = aegir.inventory().site(NAME).orElseThrow();
            assertThat(lab.sql(POSTS.formatted(site.id().account(), "wp_"))).isEqualTo(posts);
            // It is known by its role.
            assertThat(aegir.run(new LoginLink(NAME)).orThrow().result("login.user"))
                    .isEqualTo("ann");
            assertThat(root("cd /srv/aegir/sites/" + site.id()
                            + "/files/2026 && for i in 1 2 3 4 5; do cat p$i.txt; done; cat hard.txt; readlink soft.txt;"
                            + " stat -c '%a %U' p3.txt"))
                    .isEqualTo("picture 1\npicture 2\npicture 3\npicture 4\npicture 5\npicture 1\np2.txt\n644 "
                            + site.id().account() + "\n");
            assertThat(blog.asItWas("my_Blog_")).isEqualTo(before);
            assertThat(adopted.results())
                    .containsEntry("running.database", "handmade")
                    .containsEntry("import.format", "running-site")
                    .containsKey("freeze.milliseconds")
                    .containsEntry("load.compared", "true")
                    .containsEntry("load.rows", adopted.results().get("dump.rows"));
            assertThat(adopted.results().get("running.version"))
                    .startsWith("6.8")
                    .isEqualTo(adopted.results().get("wordpress.version"));
            assertThat(adopted.results().get("former.remains"))
                    .contains("/etc/nginx/sites-available/blog", OLD, "the database handmade of web1/db");
            assertThat(lab.web1.exists("/tmp/evil")).isFalse();
            assertThat(lab.web1.exec("find", "/srv/aegir/staging", "-type", "f").stdout())
                    .isBlank();
            // It is the new one that answers, from its own database and directory.
            lab.sql("UPDATE handmade.my_Blog_options SET option_value = 'The old one' WHERE option_name = 'blogname'");
            assertThat(lab.browser(NAME).get("/").body()).contains("Written by hand");
            blog.www("echo old >" + UPLOADS + "/2026/p1.txt");
            assertThat(lab.browser(NAME).get("/wp-content/uploads/2026/p1.txt").body())
                    .isEqualTo("picture 1\n");
            assertThat(lab.browser(NAME).get("/wp-content/uploads/2026/e.php").body())
                    .doesNotContain("touch");
            assertThat(lab.web1.exists("/tmp/evil")).isFalse();
            root("rm /etc/nginx/sites-enabled/blog /etc/php/8.2/fpm/pool.d/handmade.conf && rm -r " + OLD
                    + " && systemctl reload nginx php8.2-fpm");
            lab.sql("DROP DATABASE handmade; DROP USER ann@localhost");
            assertThat(lab.browser(NAME).get("/").body()).contains("Written by hand");
        }
    }

    private static AdoptSite task() {
        return AdoptSite.of("web1", OLD, WordPressLab.site(NAME, "wp", "php84")).database("web1/db", "handmade");
    }

    /** Whatever is wrong: there is no new site, nothing is left behind, and the old one answers as it did. */
    @Test
    void whatCannotBeTakenOverStaysAsItIs() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", CODE);
            aegir.run(new ScanCodebase("wp")).orThrow();
            blog.setUp("wp_");
            root("mkdir -p -m 0700 /srv/aegir/staging");
            WordPressLab.World before = lab.world();
            String evil = UPLOADS + "/evil";
            fails(aegir, task(), "ln -s ../../wp-config.php " + evil, "rm " + evil, "link");
            fails(aegir, task(), "echo x >" + evil + "; chmod 4755 " + evil, "rm " + evil, "run as somebody else");
            fails(
                    aegir,
                    task(),
                    "mv " + UPLOADS + " /var/www/elsewhere; ln -s /var/www/elsewhere " + UPLOADS,
                    "rm " + UPLOADS + "; mv /var/www/elsewhere " + UPLOADS,
                    "is a link");
            fails(
                    aegir,
                    task(),
                    "echo x >" + evil + "; chown root: " + evil + "; chmod 0600 " + evil,
                    "rm " + evil,
                    "cannot be read as www-data");
            String plugin = OLD + "/wp-content/plugins/only-there.php";
            fails(
                    aegir,
                    task(),
                    "printf '<?php\\n/* Plugin Name: Only there\\nVersion: 1.2 */\\n' >" + plugin,
                    "rm " + plugin,
                    "only-there");
            fails(
                    aegir,
                    task(),
                    "sed -i 's/wp_db_version = /&9/' " + OLD + "/wp-includes/version.php",
                    "sed -i 's/wp_db_version = 9/wp_db_version = /' " + OLD + "/wp-includes/version.php",
                    "schema lower");
            fails(aegir, task().database("web1/db", "elsewhere"), "true", "true", "has the database handmade");
            fails(
                    aegir,
                    task().database("web1/db", "elsewhere"),
                    "sed -i s/DB_NAME/DB_NONE/ " + OLD + "/wp-config.php",
                    "sed -i s/DB_NONE/DB_NAME/ " + OLD + "/wp-config.php",
                    "there is no database elsewhere");
            String prefix = "sed -i s/wp_/%s/ " + OLD + "/wp-config.php";
            fails(
                    aegir,
                    task(),
                    prefix.formatted("zz_"),
                    "sed -i s/zz_/wp_/ " + OLD + "/wp-config.php",
                    "begin with zz_");
            // Closed, and opened again, when it fails after that.
            fails(aegir, task().closedAtMost(Duration.ofMinutes(2)), "mkfifo " + evil, "rm " + evil, "FIFO");
            // What is switched on must be there, though it may be left behind otherwise.
            String active = "UPDATE handmade.wp_options SET option_value = '%s' WHERE option_name = 'active_plugins'";
            root("printf '<?php\\n/* Plugin Name: Only there */\\n' >" + plugin);
            lab.sql(active.formatted("a:1:{i:0;s:14:\"only-there.php\";}"));
            fails(aegir, task().leaving("only-there"), "true", "true", "only-there");
            lab.sql(active.formatted("a:0:{}"));
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            PlanPreview preview = aegir.preview(task().leaving("only-there"));
            assertThat(preview.steps().get(0).changes().toString()).contains("only-there", "its database is handmade");
            aegir.run(task().leaving("only-there")).orThrow();
            assertThat(aegir.inventory().site(NAME)).isPresent();
        }
    }

    private static void fails(Aegir aegir, AdoptSite task, String how, String back, String why) throws Exception {
        root(how);
        List<String> old = blog.asItWas("wp_");
        TaskInfo failed = aegir.run(task);
        assertThat(failed.state()).as(how + ": " + failed).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(failed.cause().orElse("")).as(how).contains(why);
        assertThat(blog.asItWas("wp_")).as(how).isEqualTo(old);
        assertThat(aegir.inventory().sites()).isEmpty();
        root(back);
        assertThat(lab.browser(NAME).get("/").body()).contains("Written by hand");
    }
}
