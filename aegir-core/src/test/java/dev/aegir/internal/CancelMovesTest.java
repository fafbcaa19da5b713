// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.TaskHandle;
import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CloneSite;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Abuse cases 44 and 46, of the tasks that move sites: cancelled in the middle of every command that a server is asked to run,
 * and met by another task of the same site.
 */
class CancelMovesTest {
    private static final Id OTHER = Id.of("01J0CANCE00000000000000001");

    /** What is cancelled. */
    enum Kind {
        BACKUP(backup -> BackupSite.of(Hosting.NAME).frozen()),
        RESTORE(backup -> RestoreSite.of(Hosting.NAME, backup)),
        CLONE(backup ->
                new CloneSite(Hosting.NAME, Hosting.SITE.identified(OTHER).named("copy.example.net"))),
        RENAME(backup -> new RenameSite(Hosting.NAME, "store.example.net")),
        UPGRADE(backup -> new UpgradeSite(Hosting.NAME, "shop-2")),
        MIGRATE(backup -> new MigrateSite(
                Hosting.SITE.http("web2/http").runtime("web2/php").database("web2/db"))),
        DELETE(backup -> new DeleteSite(Hosting.NAME));

        private final Function<Id, Task> task;

        Kind(Function<Id, Task> task) {
            this.task = task;
        }
    }

    private static List<String> known(Hosting hosting) {
        return hosting.bench.aegir.inventory().sites().stream()
                .map(Site::toString)
                .toList();
    }

    private static Id backedUp(Hosting hosting) throws InterruptedException {
        return Id.of(hosting.bench
                .run(BackupSite.of(Hosting.NAME))
                .orThrow()
                .results()
                .get("backup.id"));
    }

    @ParameterizedTest
    @EnumSource
    void whereverItIsCancelledItIsTakenBackOrFinished(Kind kind) throws Exception {
        Set<TaskState> ends = new HashSet<>();
        boolean reached = true;
        for (int n = 1; reached; n++) {
            try (Hosting hosting = new Hosting()) {
                hosting.begin();
                Id backup = backedUp(hosting);
                List<String> before = known(hosting);
                CompletableFuture<TaskHandle> handle = new CompletableFuture<>();
                AtomicInteger left = new AtomicInteger(n);
                hosting.machines.heard = what -> {
                    if (left.decrementAndGet() == 0) {
                        handle.join().cancel("somebody wanted it");
                    }
                };
                handle.complete(hosting.bench.submit(kind.task.apply(backup)));
                TaskInfo ended = hosting.bench.endedInTime(handle.join());
                reached = left.get() <= 0;
                String what = kind + " cancelled in command " + n + ": " + ended;
                assertThat(ended.state()).as(what).isIn(TaskState.CANCELLED, TaskState.SUCCEEDED);
                ends.add(ended.state());
                boolean back = ended.state() == TaskState.CANCELLED;
                assertThat(known(hosting).equals(before))
                        .as(what)
                        .isEqualTo(back || kind == Kind.BACKUP || kind == Kind.RESTORE && sameSite(hosting));
                assertThat(hosting.bench.aegir.inventory().backups())
                        .as("what was kept stays: " + what)
                        .extracting(Backup::id)
                        .contains(backup);
                if (back) {
                    assertThat(hosting.machines.asked)
                            .as(what)
                            .noneMatch(asked -> asked.contains(
                                    "db: drop " + Hosting.SITE.id().account() + " "));
                }
            }
        }
        assertThat(ends).contains(TaskState.CANCELLED, TaskState.SUCCEEDED);
    }

    private static boolean sameSite(Hosting hosting) {
        return hosting.bench.aegir.inventory().site(Hosting.NAME).orElseThrow().equals(Hosting.SITE);
    }

    /** Two of one site never go side by side; the second says for whom it waits, and finds what the first has left. */
    @Test
    void theSecondTaskOfASiteWaits() throws Exception {
        for (Kind first : List.of(Kind.BACKUP, Kind.RESTORE, Kind.MIGRATE, Kind.CLONE)) {
            for (Kind second : List.of(Kind.DELETE, Kind.MIGRATE, Kind.RESTORE)) {
                if (first == second || first == Kind.MIGRATE && second == Kind.DELETE) {
                    continue; // What was migrated must be retired before it can be deleted, and is refused.
                }
                try (Hosting hosting = new Hosting()) {
                    hosting.begin();
                    Id backup = backedUp(hosting);
                    CountDownLatch there = new CountDownLatch(1);
                    CountDownLatch go = new CountDownLatch(1);
                    hosting.machines.heard = what -> {
                        there.countDown();
                        awaited(go);
                    };
                    TaskHandle one = hosting.bench.submit(first.task.apply(backup));
                    awaited(there);
                    TaskHandle two = hosting.bench.submit(second.task.apply(backup));
                    String what = second + " during " + first;
                    assertThat(two.info().state()).as(what).isEqualTo(TaskState.WAITING);
                    assertThat(two.info().steps()).as(what).isEmpty();
                    go.countDown();
                    assertThat(hosting.bench.endedInTime(one).state()).as(what).isEqualTo(TaskState.SUCCEEDED);
                    TaskInfo ended = hosting.bench.endedInTime(two);
                    // What describes the site as it was before the first is refused, and does nothing.
                    boolean stale = first == Kind.RESTORE && second == Kind.MIGRATE;
                    assertThat(ended.state())
                            .as(what + ": " + ended)
                            .isEqualTo(stale ? TaskState.ROLLED_BACK : TaskState.SUCCEEDED);
                    assertThat(ended.steps().isEmpty()).isEqualTo(stale);
                }
            }
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
