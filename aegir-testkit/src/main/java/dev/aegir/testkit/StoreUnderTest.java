// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskQueue;
import dev.aegir.spi.Transition;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Lock;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A store while its contract is checked, with short words for what the checks do again and again. */
final class StoreUnderTest implements AutoCloseable {
    final MovableClock clock = new MovableClock();
    private final Function<InstantSource, Store> opener;
    private Store store;

    StoreUnderTest(Function<InstantSource, Store> opener) {
        this.opener = opener;
        this.store = opener.apply(clock);
    }

    Documents documents() {
        return store.documents();
    }

    Ledger ledger() {
        return store.ledger();
    }

    TaskQueue queue() {
        return store.queue();
    }

    void reopen() {
        store.close();
        store = opener.apply(clock);
    }

    @Override
    public void close() {
        store.close();
    }

    Instant now() {
        return clock.instant();
    }

    LedgerTask task(Optional<String> key, int priority, Optional<Instant> notBefore) {
        Instant now = now();
        return new LedgerTask(
                Id.next(clock),
                key,
                "test.task",
                "a task of a test",
                "{}",
                priority,
                Optional.empty(),
                CrashPolicy.RESUME,
                TaskState.WAITING,
                0,
                -1,
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                notBefore);
    }

    LedgerTask submit(Lock... locks) {
        return submit(0, locks);
    }

    LedgerTask submit(int priority, Lock... locks) {
        return ledger().submit(task(Optional.empty(), priority, Optional.empty()), List.of(locks));
    }

    Claim begin(LedgerTask task) {
        return ledger().begin(task.id(), now()).orElseThrow();
    }

    LedgerTask state(LedgerTask task) {
        return ledger().find(task.id()).orElseThrow();
    }

    void record(Claim claim, Transition transition) {
        ledger().record(claim.task().id(), claim.task().fence(), transition, now());
    }

    void into(Claim claim, TaskState state, LedgerStep... steps) {
        record(claim, Transition.steps(List.of(steps), List.of()).into(state, Optional.of("because")));
    }

    /** Begins a task and ends it. */
    void run(LedgerTask task) {
        into(begin(task), TaskState.SUCCEEDED);
    }

    /** Begins a task and plans some steps. */
    Claim planned(LedgerTask task, int steps) {
        Claim claim = begin(task);
        record(claim, Transition.planned(plan(steps), -1, List.of()));
        return claim;
    }

    static List<LedgerStep> plan(int steps) {
        List<LedgerStep> plan = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            plan.add(new LedgerStep(
                    i,
                    i,
                    "step " + i,
                    "test.step",
                    "{\"i\":" + i + "}",
                    StepState.PENDING,
                    0,
                    Map.of(),
                    Optional.empty()));
        }
        return plan;
    }

    TaskEvent event(LedgerTask task, String text) {
        return new TaskEvent(0, task.id(), now(), TaskEvent.Kind.LOG, "", text);
    }

    List<TaskEvent> events(LedgerTask task) {
        return ledger().events(task.id(), 0, 10_000);
    }

    /** Calls all at the same time, each on a thread of its own, and returns what they returned. */
    static <T> List<T> together(List<Callable<T>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Waits until something holds; says whether it does. */
    static boolean within(Duration limit, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            // What is waited for happens on threads of the store, which tell nobody.
            Thread.sleep(5);
        }
        return true;
    }
}
