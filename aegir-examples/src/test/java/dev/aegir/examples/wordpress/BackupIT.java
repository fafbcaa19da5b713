// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.Due;
import dev.aegir.TaskHandle;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.backup.BackUpAndProve;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.InstallSite;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.VerifyBackup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real WordPress is backed up to another server and to its own, and is what it was when it is restored. */
@Tag("lab")
@Timeout(600)
class BackupIT {
    private static final String NAME = "blog.example.net";
    private static final String CODE = "/opt/applications/wordpress-6.8";
    private static WordPressLab lab;
    private static LabServer vault;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new WordPressLab();
        // As large as a backup of an empty blog needs, and no larger.
        vault = lab.lab.server("vault", spec -> spec.fileSystem("/srv/aegir/backups", 24L << 20));
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    private static BackedUpBlog installed(Aegir aegir) throws Exception {
        WordPressLab.codebase(aegir, "wp", CODE);
        Site site = WordPressLab.site(NAME, "wp", "php84").backup("web1/backup");
        aegir.run(new InstallSite(site)).orThrow();
        BackedUpBlog blog = new BackedUpBlog(lab, site).settled(aegir);
        blog.as("mkdir -p files/2026; echo 'a picture' >files/2026/a.txt; ln -s a.txt files/2026/b.txt");
        return blog;
    }

    private static Server vault() {
        return Server.at("vault", vault.address()).hostKey(vault.hostKey()).credential(WordPressLab.KEY);
    }

    /** G2: what is dropped in the end is what the site had before, and never the database that has taken its place. */
    @Test
    void aSiteIsWhatItWasWhenItIsRestored() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            vault.reset();
            BackedUpBlog blog = installed(aegir);
            BackUpAndProve example = new BackUpAndProve(aegir);
            example.offer(vault());
            String rows = blog.rows(aegir);
            String files = blog.files();

            Id backup = example.backUp(NAME);
            assertThat(aegir.inventory()
                            .backup(backup)
                            .orElseThrow()
                            .verified()
                            .orElseThrow()
                            .level())
                    .isEqualTo(Level.FULL);
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
            assertThat(blog.left(aegir)).isEmpty();

            blog.title("Changed by mistake");
            blog.as("rm files/2026/a.txt; echo worse >files/2026/c.txt; mkdir files/2027");
            String laterRows = blog.rows(aegir);
            String laterFiles = blog.files();
            Id safety = example.restore(NAME, backup);

            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            assertThat(lab.browser(NAME).get("/").body()).contains("Hello world!");
            assertThat(lab.browser(NAME).get("/wp-content/uploads/2026/a.txt").body())
                    .isEqualTo("a picture\n");
            assertThat(blog.left(aegir)).isEmpty();
            assertThat(aegir.inventory().backup(safety).orElseThrow())
                    .returns(Backup.Reason.SAFETY, Backup::reason)
                    .returns(Backup.Consistency.FROZEN, Backup::consistency);

            // Also a restore can be taken back.
            example.restore(NAME, safety);
            assertThat(blog.rows(aegir)).isEqualTo(laterRows);
            assertThat(blog.files()).isEqualTo(laterFiles);

            example.restoreDatabase(NAME, backup);
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(laterFiles);
            assertThat(blog.left(aegir)).isEmpty();
            Due due = example.regularly(NAME);
            assertThat(due.refused()).isEmpty();
            for (TaskHandle task : due.tasks()) {
                assertThat(task.await(Duration.ofMinutes(5)).state()).isEqualTo(TaskState.SUCCEEDED);
            }
            assertThat(aegir.inventory().backupsOf(blog.site().id()))
                    .extracting(Backup::reason)
                    .contains(Backup.Reason.SCHEDULED);
            assertThat(example.prune(NAME)).extracting(Backup::id).contains(backup, safety);
            assertThat(example.delete(safety).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(vault.exists("/srv/aegir/backups/" + blog.site().id() + "/" + safety))
                    .isFalse();

            TaskInfo deleted = aegir.run(new DeleteSite(NAME)).orThrow();
            Id last = Id.of(deleted.results().get("backup.id"));
            aegir.run(new VerifyBackup(last, Level.FULL)).orThrow();
            assertThat(lab.sql("SHOW DATABASES LIKE 's0%'")).isBlank();
        }
    }

    /** One upload and one table come back; what was written later elsewhere stays. */
    @Test
    void aPartOfASiteIsWhatItWas() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            Id backup = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            BackUpAndProve example = new BackUpAndProve(aegir);
            blog.title("Changed by mistake");
            lab.sql("UPDATE `" + blog.database(aegir) + "`.wp_options SET option_value = 'Later'"
                    + " WHERE option_name = 'blogdescription'");
            blog.as("echo worse >files/2026/a.txt; echo later >files/2026/c.txt");

            example.restoreParts(NAME, backup);
            assertThat(lab.browser(NAME).get("/").body()).contains("Hello world!");
            assertThat(blog.rows(aegir)).contains("Later");
            assertThat(blog.as("cat files/2026/a.txt files/2026/c.txt")).isEqualTo("a picture\nlater\n");
            assertThat(blog.left(aegir)).isEmpty();

            String files = blog.files();
            String rows = blog.rows(aegir);
            // Not beyond a link, not what the backup lacks, not what others refer to; and it is taken back when it does
            // not work.
            blog.as("ln -s /etc files/away");
            refused(aegir, RestoreSite.of(NAME, backup).onlyPath("files/away/passwd"), "is no directory");
            blog.as("rm files/away; mkdir -p files/2026; touch -d @1 files");
            files = blog.files();
            refused(
                    aegir,
                    RestoreSite.of(NAME, backup).onlyPath("files/2026/c.txt"),
                    "files/2026/c.txt was not brought");
            refused(aegir, RestoreSite.of(NAME, backup).onlyTable("wp_none"), "has no table wp_none");
            lab.sql("USE `" + blog.database(aegir)
                    + "`; CREATE TABLE aegir_child (id INT PRIMARY KEY, post BIGINT UNSIGNED,"
                    + " FOREIGN KEY (post) REFERENCES wp_posts (ID)) ENGINE=InnoDB");
            refused(aegir, RestoreSite.of(NAME, backup).onlyTable("wp_posts"), "foreign key aegir_child.");
            lab.sql("DROP TABLE `" + blog.database(aegir) + "`.aegir_child");
            lab.web1
                    .exec("mv", CODE + "/wp-includes/version.php", CODE + "/wp-includes/version.away")
                    .orThrow();
            TaskInfo table = aegir.run(RestoreSite.of(NAME, backup).onlyTable("wp_options"));
            TaskInfo path = aegir.run(RestoreSite.of(NAME, backup).onlyPath("files/2026/b.txt"));
            lab.web1
                    .exec("mv", CODE + "/wp-includes/version.away", CODE + "/wp-includes/version.php")
                    .orThrow();
            assertThat(List.of(table.state(), path.state()))
                    .as(table + "\n" + path)
                    .containsOnly(TaskState.ROLLED_BACK);
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            assertThat(blog.left(aegir)).isEmpty();
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);

            // All files and no row.
            aegir.run(RestoreSite.of(NAME, backup).only(RestoreSite.What.FILES)).orThrow();
            assertThat(blog.as("ls files/2026/*; cat files/2026/a.txt"))
                    .contains("a picture\n")
                    .doesNotContain("c.txt");
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.left(aegir)).isEmpty();
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
        }
    }

    /** Code that is nowhere else is the same to the byte. */
    @Test
    void codeComesBack() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            WordPressLab.codebase(aegir, "wp", CODE);
            String again = "/opt/applications/wordpress-again";
            BackUpAndProve example = new BackUpAndProve(aegir);
            example.code(
                    "wp",
                    Codebase.of("again", CodeSource.directory(again))
                            .application("wordpress")
                            .on("web1"));
            assertThat(lab.web1
                            .exec("diff", "-r", "--no-dereference", CODE, again)
                            .orThrow()
                            .stdout())
                    .isEmpty();
            aegir.run(new InstallSite(WordPressLab.site(NAME, "again", "php84")))
                    .orThrow();
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
            aegir.run(new VerifyBackup(aegir.inventory().backups().get(0).id(), Level.FULL))
                    .orThrow();
            lab.web1.exec("rm", "-r", again).orThrow();
            for (TaskHandle task : example.codeRegularly("wp").tasks()) {
                assertThat(task.await(Duration.ofMinutes(5)).state()).isEqualTo(TaskState.SUCCEEDED);
            }
            assertThat(aegir.inventory().backups())
                    .extracting(Backup::reason)
                    .containsExactly(Backup.Reason.SCHEDULED, Backup.Reason.MANUAL);
        }
    }

    private static void refused(Aegir aegir, RestoreSite task, String why) throws Exception {
        TaskInfo ended = aegir.run(task);
        assertThat(ended.state()).as(ended.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElse("")).contains(why);
    }

    /** A backup is restorable only after it was restored somewhere, and the site answered. */
    @Test
    void aBackupBecomesASiteOfItsOwn() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            blog.title("Of the original");
            lab.sql("INSERT INTO `" + blog.database(aegir) + "`.wp_users (user_login, user_pass, user_email)"
                    + " VALUES ('bob', 'x', 'bob@customers.example.com')");
            String rows = blog.rows(aegir);
            String files = blog.files();
            Id backup = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            WordPressLab.World before = lab.world();

            new BackUpAndProve(aegir).drill(backup);
            assertThat(aegir.inventory()
                            .backup(backup)
                            .orElseThrow()
                            .verified()
                            .orElseThrow()
                            .level())
                    .isEqualTo(Level.DRILL);
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            assertThat(aegir.inventory().sites())
                    .extracting(Site::id)
                    .containsExactly(blog.site().id());

            Site copy = WordPressLab.site("copy.example.net", "wp", "php82");
            new BackUpAndProve(aegir).restoreCopy(backup, copy);
            assertThat(lab.browser("copy.example.net").get("/").body())
                    .contains("Of the original", "http://copy.example.net/")
                    .doesNotContain(NAME);
            assertThat(lab.browser("copy.example.net")
                            .get("/wp-content/uploads/2026/a.txt")
                            .body())
                    .isEqualTo("a picture\n");
            // Abuse case 30.
            aegir.run(new DeleteSite("copy.example.net")).orThrow();
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            staging(aegir, backup);
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            assertThat(lab.browser(NAME).get("/").body()).contains("Of the original");
        }
    }

    /** Abuse case 49: nobody of the original is left in it, and nothing of it goes out. */
    private static void staging(Aegir aegir, Id backup) throws Exception {
        Site staging = WordPressLab.site("staging.example.net", "wp", "php84").environment(Environment.STAGING);
        new BackUpAndProve(aegir).restoreCopy(backup, staging);
        assertThat(lab.browser("staging.example.net").get("/").body())
                .contains("Of the original", "noindex")
                .doesNotContain(NAME);
        assertThat(lab.sql("SELECT user_login, user_email, user_pass FROM `"
                        + staging.id().account() + "`.wp_users"))
                .contains("bob", "@x.invalid\t!")
                .doesNotContain("customers.example.com", "ann@");
        assertThat(aegir.inventory().site("staging.example.net").orElseThrow().settings())
                .returns(Optional.of("off"), settings -> settings.text("cron"))
                .returns(Optional.of("off"), settings -> settings.text("mail"));
        assertThat(lab.web1
                        .exec("sh", "-c", "ls /etc/systemd/system | grep " + staging.id() + " || true")
                        .orThrow()
                        .stdout())
                .as("nothing is run regularly")
                .isEmpty();
        aegir.run(new DeleteSite("staging.example.net")).orThrow();
    }

    /** Abuse case 21, and what a restore of a clone must never do to the site it came from. */
    @Test
    void aSiteIsNeverRestoredFromTheBackupOfAnother() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            installed(aegir);
            Id backup = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            aegir.run(new InstallSite(WordPressLab.site("other.example.net", "wp", "php84")))
                    .orThrow();
            WordPressLab.World before = lab.world();
            assertThatThrownBy(() -> aegir.run(RestoreSite.of("other.example.net", backup)))
                    .hasMessageContaining("only ever restored from its own backups");
            assertThat(lab.world().differencesFrom(before)).isEmpty();
        }
    }

    @Test
    void theLastBackupIsNotDeletedUnlessThatIsSaid() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            installed(aegir);
            Id only = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            assertThatThrownBy(() -> aegir.run(new DeleteBackup(only))).hasMessageContaining("the last one");
            assertThat(aegir.inventory().backup(only)).isPresent();
            aegir.run(new DeleteBackup(only, true)).orThrow();
            assertThat(aegir.inventory().backups()).isEmpty();
        }
    }

    /** Abuse case 23, and 28 for what is between two servers. */
    @Test
    void aBackupThatFailsLeavesNothing() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            vault.reset();
            BackedUpBlog blog = installed(aegir);
            BackUpAndProve example = new BackUpAndProve(aegir);
            example.offer(vault());
            Id good = example.backUp(NAME);
            String stored = vault.exec("find", "/srv/aegir/backups", "-type", "f")
                    .orThrow()
                    .stdout();
            blog.as("head -c 40000000 /dev/urandom >files/large");
            String rows = blog.rows(aegir);
            String files = blog.files();

            TaskInfo full = aegir.run(BackupSite.of(NAME).to("vault/backup").frozen());
            assertThat(full.state()).as(full.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(full.cause().orElse("")).contains("No space left");

            // Neither where it is read nor where it is kept may anybody kill a program unnoticed.
            for (String victim : List.of("zstd", "tar", "openssl")) {
                doomed(victim);
                TaskInfo task = aegir.run(BackupSite.of(NAME));
                assertThat(spared(victim)).as("a %s was killed", victim).isFalse();
                assertThat(task.state()).as(victim + ": " + task).isEqualTo(TaskState.ROLLED_BACK);
            }
            assertThat(vault.exec("find", "/srv/aegir/backups", "-type", "f")
                            .orThrow()
                            .stdout())
                    .isEqualTo(stored);
            assertThat(lab.web1
                            .exec("find", "/srv/aegir/backups", "/srv/aegir/staging", "-mindepth", "2", "-type", "f")
                            .stdout())
                    .isBlank();
            assertThat(aegir.inventory().backups()).extracting(Backup::id).containsExactly(good);
            aegir.run(new VerifyBackup(good, Level.FULL)).orThrow();
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            assertThat(lab.browser(NAME).get("/")).returns(200, Page::status);
        }
    }

    /** The next program of this name is killed when it has printed something. */
    private static void doomed(String program) {
        String instead = """
                #!/bin/sh
                if mkdir /tmp/killed 2>/dev/null; then
                    /usr/bin/%1$s "$@" | head -c 20
                    kill -KILL $$
                fi
                exec /usr/bin/%1$s "$@"
                """.formatted(program);
        lab.web1
                .exec(
                        "sh",
                        "-ec",
                        "printf %s \"$1\" >/usr/local/bin/$2; chmod 755 /usr/local/bin/$2",
                        "sh",
                        instead,
                        program)
                .orThrow();
    }

    /** Whether none was killed; from now on none is. */
    private static boolean spared(String program) {
        return !lab.web1
                .exec("sh", "-ec", "rm /usr/local/bin/$1; rmdir /tmp/killed", "sh", program)
                .succeeded();
    }

    /** Abuse case 17: a directory that is a link to somebody else's every other moment. */
    @Test
    void whateverASiteDoesToItsDirectoriesNothingElseIsReadOrWritten() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            lab.web1
                    .exec(
                            "sh",
                            "-ec",
                            "mkdir -m 0700 /srv/witness; echo the witness >/srv/witness/a.txt; mkdir /srv/witness/d")
                    .orThrow();
            String witness = "find /srv/witness -printf '%p|%y|%m|%U|%C@|%l\\n' | sort; sha256sum /srv/witness/a.txt";
            String before = lab.web1.exec("sh", "-c", witness).orThrow().stdout();
            blog.as("mkdir files/race files/race/d; echo mine >files/race/a.txt");
            CompletableFuture<Integer> swapping = CompletableFuture.supplyAsync(() -> swap(blog));
            while (swaps() == 0) {
                Thread.onSpinWait(); // asking takes its time; the test has a limit
            }
            Id first = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            // As many as it takes until it was swapped often enough meanwhile.
            for (int i = 0; i < 4 || swaps() < 1000; i++) {
                aegir.run(BackupSite.of(NAME)).orThrow();
            }
            TaskInfo restored = aegir.run(RestoreSite.of(NAME, first).withoutSafetyBackup());
            assertThat(restored.state()).as(restored.toString()).isIn(TaskState.SUCCEEDED, TaskState.ROLLED_BACK);
            lab.web1.exec("touch", "/tmp/stop-swapping").orThrow();
            assertThat(swapping.join()).isGreaterThan(1000);
            assertThat(lab.web1.exec("sh", "-c", witness).orThrow().stdout()).isEqualTo(before);
            assertThat(lab.web1
                            .exec(
                                    "sh",
                                    "-c",
                                    "for a in /srv/aegir/backups/*/*/files.tar.zst; do zstd -dcq $a; done"
                                            + " | grep -a -c 'the witness'")
                            .stdout()
                            .strip())
                    .isEqualTo("0");
            for (Backup backup : aegir.inventory().backups()) {
                aegir.run(new VerifyBackup(backup.id(), Level.FULL)).orThrow();
            }
            lab.web1
                    .exec("rm", "-r", "/srv/witness", "/tmp/stop-swapping", "/tmp/swaps")
                    .orThrow();
        }
    }

    private static int swap(BackedUpBlog blog) {
        return Integer.parseInt(blog.as("""
                        cd files; i=0
                        while [ ! -e /tmp/stop-swapping ] && [ $i -lt 100000 ]; do
                            { mv -T race race.kept && ln -s /srv/witness race; } 2>/dev/null || :
                            { rm -f race; mv -T race.kept race; } 2>/dev/null || :
                            i=$((i + 1)); echo $i >/tmp/swaps
                        done
                        echo $i""").strip());
    }

    private static int swaps() {
        String said = lab.web1.exec("cat", "/tmp/swaps").stdout().strip();
        return said.isEmpty() ? 0 : Integer.parseInt(said);
    }

    /** G5 and G6: the site is open as it was, not closed for good, and the safety backup stays. */
    @Test
    void aRestoreThatFailsChangesNothing() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            Id backup = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            blog.title("Written later");
            blog.as("echo new >files/new.txt");
            String rows = blog.rows(aegir);
            String files = blog.files();

            // At the end: everything was switched when WordPress turns out not to work.
            lab.web1
                    .exec("mv", CODE + "/wp-includes/version.php", CODE + "/wp-includes/version.away")
                    .orThrow();
            TaskInfo broken = aegir.run(RestoreSite.of(NAME, backup));
            lab.web1
                    .exec("mv", CODE + "/wp-includes/version.away", CODE + "/wp-includes/version.php")
                    .orThrow();
            assertThat(broken.state()).as(broken.toString()).isEqualTo(TaskState.ROLLED_BACK);
            isAsBefore(aegir, blog, rows, files);
            assertThat(aegir.inventory().backups())
                    .as("a failure never deletes the safety backup")
                    .extracting(Backup::reason)
                    .containsExactly(Backup.Reason.SAFETY, Backup.Reason.MANUAL);

            noPage(aegir, backup);
            isAsBefore(aegir, blog, rows, files);

            // At the beginning: the backup is damaged.
            String stored = "/srv/aegir/backups/" + blog.site().id() + "/" + backup + "/database.tar.zst";
            lab.web1
                    .exec("sh", "-ec", "printf X | dd of=" + stored + " bs=1 seek=100 conv=notrunc")
                    .orThrow();
            TaskInfo damaged = aegir.run(RestoreSite.of(NAME, backup));
            assertThat(damaged.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(damaged.cause().orElse("")).contains("database.tar.zst", "damaged");
            isAsBefore(aegir, blog, rows, files);
            assertThat(aegir.run(new VerifyBackup(backup, Level.STRUCTURE)).state())
                    .isEqualTo(TaskState.ROLLED_BACK);
            assertThat(aegir.inventory().backup(backup).orElseThrow().verified())
                    .isEmpty();
        }
    }

    /** Its code says on the command line that it is whole, and has no page to show. */
    private static void noPage(Aegir aegir, Id backup) throws Exception {
        String plugins = CODE + "/wp-content/mu-plugins";
        lab.web1.exec("mkdir", "-p", plugins).orThrow();
        lab.web1
                .execWithInput(
                        "<?php if (PHP_SAPI !== 'cli') { http_response_code(500); exit; }",
                        "tee",
                        plugins + "/broken.php")
                .orThrow();
        WordPressLab.World before = lab.world();
        TaskInfo drilled = aegir.run(new DrillBackup(backup));
        assertThat(drilled.state()).as(drilled.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(lab.world().differencesFrom(before)).isEmpty();
        TaskInfo restored = aegir.run(RestoreSite.of(NAME, backup).withoutSafetyBackup());
        lab.web1.exec("rm", "-r", plugins).orThrow();
        for (TaskInfo silent : List.of(drilled, restored)) {
            assertThat(silent.state()).as(silent.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(silent.cause().orElse("")).contains("is not served as it should be", " 500 ");
        }
        assertThat(aegir.inventory()
                        .backup(backup)
                        .orElseThrow()
                        .verified()
                        .orElseThrow()
                        .level())
                .isNotEqualTo(Level.DRILL);
    }

    private static void isAsBefore(Aegir aegir, BackedUpBlog blog, String rows, String files) throws Exception {
        assertThat(blog.rows(aegir)).isEqualTo(rows);
        assertThat(blog.files()).isEqualTo(files);
        assertThat(blog.left(aegir)).isEmpty();
        assertThat(lab.browser(NAME).get("/").body()).contains("Written later");
    }
}
