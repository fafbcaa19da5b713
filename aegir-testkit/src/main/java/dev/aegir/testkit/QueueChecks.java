// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store's queue must keep. */
abstract class QueueChecks {
    /** For what happens at once, unless the machine is busy. */
    private static final Duration SOON = Duration.ofSeconds(40);

    private final Supplier<StoreUnderTest> opener;
    private final boolean durable;
    private final Map<Id, Integer> runs = new ConcurrentHashMap<>();
    private StoreUnderTest store;

    QueueChecks(Supplier<StoreUnderTest> opener, boolean durable) {
        this.opener = opener;
        this.durable = durable;
    }

    @BeforeEach
    void open() {
        store = opener.get();
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** Begins the task, counts it when it could be begun, and ends it. */
    private void succeed(Id id) {
        store.ledger().begin(id, store.now()).ifPresent(claim -> {
            runs.merge(id, 1, Integer::sum);
            store.into(claim, TaskState.SUCCEEDED);
        });
    }

    private boolean succeeds(LedgerTask task) throws InterruptedException {
        return StoreUnderTest.within(SOON, () -> store.state(task).state() == TaskState.SUCCEEDED);
    }

    @Test
    void deliversWhatWasReadyBeforeAndWhatComesAfter() throws Exception {
        LedgerTask before = store.submit(Lock.exclusive("site", "x"));
        LedgerTask waits = store.submit(Lock.exclusive("site", "x"));
        store.queue().listen(this::succeed, 2);
        LedgerTask after = store.submit();
        assertTrue(succeeds(before) && succeeds(waits) && succeeds(after));
        assertEquals(Map.of(before.id(), 1, waits.id(), 1, after.id(), 1), runs);
    }

    @Test
    void deliversSoon() throws Exception {
        store.queue().listen(this::succeed, 2);
        assertTrue(succeeds(store.submit()));
        List<Long> delivered = new ArrayList<>();
        List<Long> byHand = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long begun = System.nanoTime();
            assertTrue(succeeds(store.submit()));
            delivered.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            byHand.add(millisByHand());
        }
        // What the machine needs anyway for as much writing and waking, it may need more often for this.
        long soon = 300 + 10 * median(byHand);
        assertTrue(
                median(delivered) < soon,
                () -> "milliseconds until done: " + delivered + ", without a queue: " + byHand);
    }

    private static long median(List<Long> of) {
        return of.stream().sorted().toList().get(of.size() / 2);
    }

    /** A task that is not for the queue yet is begun and ended by a thread that is woken for it. */
    private long millisByHand() throws Exception {
        long begun = System.nanoTime();
        LedgerTask task = store.ledger()
                .submit(store.task(Optional.empty(), 0, Optional.of(store.now().plusSeconds(3_600))), List.of());
        Thread thread = new Thread(() -> store.ledger().cancel(task.id(), "by hand", store.now()));
        thread.start();
        thread.join();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    @Test
    void deliversAllOfMany() throws Exception {
        List<LedgerTask> many = IntStream.range(0, 300)
                .mapToObj(i -> store.submit(Lock.exclusive("site", "s" + i % 40)))
                .toList();
        store.queue().listen(this::succeed, 4);
        for (LedgerTask task : many) {
            assertTrue(succeeds(task));
        }
        assertEquals(300, runs.size());
        assertTrue(runs.values().stream().allMatch(times -> times == 1), runs::toString);
    }

    @Test
    void deliversAgainWhenTheListenerThrows() throws Exception {
        AtomicInteger times = new AtomicInteger();
        LedgerTask task = store.submit();
        store.queue()
                .listen(
                        id -> {
                            Claim claim = store.ledger().begin(id, store.now()).orElseThrow();
                            switch (times.incrementAndGet()) {
                                case 1 -> throw new IllegalStateException("on purpose");
                                case 2 -> throw new AssertionError("on purpose");
                                default -> store.into(claim, TaskState.SUCCEEDED);
                            }
                        },
                        1);
        assertTrue(succeeds(task));
        assertEquals(3, times.get());
    }

    @Test
    void deliversAParkedTaskWhenItsTimeHasComeAndNotBefore() throws Exception {
        LedgerTask task = store.submit();
        LedgerTask later = store.ledger()
                .submit(store.task(Optional.empty(), 0, Optional.of(store.now().plusMillis(600))), List.of());
        Map<Id, Instant> begun = new ConcurrentHashMap<>();
        AtomicReference<Instant> until = new AtomicReference<>();
        store.queue()
                .listen(
                        id -> {
                            Claim claim = store.ledger().begin(id, store.now()).orElseThrow();
                            Instant time = store.now().plusMillis(600);
                            if (id.equals(task.id()) && until.compareAndSet(null, time)) {
                                store.record(
                                        claim,
                                        Transition.steps(List.of(), List.of()).parked(time));
                            } else {
                                begun.put(id, store.now());
                                store.into(claim, TaskState.SUCCEEDED);
                            }
                        },
                        2);
        assertTrue(succeeds(task) && succeeds(later));
        assertFalse(Objects.requireNonNull(begun.get(task.id())).isBefore(until.get()), () -> until + ", " + begun);
        assertFalse(
                Objects.requireNonNull(begun.get(later.id()))
                        .isBefore(later.notBefore().orElseThrow()),
                begun::toString);
    }

    @Test
    void deliversAParkedTaskAtOnceWhenItIsCancelled() throws Exception {
        LedgerTask task = store.submit();
        Claim claim = store.planned(task, 1);
        store.record(
                claim,
                Transition.steps(List.of(StoreUnderTest.plan(1).get(0).begun()), List.of())
                        .parked(store.now().plusSeconds(3_600)));
        store.queue().listen(this::succeed, 1);
        assertFalse(StoreUnderTest.within(Duration.ofMillis(400), () -> runs.containsKey(task.id())));
        store.ledger().cancel(task.id(), "now", store.now());
        assertTrue(succeeds(task));
        assertEquals(1, runs.get(task.id()));
    }

    @Test
    void deliversWhatWasRetriedAndHandedBack() throws Exception {
        LedgerTask stuck = store.submit();
        store.into(store.planned(stuck, 1), TaskState.NEEDS_ATTENTION);
        LedgerTask back = store.submit();
        store.into(store.planned(back, 1), TaskState.READY);
        store.queue().listen(this::succeed, 1);
        assertTrue(succeeds(back));
        assertEquals(TaskState.NEEDS_ATTENTION, store.state(stuck).state());
        store.ledger().retry(stuck.id(), store.now());
        assertTrue(succeeds(stuck));
    }

    @Test
    void deliversWhatWasLockedAnew() throws Exception {
        LedgerTask task = store.submit(Lock.exclusive("site", "x"));
        AtomicBoolean relocked = new AtomicBoolean();
        store.queue()
                .listen(
                        id -> {
                            Claim claim = store.ledger().begin(id, store.now()).orElseThrow();
                            if (relocked.compareAndSet(false, true)) {
                                store.ledger()
                                        .relock(
                                                id,
                                                claim.task().fence(),
                                                List.of(Lock.exclusive("site", "y")),
                                                store.now());
                            } else {
                                store.into(claim, TaskState.SUCCEEDED);
                            }
                        },
                        1);
        assertTrue(succeeds(task));
    }

    @Test
    void aTaskThatRunsIsNotDeliveredToSomebodyElse() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        LedgerTask task = store.submit();
        store.queue()
                .listen(
                        id -> {
                            Claim claim = store.ledger().begin(id, store.now()).orElseThrow();
                            runs.merge(id, 1, Integer::sum);
                            begun.countDown();
                            assertTrue(done.await(2 * SOON.toSeconds(), TimeUnit.SECONDS));
                            store.into(claim, TaskState.SUCCEEDED);
                        },
                        3);
        assertTrue(begun.await(SOON.toSeconds(), TimeUnit.SECONDS));
        store.ledger().cancel(task.id(), "too late", store.now());
        for (int i = 0; i < 5; i++) {
            store.submit();
        }
        assertFalse(StoreUnderTest.within(Duration.ofSeconds(1), () -> runs.getOrDefault(task.id(), 0) > 1));
        done.countDown();
        assertTrue(StoreUnderTest.within(SOON, () -> store.state(task).state().ended()));
    }

    @Test
    void asManyRunAtOnceAsThereAreThreads() throws Exception {
        CyclicBarrier meet = new CyclicBarrier(4);
        List<LedgerTask> tasks =
                IntStream.range(0, 8).mapToObj(i -> store.submit()).toList();
        store.queue()
                .listen(
                        id -> {
                            meet.await(SOON.toSeconds(), TimeUnit.SECONDS);
                            succeed(id);
                        },
                        4);
        for (LedgerTask task : tasks) {
            assertTrue(succeeds(task));
        }
    }

    @Test
    void closingInterruptsListenersAndDeliversNoMore() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        store.submit();
        store.queue()
                .listen(
                        id -> {
                            assertTrue(store.ledger().begin(id, store.now()).isPresent());
                            inside.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw e;
                            }
                        },
                        1);
        assertTrue(inside.await(SOON.toSeconds(), TimeUnit.SECONDS));
        store.queue().close();
        assertEquals(0, interrupted.getCount());
        LedgerTask late = store.submit();
        assertFalse(StoreUnderTest.within(
                Duration.ofMillis(500), () -> store.state(late).state() != TaskState.READY));
        store.queue().close();
    }

    @Test
    void afterItWasClosedDeliversWhatHadNotEndedOrNothing() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        LedgerTask running = store.submit();
        store.queue()
                .listen(
                        id -> {
                            assertTrue(store.ledger().begin(id, store.now()).isPresent());
                            inside.countDown();
                            new CountDownLatch(1).await();
                        },
                        1);
        assertTrue(inside.await(SOON.toSeconds(), TimeUnit.SECONDS));
        LedgerTask ready = store.submit(Lock.exclusive("site", "x"));
        LedgerTask waits = store.submit(Lock.exclusive("site", "x"));
        LedgerTask begun = store.submit();
        store.begin(begun);
        LedgerTask done = store.submit();
        store.run(done);
        store.reopen();
        store.queue().listen(this::succeed, 2);
        if (!durable) {
            assertFalse(StoreUnderTest.within(Duration.ofMillis(300), () -> !runs.isEmpty()));
            return;
        }
        for (LedgerTask task : List.of(running, ready, waits, begun)) {
            assertTrue(succeeds(task));
            assertEquals(1, runs.get(task.id()));
        }
        assertEquals(5, store.ledger().list(TaskQuery.newest(10)).size());
    }
}
