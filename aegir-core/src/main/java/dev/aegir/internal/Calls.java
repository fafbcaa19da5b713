// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Calls other people's code on threads of its own, so that code that does not stop when it is asked to holds up nobody else:
 * its thread is left behind.
 */
final class Calls {
    private final ExecutorService pool;
    private final StepThreads threads;
    private final Patience patience;

    Calls(ExecutorService pool, StepThreads threads, Patience patience) {
        this.pool = pool;
        this.threads = threads;
        this.patience = patience;
    }

    /**
     * Makes calls, side by side. When one throws, the others are asked to stop, and what it threw is thrown once they have.
     *
     * @return what each call returned; nothing for one that did not stop
     * @throws InterruptedException when this run is over and a call has not stopped
     */
    <T> List<Optional<T>> all(List<Supplier<T>> calls) throws InterruptedException {
        List<CompletableFuture<T>> futures = new ArrayList<>();
        try {
            for (Supplier<T> call : calls) {
                futures.add(CompletableFuture.supplyAsync(() -> stoppingOthers(call), pool));
            }
        } catch (RejectedExecutionException e) {
            // The process ends. What was begun already is to stop, and to be found by the next owner.
            threads.leave();
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
        try {
            waitFor(all);
        } catch (InterruptedException e) {
            threads.leave();
            throw e;
        }
        List<Optional<T>> results = new ArrayList<>();
        for (CompletableFuture<T> future : futures) {
            results.add(future.isDone() ? Optional.of(result(future)) : Optional.empty());
        }
        if (results.size() < calls.size() || threads.left() && results.contains(Optional.empty())) {
            throw new InterruptedException("this run is over");
        }
        return results;
    }

    /** Makes one call. */
    <T> Optional<T> one(Supplier<T> call) throws InterruptedException {
        return all(List.of(call)).get(0);
    }

    private <T> T stoppingOthers(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException | Error e) {
            threads.leave();
            throw e;
        }
    }

    private void waitFor(CompletableFuture<Void> all) throws InterruptedException {
        try {
            CompletableFuture.anyOf(all, threads.stopped()).get();
            Duration limit = threads.left() ? patience.leave() : patience.stop();
            all.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Each call's own end is looked at.
        }
    }

    private static <T> T result(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
