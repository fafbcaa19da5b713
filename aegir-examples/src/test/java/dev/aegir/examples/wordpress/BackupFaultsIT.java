// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.examples.Browser.Page;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Id;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifyBackup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Abuse case 23: disks that are full, that have no more inodes, or that can only be read, in the middle of a backup and of a
 * restore. What there was stays, what was begun is gone, and the task says what it was.
 */
@Tag("lab")
@Timeout(400)
class BackupFaultsIT {
    private static final String NAME = "blog.example.net";
    private static final String BACKUPS = "/srv/aegir/backups";
    private static final String SITES = "/srv/aegir/sites";

    @TempDir
    Path home;

    private record Ground(WordPressLab lab, Aegir aegir, BackedUpBlog blog, Id good, String rows, String files) {
        /** The task is taken back, for this reason, and everything is as it was. */
        void isTakenBack(String what, Task task, String reason) throws Exception {
            String kept = stored();
            TaskInfo ended = aegir.run(task);
            assertThat(ended.state()).as(what + ": " + ended).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(ended.cause().orElse("")).as(what).containsIgnoringCase(reason);
            assertThat(blog.rows(aegir)).as(what).isEqualTo(rows);
            assertThat(blog.left(aegir)).as(what).isEmpty();
            assertThat(stored()).as(what).isEqualTo(kept);
            assertThat(aegir.inventory().backups())
                    .as(what)
                    .extracting(Backup::id)
                    .containsExactly(good);
            Page page = blog.visit();
            assertThat(page.status())
                    .as(what + ": " + ended + "\n" + page.body())
                    .isEqualTo(200);
        }

        private String stored() {
            return shell("find " + BACKUPS + " -type f -exec sha256sum {} +");
        }

        String shell(String script) {
            return lab.web1.exec("sh", "-ec", script).orThrow().stdout();
        }
    }

    /** What is in a directory is in a file system of its own from here on. */
    private static void mounted(WordPressLab lab, String directory, String options) {
        lab.web1
                .exec(
                        "sh",
                        "-ec",
                        "mkdir -p " + directory + "; cp -a " + directory + " /var/tmp/kept; mount -t tmpfs -o "
                                + options
                                + ",mode=$(stat -c %a " + directory + ") tmpfs " + directory
                                + "; cp -a /var/tmp/kept/. " + directory + "; rm -r /var/tmp/kept")
                .orThrow();
    }

    @Test
    void disksOnWhichNothingMoreCanBeWritten() throws Exception {
        try (WordPressLab lab = new WordPressLab();
                Aegir aegir = lab.fresh(home)) {
            mounted(lab, SITES, "size=100m,nr_inodes=20000");
            mounted(lab, BACKUPS, "size=100m,nr_inodes=1000");
            // Services with directories of their own do not see what is mounted after they were started.
            lab.web1
                    .exec("systemctl", "restart", "php8.2-fpm", "php8.4-fpm", "nginx")
                    .orThrow();
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            Site site = WordPressLab.site(NAME, "wp", "php84").backup("web1/backup");
            aegir.run(new InstallSite(site)).orThrow();
            BackedUpBlog blog = new BackedUpBlog(lab, site).settled(aegir);
            assertThat(blog.visit()).returns(200, Page::status);
            blog.as("head -c 3000000 /dev/urandom >files/big; mkdir files/many; cd files/many;"
                    + " for i in $(seq 1 200); do echo $i >$i; done");
            Id good = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            blog.write("Written later", "later");
            Ground ground = new Ground(lab, aegir, blog, good, blog.rows(aegir), blog.files());
            BackupSite backup = BackupSite.of(NAME).frozen();
            RestoreSite restore = RestoreSite.of(NAME, good).withoutSafetyBackup();

            ground.shell("mount -o remount,ro " + BACKUPS);
            ground.isTakenBack("backups can only be read", backup, "read-only");
            ground.shell("mount -o remount,rw " + BACKUPS);

            limitInodes(ground, BACKUPS, 3);
            ground.isTakenBack("no inodes for a backup", BackupSite.of(NAME).frozen(), "no space left");
            ground.shell("mount -o remount,nr_inodes=1000 " + BACKUPS);

            ground.shell(
                    "mount -o remount,size=$(($(df --output=used -k " + BACKUPS + " | tail -1) + 1000))k " + BACKUPS);
            ground.isTakenBack("no room for a backup", BackupSite.of(NAME).frozen(), "no space left");
            ground.shell("mount -o remount,size=100m " + BACKUPS);

            limitInodes(ground, SITES, 50);
            ground.isTakenBack("no inodes for a restore", restore, "no space left");
            ground.shell("mount -o remount,nr_inodes=20000 " + SITES);

            ground.shell("mount -o remount,size=$(($(df --output=used -k " + SITES + " | tail -1) + 1000))k " + SITES);
            ground.isTakenBack(
                    "no room for a restore", RestoreSite.of(NAME, good).withoutSafetyBackup(), "make room");
            ground.shell("mount -o remount,size=100m " + SITES);
            assertThat(blog.files()).isEqualTo(ground.files());

            isAwayAndComesBack(ground);

            // And what was kept before is of use.
            aegir.run(new VerifyBackup(good, Level.FULL)).orThrow();
            aegir.run(RestoreSite.of(NAME, good).withoutSafetyBackup()).orThrow();
            assertThat(blog.visit().body()).doesNotContain("Written later");
            assertThat(List.of(blog.as("ls files/many | wc -l").strip())).containsExactly("200");
        }
    }

    /** Promise 6: where nothing is mounted, no backup is damaged, and none is forgotten. */
    private static void isAwayAndComesBack(Ground ground) throws Exception {
        Aegir aegir = ground.aegir();
        Id second = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
        List<Backup> before = aegir.inventory().backups();
        aegir.run(new UpdateSite(aegir.inventory()
                        .site(NAME)
                        .orElseThrow()
                        .with("schedule.full", "P1D within PT0S")
                        .with("schedule.prune", "P1D within PT0S")))
                .orThrow();
        ground.shell("mount -t tmpfs -o size=10m,mode=700 tmpfs " + BACKUPS);
        List<TaskHandle> due = aegir.submitDue().tasks();
        assertThat(due).hasSize(2);
        for (TaskHandle each : due) {
            TaskInfo ended = each.await(Duration.ofMinutes(2));
            if (ended.type().equals("backup.verify")) {
                assertThat(ended.cause().orElse("")).as(ended.toString()).contains("mounted");
            }
        }
        for (Task task : List.of(new DeleteBackup(second), BackupSite.of(NAME), new PrepareServer("web1"))) {
            TaskInfo ended = aegir.run(task);
            assertThat(ended.state()).as(ended.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(ended.cause().orElse("")).contains("mounted");
        }
        assertThat(ground.shell("find " + BACKUPS + " -mindepth 1")).isEmpty();
        ground.shell("umount " + BACKUPS);
        assertThat(aegir.inventory().backups())
                .isEqualTo(before)
                .allMatch(backup -> backup.verified().isPresent());
        aegir.run(new DeleteBackup(second)).orThrow();
    }

    private static void limitInodes(Ground ground, String directory, int left) {
        ground.shell("mount -o remount,nr_inodes=$(($(df --output=iused " + directory + " | tail -1) + " + left + ")) "
                + directory);
    }
}
