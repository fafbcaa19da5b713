// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Id;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.task.TaskState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes, and several stores in one process, use one file. */
class SeveralProcessesTest {
    @TempDir
    private Path home;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = home.resolve("aegir.db");
    }

    @Test
    void whoStandsByTakesOverWhatTheKilledOneWasAt() throws Exception {
        Process worker = Stores.java(ListeningProgram.class, file.toString());
        try (BufferedReader said = worker.inputReader()) {
            assertThat(said.readLine()).isEqualTo("listening");
            try (Store store = Stores.open(file)) {
                Set<Id> delivered = ConcurrentHashMap.newKeySet();
                store.queue()
                        .listen(
                                id -> {
                                    delivered.add(id);
                                    Stores.run(store, id);
                                },
                                2);
                LedgerTask first = Stores.submit(store, "first");
                assertThat(said.readLine()).isEqualTo("began " + first.id());
                LedgerTask second = Stores.submit(store, "second");
                assertThat(said.readLine()).isEqualTo("began " + second.id());
                LedgerTask third = Stores.submit(store, "third");
                assertThat(delivered).isEmpty();

                worker.destroyForcibly().waitFor();
                long killed = System.nanoTime();
                assertThat(Stores.within(Stores.SOON, () -> delivered.size() == 3))
                        .isTrue();
                // Who waited until a heartbeat is missed would wait for minutes.
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(30));
                for (LedgerTask task : List.of(first, second, third)) {
                    assertThat(Stores.within(Stores.SOON, () -> Stores.state(store, task.id()) == TaskState.SUCCEEDED))
                            .isTrue();
                }
            }
        } finally {
            worker.destroyForcibly();
        }
    }

    @Test
    void aProcessThatWritesAllTheTimeLetsOthersWriteToo() throws Exception {
        Process other = Stores.java(BusyProgram.class, file.toString(), "other");
        AtomicInteger othersChanges = new AtomicInteger();
        Thread reading = new Thread(() -> {
            try (BufferedReader said = other.inputReader()) {
                while (said.readLine() != null) {
                    othersChanges.incrementAndGet();
                }
            } catch (IOException e) {
                // The process was killed, as it should be.
            }
        });
        reading.start();
        try (Store store = Stores.open(file)) {
            assertThat(Stores.within(Stores.SOON, () -> othersChanges.get() > 500))
                    .isTrue();
            int before = othersChanges.get();
            for (int i = 0; i < 50; i++) {
                long begun = System.nanoTime();
                Stores.submit(store, "mine" + i);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
            }
            assertThat(Stores.within(Stores.SOON, () -> othersChanges.get() > before))
                    .isTrue();
            assertThat(store.documents().all("site")).isNotEmpty();
        } finally {
            other.destroyForcibly().waitFor();
            reading.join();
        }
    }

    @Test
    void inOneProcessOneStoreListensAndTheOtherStandsBy() throws Exception {
        Set<Id> byFirst = ConcurrentHashMap.newKeySet();
        Set<Id> bySecond = ConcurrentHashMap.newKeySet();
        Store first = Stores.open(file);
        try (Store second = Stores.open(file)) {
            first.queue()
                    .listen(
                            id -> {
                                byFirst.add(id);
                                Stores.run(first, id);
                            },
                            1);
            second.queue()
                    .listen(
                            id -> {
                                bySecond.add(id);
                                Stores.run(second, id);
                            },
                            1);
            LedgerTask one = Stores.submit(second, "one");
            assertThat(Stores.within(Stores.SOON, () -> byFirst.contains(one.id())))
                    .isTrue();
            // A store that closes must not take the lock away from another one of this process.
            Stores.open(file).close();
            LedgerTask two = Stores.submit(second, "two");
            assertThat(Stores.within(Stores.SOON, () -> byFirst.contains(two.id())))
                    .isTrue();
            assertThat(bySecond).isEmpty();
            first.close();
            LedgerTask three = Stores.submit(second, "three");
            assertThat(Stores.within(Stores.SOON, () -> bySecond.contains(three.id())))
                    .isTrue();
        } finally {
            first.close();
        }
    }

    @Test
    void manyOpenANewStoreAtTheSameTime() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Store>> opening = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                opening.add(threads.submit(() -> Stores.open(file)));
            }
            for (Future<Store> store : opening) {
                Stores.submit(store.get(), "same");
            }
            for (Future<Store> store : opening) {
                assertThat(store.get().ledger().findByKey("same")).isPresent();
                store.get().close();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
