// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.portable.CpanelFormat;
import dev.aegir.examples.portable.ImportAndExport;
import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.Site;
import dev.aegir.task.BackupCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.ExportBackups;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real WordPress leaves as a file and comes back as another site; so does one that somebody has packed by hand. */
@Tag("lab")
@Timeout(600)
class ImportIT {
    private static final String NAME = "blog.example.net";
    private static final String NEW = "moved.example.net";
    private static final String CODE = "/opt/applications/wordpress-6.8";
    private static final String IN = "/srv/aegir/incoming";
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

    private static void root(String script) {
        lab.web1.exec("sh", "-ec", script).orThrow();
    }

    private static BackedUpBlog installed(Aegir aegir) throws Exception {
        WordPressLab.codebase(aegir, "wp", CODE);
        Site site = WordPressLab.site(NAME, "wp", "php84").backup("web1/backup");
        aegir.run(new InstallSite(site)).orThrow();
        BackedUpBlog blog = new BackedUpBlog(lab, site).settled(aegir);
        blog.title("Written at home");
        blog.as("mkdir -p files/2026; echo 'a picture' >files/2026/a.txt; ln -s a.txt files/2026/b.txt");
        root("mkdir -p /srv/aegir/outgoing " + IN);
        return blog;
    }

    private static void answers(String name) throws Exception {
        assertThat(lab.browser(name).get("/").body())
                .contains("Written at home", "http://" + name + "/")
                .doesNotContain("http://" + NAME);
        assertThat(lab.browser(name).get("/wp-content/uploads/2026/a.txt"))
                .returns(200, Page::status)
                .returns("a picture\n", Page::body);
    }

    @Test
    void aSiteLeavesAndComesBackAsAnother() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            String rows = blog.rows(aegir);
            String file = "/srv/aegir/outgoing/blog.tar";
            String sum = ImportAndExport.export(aegir, NAME);
            assertThat(lab.web1.exec("sha256sum", file).stdout()).startsWith(sum);
            assertThat(lab.web1.exec("stat", "-c", "%a %U:%G", file).stdout()).isEqualTo("600 root:root\n");
            blog.title("Changed later");

            ImportAndExport.bring(aegir, file, NEW, NAME).orThrow();
            answers(NEW);
            Site site = aegir.inventory().site(NEW).orElseThrow();
            BackedUpBlog copy = new BackedUpBlog(lab, site);
            assertThat(lab.sql("SELECT post_title FROM `" + copy.database(aegir) + "`.wp_posts WHERE ID = 1"))
                    .isEqualTo("Written at home\n");
            assertThat(lab.web1.exec("find", "/srv/aegir/staging", "-type", "f").stdout())
                    .isBlank();
            assertThat(lab.browser(NAME).get("/").body()).contains("Changed later");
            assertThatThrownBy(() -> ImportAndExport.bring(aegir, file, NEW, NAME))
                    .hasMessageContaining("There is a site " + NEW);

            // Abuse case 30, also for what was imported.
            aegir.run(new DeleteSite(NEW)).orThrow();
            blog.title("Written at home");
            severalLeaveTogether(aegir);
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(lab.web1.exec("sha256sum", file).stdout()).startsWith(sum);
        }
    }

    /** A site and a codebase, with an index that a file is compared with when it is brought. */
    private static void severalLeaveTogether(Aegir aegir) throws Exception {
        String out = "/srv/aegir/outgoing/all";
        List<Id> backups = new ArrayList<>();
        aegir.inventory().backupsOf(aegir.inventory().site(NAME).orElseThrow().id()).stream()
                .map(Backup::id)
                .forEach(backups::add);
        BackupCodebase code = new BackupCodebase("wp", "web1/backup");
        aegir.run(code).orThrow();
        backups.add(code.id());
        root("touch " + out);
        TaskInfo inTheWay = aegir.run(new ExportBackups(backups, "web1", out));
        assertThat(inTheWay.state()).as(inTheWay.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(inTheWay.cause().orElse("")).contains("there is a " + out);
        root("rm " + out);

        TaskInfo exported = ImportAndExport.exportTogether(aegir, backups, out);
        String index = lab.web1.file(out + "/index.json");
        assertThat(lab.web1.exec("sha256sum", out + "/index.json").stdout())
                .startsWith(exported.result("export.sha256"));
        assertThat(lab.web1
                        .exec("sh", "-c", "cd " + out + " && sha256sum *.tar")
                        .stdout()
                        .lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(index)
                        .contains(line.substring(0, line.indexOf(' ')), line.substring(line.lastIndexOf(' ') + 1)));
        assertThat(index).contains(NAME, "\"title\":\"wp\"", "\"codebase\":\"wp\"");
        assertThat(lab.web1
                        .exec("stat", "-c", "%a %U", out, out + "/index.json")
                        .stdout())
                .isEqualTo("700 root\n600 root\n");

        String file = out + "/" + backups.get(0) + ".tar";
        ImportAndExport.bring(aegir, file, NEW, NAME).orThrow();
        answers(NEW);
        aegir.run(new DeleteSite(NEW)).orThrow();
        // Whole, and not what was exported.
        root("mv " + file + " /tmp/other.tar && cp /tmp/other.tar " + file + " && printf '%1024s' '' | tr ' ' '\\0' >>"
                + file);
        assertThatThrownBy(() -> ImportAndExport.bring(aegir, file, NEW, NAME))
                .hasMessageContaining("another checksum");
        root("rm -r " + out + " /tmp/other.tar");
    }

    /** As people pack a WordPress, with more than belongs into it. */
    private static void packByHand(BackedUpBlog blog, String database) {
        root(
                "rm -rf /tmp/pack; mkdir -p /tmp/pack/public_html/wp-content/plugins/evil && cd /tmp/pack && cp -a /srv/aegir/sites/"
                        + blog.site().id() + "/files public_html/wp-content/uploads"
                        + " && chgrp -R www-data . && chmod 2770 public_html/wp-content/uploads/2026"
                        + " && echo '<?php touch(\"/tmp/evil\");' | tee public_html/wp-config.php"
                        + " public_html/wp-content/plugins/evil/evil.php public_html/wp-content/uploads/2026/evil.php"
                        + " && mariadb-dump " + database + " >dump.sql");
    }

    private static void pack(String how) {
        root("cd /tmp/pack && " + how + " && tar -czf " + IN + "/blog.tar.gz *");
    }

    @Test
    void whatSomebodyHasPackedBecomesASiteAndItsCodeIsNeverRun() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            packByHand(blog, blog.database(aegir));
            pack("true");
            TaskInfo imported =
                    ImportAndExport.bring(aegir, IN + "/blog.tar.gz", NEW, NAME).orThrow();
            answers(NEW);
            assertThat(imported.results())
                    .containsEntry("import.format", "wordpress-archive")
                    .containsEntry("import.database.end", "proved");
            assertThat(Integer.parseInt(imported.results().get("import.database.tables")))
                    .isEqualTo(12);
            assertThat(lab.browser(NEW).get("/wp-content/uploads/2026/evil.php").body())
                    .doesNotContain("touch");
            assertThat(lab.web1.exists("/tmp/evil")).isFalse();
            Site site = aegir.inventory().site(NEW).orElseThrow();
            assertThat(lab.web1
                            .exec("find", "/srv/aegir/sites/" + site.id() + "/files", "-printf", "%P %m %u\\n")
                            .stdout())
                    .contains(
                            "2026/a.txt 644 " + site.id().account(),
                            "2026 755 " + site.id().account())
                    .doesNotContain("plugins");
            root("rm -r /tmp/pack");
        }
    }

    /** Whatever is wrong with it: there is no new site, nothing is left behind, and the archive is as it was. */
    @Test
    void anImportThatFailsLeavesNothing() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            aegir.run(new ScanCodebase("wp")).orThrow();
            packByHand(blog, blog.database(aegir));
            // What is kept between tasks, and what WordPress makes for itself once a month, are there already.
            root("mkdir -p -m 0700 /srv/aegir/staging; cd /tmp/pack; mv dump.sql whole.sql_");
            blog.as("mkdir -p files/$(date -u +%Y/%m)");
            fails(aegir, "head -c -300 whole.sql_ >dump.sql", "cut off");
            fails(aegir, "{ echo 'DROP DATABASE mysql;'; cat whole.sql_; } >dump.sql", "DROP");
            fails(
                    aegir,
                    "{ cat whole.sql_; echo \"UPDATE wp_options SET option_value ="
                            + " 'a:1:{i:0;s:21:\\\"shop-kit/shop-kit.php\\\";}' WHERE option_name = 'active_plugins';\"; }"
                            + " >dump.sql",
                    "shop-kit");
            fails(
                    aegir,
                    "{ sed s/wp_/zz_/g whole.sql_; echo 'CREATE VIEW seen AS SELECT 1;'; } >dump.sql",
                    "it has views, which would go on with the former names");
            root("rm -r /tmp/pack");
        }
    }

    private static WordPressLab.World before(String how) {
        pack(how);
        return lab.world();
    }

    private void fails(Aegir aegir, String how, String why) throws Exception {
        WordPressLab.World before = before(how);
        Site site = WordPressLab.site(NEW, "wp", "php84");
        TaskInfo failed = aegir.run(ImportSite.of("web1", IN + "/blog.tar.gz", site));
        assertThat(failed.state()).as(how + ": " + failed).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(failed.cause().orElse("")).as(how).contains(why);
        assertThat(lab.world().differencesFrom(before)).as(how).isEmpty();
        assertThat(aegir.inventory().sites()).hasSize(1);
    }

    /** A format that somebody brings. */
    @Test
    void aPluginKnowsAnotherFormat() throws Exception {
        lab.fresh(home).close();
        try (Aegir aegir =
                Aegir.builder().home(home).importFormat(new CpanelFormat()).open()) {
            BackedUpBlog blog = installed(aegir);
            packByHand(blog, blog.database(aegir));
            pack(
                    "mkdir -p cpmove-ann/cp cpmove-ann/mysql cpmove-ann/homedir; echo x >cpmove-ann/cp/ann;"
                            + " sed s/wp_/zz_/g dump.sql >cpmove-ann/mysql/ann_wp.sql; rm dump.sql; mv public_html cpmove-ann/homedir");
            aegir.run(new ScanCodebase("wp")).orThrow();
            Site site = WordPressLab.site(NEW, "wp", "php84");
            TaskInfo imported = aegir.run(ImportSite.of("web1", IN + "/blog.tar.gz", site)
                            .formerly(NAME)
                            .as("cpanel-backup"))
                    .orThrow();
            assertThat(imported.results()).containsEntry("import.format", "cpanel-backup");
            answers(NEW);
            assertThat(List.copyOf(aegir.inventory().sites())).hasSize(2);
            root("rm -r /tmp/pack");
        }
    }
}
