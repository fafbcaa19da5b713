// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The threads of one run that are inside a step right now. Only these are interrupted when the run shall stop: never one
 * that writes the journal, not even when a step asked for that. Thread-safe.
 */
final class StepThreads {
    private final Set<Thread> inside = new HashSet<>();

    /** Those that are to be interrupted as soon as they have written what they write. */
    private final Set<Thread> late = new HashSet<>();

    private CompletableFuture<Void> stopped = new CompletableFuture<>();
    private boolean sealed;
    private boolean cancelled;
    private boolean left;

    /** The thread goes into a step. */
    synchronized void enter() throws InterruptedException {
        if (stopping()) {
            throw new InterruptedException("stopped");
        }
        inside.add(Thread.currentThread());
    }

    /** The thread comes out of a step; an interrupt that came too late is forgotten. */
    synchronized void exit() {
        late.remove(Thread.currentThread());
        if (inside.remove(Thread.currentThread())) {
            Thread.interrupted();
        }
    }

    /** A step's thread writes something that must not be torn: it is not interrupted meanwhile, but afterwards. */
    void shielded(Runnable write) {
        boolean wasInside;
        boolean wasInterrupted;
        synchronized (this) {
            wasInside = inside.remove(Thread.currentThread());
            wasInterrupted = wasInside && Thread.interrupted();
        }
        try {
            write.run();
        } finally {
            synchronized (this) {
                if (wasInside) {
                    inside.add(Thread.currentThread());
                    if (late.remove(Thread.currentThread()) || wasInterrupted || stopping()) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
        }
    }

    /** The task is to be taken back: stops what runs, and lets none in any more; nothing when it is too late for that. */
    synchronized void cancel() {
        if (!sealed) {
            cancelled = true;
            stop();
        }
    }

    /** Interrupts one step, which has been in it for too long; what it writes is written first. */
    synchronized void interrupt(Thread thread) {
        if (inside.contains(thread)) {
            thread.interrupt();
        } else {
            late.add(thread);
        }
    }

    /** This run is over, because the process ends or the task has another owner: stops what runs. */
    synchronized void leave() {
        left = true;
        stop();
    }

    private void stop() {
        inside.forEach(Thread::interrupt);
        stopped.complete(null);
    }

    /** From now on the task is not to be cancelled: it is past its commit point, or taken back already. */
    synchronized void seal() {
        sealed = true;
        if (cancelled && !left) {
            cancelled = false;
            stopped = new CompletableFuture<>();
        }
    }

    /** Whether what runs shall stop. */
    synchronized boolean stopping() {
        return left || cancelled;
    }

    /** Whether this run is over. */
    synchronized boolean left() {
        return left;
    }

    /** Done as soon as what runs shall stop. */
    synchronized CompletableFuture<Void> stopped() {
        return stopped;
    }
}
