// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Interrupts the thread that made it when its time is over, unless it was closed before. Thread-safe. */
final class StepDeadline implements Deadlines.Deadline {
    private final StepThreads threads;
    private final Thread thread = Thread.currentThread();
    private boolean passed;
    private boolean closed;

    StepDeadline(StepThreads threads, Duration time) {
        this.threads = threads;
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::pass);
    }

    private synchronized void pass() {
        if (!closed) {
            passed = true;
            threads.interrupt(thread);
        }
    }

    @Override
    public synchronized boolean passed() {
        return passed;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
