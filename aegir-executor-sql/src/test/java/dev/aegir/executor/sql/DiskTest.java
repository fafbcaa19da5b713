// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.RefusedException;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreException;
import dev.aegir.task.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    /** A small disk; the test framework closes it. */
    private interface Disk extends AutoCloseable {
        Path directory();

        /** Takes so much that less is left than the journal and what it will become in the database. */
        void shrink(SqlStore store) throws Exception;

        void grow(SqlStore store) throws Exception;

        @Override
        void close() throws IOException;
    }

    /** A store that may only have so many pages, which is what anyone can make. */
    private record Pages(Path directory) implements Disk {
        @Override
        public void shrink(SqlStore store) {
            limit(store, 100);
        }

        @Override
        public void grow(SqlStore store) {
            limit(store, 1_000_000);
        }

        @Override
        public void close() throws IOException {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** A file system in memory, which root can make. */
    private record Mounted(Path directory) implements Disk {
        @Override
        public void shrink(SqlStore store) throws Exception {
            Files.write(directory.resolve("ballast"), new byte[12_000_000]);
        }

        @Override
        public void grow(SqlStore store) throws Exception {
            Files.delete(directory.resolve("ballast"));
        }

        @Override
        public void close() throws IOException {
            run("umount", "-l", directory.toString());
            Files.delete(directory);
        }
    }

    static Stream<Disk> disks() throws Exception {
        Path pages = Files.createTempDirectory("aegir-disk");
        Path mounted = Files.createTempDirectory("aegir-disk");
        if (run("mount", "-t", "tmpfs", "-o", "size=20m,mode=0700", "tmpfs", mounted.toString())) {
            return Stream.of(new Pages(pages), new Mounted(mounted));
        }
        Files.delete(mounted);
        return Stream.of(new Pages(pages));
    }

    @ParameterizedTest
    @MethodSource("disks")
    void aFullStoreSaysSoKeepsWhatItHasAndGoesOnLater(Disk disk) throws Exception {
        try (SqlStore store = Stores.openWithin(disk.directory().resolve("aegir.db"))) {
            LedgerTask task = Stores.submit(store, "k");
            disk.shrink(store);
            StoreException full = fill(store, task);
            assertThat(full)
                    .hasMessageContaining("full")
                    .hasMessageContaining(disk.directory().toString());
            int events = store.ledger().events(task.id(), 0, 10_000).size();
            assertThatThrownBy(() -> store.ledger().append(List.of(Stores.line(task.id(), MANY.repeat(3)))))
                    .isInstanceOf(StoreException.class);
            assertThat(store.ledger().events(task.id(), 0, 10_000)).hasSize(events);
            disk.grow(store);
            store.ledger().append(List.of(Stores.line(task.id(), MANY)));
            Stores.run(store, task.id());
            assertThat(Stores.state(store, task.id())).isEqualTo(TaskState.SUCCEEDED);
        }
    }

    @ParameterizedTest
    @MethodSource("disks")
    void aReadOnlyDiskIsRefused(Disk disk) throws Exception {
        Path file = disk.directory().resolve("aegir.db");
        Stores.open(file).close();
        if (disk instanceof Mounted) {
            assertThat(run("mount", "-o", "remount,ro", disk.directory().toString()))
                    .isTrue();
        } else {
            // Root may write it all the same; then nothing is to be refused.
            Files.setPosixFilePermissions(disk.directory(), PosixFilePermissions.fromString("r-x------"));
        }
        boolean writable = Files.isWritable(disk.directory());
        try (Store store = Stores.open(file)) {
            assertThat(writable).isTrue();
            assertThat(Stores.submit(store, "k").id()).isNotNull();
        } catch (RefusedException e) {
            assertThat(writable).isFalse();
            assertThat(e)
                    .hasMessageContaining("only be read")
                    .hasMessageContaining(disk.directory().toString());
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
            assertThat(begun.await(Stores.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            limit(store, 1);
            fill(store, filler);
            full.countDown();
            assertThat(Stores.within(Duration.ofSeconds(2), () -> Stores.state(store, task.id()) != TaskState.RUNNING))
                    .isFalse();
            limit(store, 1_000_000);
            assertThat(Stores.within(Stores.SOON, () -> Stores.state(store, task.id()) == TaskState.SUCCEEDED))
                    .isTrue();
            assertThat(deliveries.get()).isGreaterThan(1);
        }
    }

    private static boolean run(String... command) throws IOException {
        Process program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return program.onExit().join().exitValue() == 0;
    }
}
