// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aegir.model.RefusedException;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreException;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.TaskState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full or read-only. */
class DiskTest {
    private static final String MANY = "x".repeat(50_000);

    @TempDir
    private Path home;

    /** Writes until nothing more can be written; gives what was said then. */
    private static StoreException fill(Store store, LedgerTask task) {
        for (int i = 0; i < 10_000; i++) {
            try {
                store.ledger().append(List.of(Stores.line(task.id(), MANY)));
            } catch (StoreException e) {
                return e;
            }
        }
        throw new AssertionError("it never became full");
    }

    private static void limit(SqlStore store, int morePages) {
        store.writer().write(db -> {
            int pages = db.first("pragma page_count", Row::count).orElseThrow();
            return db.first("pragma max_page_count = " + (pages + morePages), Row::count);
        });
    }

    @Test
    void aFullStoreSaysSoKeepsWhatItHasAndGoesOnLater() {
        try (SqlStore store = Stores.openWithin(home.resolve("aegir.db"))) {
            LedgerTask task = Stores.submit(store, "k");
            limit(store, 100);
            StoreException full = fill(store, task);
            assertThat(full).hasMessageContaining("full").hasMessageContaining(home.toString());
            int events = store.ledger().events(task.id(), 0, 10_000).size();
            assertThatThrownBy(() -> store.ledger().append(List.of(Stores.line(task.id(), MANY))))
                    .isInstanceOf(StoreException.class);
            assertThat(store.ledger().events(task.id(), 0, 10_000)).hasSize(events);
            limit(store, 1_000_000);
            store.ledger().append(List.of(Stores.line(task.id(), MANY)));
            Stores.run(store, task.id());
            assertThat(Stores.state(store, task.id())).isEqualTo(TaskState.SUCCEEDED);
        }
    }

    @Test
    void whatWasUnderWayWhenTheDiskBecameFullIsDeliveredAgain() throws Exception {
        try (SqlStore store = Stores.openWithin(home.resolve("aegir.db"))) {
            LedgerTask filler = Stores.submit(store, "filler");
            Stores.run(store, filler.id());
            LedgerTask task = Stores.submit(store, "k");
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch full = new CountDownLatch(1);
            AtomicInteger deliveries = new AtomicInteger();
            store.queue()
                    .listen(
                            id -> {
                                var claim =
                                        store.ledger().begin(id, Instant.now()).orElseThrow();
                                deliveries.incrementAndGet();
                                begun.countDown();
                                full.await();
                                for (int i = 0; i < 4; i++) {
                                    store.ledger().append(List.of(Stores.line(id, MANY)));
                                }
                                Stores.end(store, claim);
                            },
                            1);
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            limit(store, 1);
            fill(store, filler);
            full.countDown();
            assertThat(Stores.within(Duration.ofSeconds(2), () -> Stores.state(store, task.id()) != TaskState.RUNNING))
                    .isFalse();
            limit(store, 1_000_000);
            assertThat(Stores.within(
                            Duration.ofSeconds(20), () -> Stores.state(store, task.id()) == TaskState.SUCCEEDED))
                    .isTrue();
            assertThat(deliveries.get()).isGreaterThan(1);
        }
    }

    @Test
    void aRealDiskThatIsFullOrReadOnly() throws Exception {
        Path disk = Files.createDirectory(home.resolve("disk"));
        assumeTrue(mount("-t", "tmpfs", "-o", "size=6m,mode=0700", "tmpfs", disk.toString()), "needs root");
        try {
            Path file = disk.resolve("aegir.db");
            try (Store store = Stores.open(file)) {
                LedgerTask task = Stores.submit(store, "k");
                byte[] ballast = new byte[2_000_000];
                Files.write(disk.resolve("ballast"), ballast);
                assertThat(fill(store, task)).hasMessageContaining("full").hasMessageContaining(disk.toString());
                assertThat(store.ledger().find(task.id())).isPresent();
                Files.delete(disk.resolve("ballast"));
                Stores.run(store, task.id());
                assertThat(Stores.state(store, task.id())).isEqualTo(TaskState.SUCCEEDED);
            }
            assertThat(mount("-o", "remount,ro", disk.toString())).isTrue();
            assertThatThrownBy(() -> Stores.open(file))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("read");
            assertThatThrownBy(() -> Stores.open(disk.resolve("new/aegir.db")))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("Read-only");
            assertThat(mount("-o", "remount,rw", disk.toString())).isTrue();
            try (Store store = Stores.open(file)) {
                assertThat(store.ledger().list(TaskQuery.newest(10))).hasSize(1);
            }
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static boolean mount(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "mount";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(command);
    }

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
