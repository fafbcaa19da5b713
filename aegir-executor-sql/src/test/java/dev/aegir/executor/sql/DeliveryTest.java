// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Transition;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which row of the queue may run a task, and when. */
class DeliveryTest {
    @TempDir
    private Path home;

    private long rows(SqlStore store) {
        return store.writer()
                .write(db -> db.first("select count(*) from aegir_queue", Row::number))
                .orElseThrow();
    }

    @Test
    void aTaskParkedByAListenerThatHasNotReturnedYetIsRunMeanwhileAndOnce() throws Exception {
        try (SqlStore store = Stores.openWithin(home.resolve("aegir.db"))) {
            LedgerTask task = Stores.submit(store, "k");
            CountDownLatch secondDone = new CountDownLatch(1);
            AtomicInteger times = new AtomicInteger();
            store.queue()
                    .listen(
                            id -> {
                                Claim claim =
                                        store.ledger().begin(id, Instant.now()).orElseThrow();
                                if (times.incrementAndGet() == 1) {
                                    Transition parked = Transition.steps(List.of(), List.of())
                                            .parked(Instant.now());
                                    store.ledger().record(id, claim.task().fence(), parked, Instant.now());
                                    secondDone.await();
                                } else {
                                    Stores.end(store, claim);
                                    secondDone.countDown();
                                }
                            },
                            2);
            assertThat(Stores.within(Stores.SOON, () -> Stores.state(store, task.id()) == TaskState.SUCCEEDED))
                    .isTrue();
            assertThat(Stores.within(Stores.SOON, () -> rows(store) == 0)).isTrue();
            assertThat(times).hasValue(2);
        }
    }

    @Test
    void aRowOfAFormerTurnIsForgotten() throws Exception {
        try (SqlStore store = Stores.openWithin(home.resolve("aegir.db"))) {
            LedgerTask task = Stores.submit(store, "k");
            Claim claim = store.ledger().begin(task.id(), Instant.now()).orElseThrow();
            Transition parked =
                    Transition.steps(List.of(), List.of()).parked(Instant.now().plusSeconds(3_600));
            store.ledger().record(task.id(), claim.task().fence(), parked, Instant.now());
            assertThat(rows(store))
                    .as("the row it was begun by, and the one for later")
                    .isEqualTo(2);
            AtomicInteger times = new AtomicInteger();
            store.queue().listen(id -> times.incrementAndGet(), 1);
            assertThat(Stores.within(Stores.SOON, () -> rows(store) == 1)).isTrue();
            assertThat(times).hasValue(0);
        }
    }

    @Test
    void whatIsMissingInTheQueueIsFoundWhenItIsListenedTo() throws Exception {
        try (SqlStore store = Stores.openWithin(home.resolve("aegir.db"))) {
            LedgerTask task = Stores.submit(store, "k");
            store.writer().write(db -> db.update("delete from aegir_queue"));
            store.queue().listen(id -> Stores.run(store, id), 1);
            assertThat(Stores.within(Stores.SOON, () -> Stores.state(store, task.id()) == TaskState.SUCCEEDED))
                    .isTrue();
        }
    }

    @Test
    void aClockThatIsSetDoesNotStopTheQueueOrRunATaskTwice() throws Exception {
        AtomicReference<Duration> off = new AtomicReference<>(Duration.ZERO);
        SqliteFile file = SqliteFile.of(Stores.uri(home.resolve("aegir.db")));
        try (SqlStore store = SqlStore.open(file, () -> Instant.now().plus(off.get()));
                SqlStore other = Stores.openWithin(home.resolve("aegir.db"))) {
            CountDownLatch done = new CountDownLatch(1);
            AtomicInteger longRuns = new AtomicInteger();
            LedgerTask longTask = Stores.submit(store, "long");
            store.queue()
                    .listen(
                            id -> {
                                if (id.equals(longTask.id())) {
                                    longRuns.incrementAndGet();
                                    done.await();
                                }
                                Stores.run(store, id);
                            },
                            2);
            for (Duration step : List.of(Duration.ofDays(1), Duration.ofDays(-2), Duration.ofDays(1))) {
                off.set(off.get().plus(step));
                // Another process's, as far as the queue can see: nothing wakes it but looking.
                Id task = submitAt(
                        other, "after " + step + off.get(), Instant.now().plus(off.get()));
                assertThat(Stores.within(Stores.SOON, () -> Stores.state(store, task) == TaskState.SUCCEEDED))
                        .as("after the clock was set by " + step)
                        .isTrue();
            }
            done.countDown();
            assertThat(Stores.within(Stores.SOON, () -> Stores.state(store, longTask.id()) == TaskState.SUCCEEDED))
                    .isTrue();
            assertThat(longRuns).hasValue(1);
        }
    }

    private static Id submitAt(SqlStore store, String key, Instant at) {
        LedgerTask now = Stores.task(key);
        LedgerTask task = new LedgerTask(
                now.id(),
                now.key(),
                now.type(),
                now.title(),
                now.json(),
                now.priority(),
                now.approved(),
                now.onCrash(),
                now.state(),
                0,
                -1,
                now.cancel(),
                now.cause(),
                at,
                at,
                now.notBefore());
        return store.ledger().submit(task, List.of()).id();
    }
}
