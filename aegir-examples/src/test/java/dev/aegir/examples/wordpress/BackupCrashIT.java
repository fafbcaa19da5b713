// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.FailsForGood;
import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promise 5 for backups and restores of a real WordPress: killed at points spread over the whole task, it is gone on with or taken
 * back; then exactly one site answers, with all its data, of the one moment or of the other, and nothing is left lying about.
 */
@Tag("lab")
@ExtendWith(FailsForGood.class)
@Timeout(1800)
class BackupCrashIT {
    private static final Logger LOG = LoggerFactory.getLogger(BackupCrashIT.class);
    private static final String NAME = "blog.example.net";

    /** How many of the points; all of them would take an hour. */
    private static final int POINTS = Integer.getInteger("aegir.crash-points", 6);

    @TempDir
    Path home;

    @Test
    void whereverItIsKilledOneSiteAnswersWithAllItsData() throws Exception {
        try (WordPressLab lab = new WordPressLab()) {
            Id backup;
            BackedUpBlog blog;
            try (Aegir aegir = lab.fresh(home)) {
                WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
                Site site = WordPressLab.site(NAME, "wp", "php84").backup("web1/backup");
                aegir.run(new InstallSite(site)).orThrow();
                blog = new BackedUpBlog(lab, site).settled(aegir);
                blog.write("Before", "before");
                backup =
                        Id.of(aegir.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
            }
            BackedUpBlog.Data saved = blog.data(home);
            int points = points(saved, blog, backup);
            for (int i = 0; i < POINTS; i++) {
                killed(blog, saved, Id.next(), 1 + i * points / POINTS, backup);
            }
            for (int i = 0; i < POINTS / 2; i++) {
                killed(blog, saved, Id.next(), 1 + i * points / POINTS, Id.next());
            }
        }
    }

    /** How many points a restore has, which nobody kills. */
    private int points(BackedUpBlog.Data saved, BackedUpBlog blog, Id backup) throws Exception {
        blog.write("After", "after");
        String end = KilledBackup.killed(home, "0", NAME, Id.next().value(), backup.value());
        assertThat(end).startsWith("ENDED SUCCEEDED");
        assertThat(blog.data(home)).isEqualTo(saved);
        return Integer.parseInt(end.substring(end.lastIndexOf(' ') + 1));
    }

    private void killed(BackedUpBlog blog, BackedUpBlog.Data saved, Id taken, int point, Id restored) throws Exception {
        blog.write("After " + point, "after");
        BackedUpBlog.Data before = blog.data(home);
        boolean restores = known(restored);
        List<String> words = new ArrayList<>(List.of(Integer.toString(point), NAME, taken.value()));
        if (restores) {
            words.add(restored.value());
        }
        String where = KilledBackup.killed(home, words.toArray(String[]::new));
        words.add(0, home.toString());
        try (Aegir aegir = Aegir.open(home)) {
            TaskInfo task = aegir.submit(KilledBackup.submission(words.toArray(String[]::new)))
                    .await(Duration.ofMinutes(3));
            String what = (restores ? "restore" : "backup") + " killed at point " + point + " (" + where + "): " + task;
            LOG.info("{} -> {}", what.lines().findFirst().orElse(""), task.state());
            assertThat(task.state()).as(what).isIn(TaskState.SUCCEEDED, TaskState.ROLLED_BACK);
            boolean done = task.state() == TaskState.SUCCEEDED;
            assertThat(blog.data(aegir)).as(what).isEqualTo(restores && done ? saved : before);
            assertThat(blog.left(aegir)).as(what).isEmpty();
            assertThat(blog.visit()).as(what).returns(200, Page::status);
            if (done) {
                assertThat(aegir.inventory().backup(taken)).as(what).isPresent();
            }
            assertThat(blog.stored())
                    .as(what)
                    .containsExactlyInAnyOrderElementsOf(aegir.inventory().backups().stream()
                            .map(Backup::id)
                            .map(Id::value)
                            .toList());
        }
    }

    private boolean known(Id backup) throws Exception {
        try (Aegir aegir = Aegir.open(home)) {
            return aegir.inventory().backup(backup).isPresent();
        }
    }
}
