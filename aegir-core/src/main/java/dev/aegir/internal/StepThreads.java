// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.util.HashSet;
import java.util.Set;

/**
 * The threads of one run that are inside a step right now. Only these are interrupted when the task is cancelled: never one
 * that writes the journal.
 */
final class StepThreads {
    private final Set<Thread> inside = new HashSet<>();
    private boolean stopped;

    /** The thread goes into a step. */
    synchronized void enter() throws InterruptedException {
        if (stopped) {
            throw new InterruptedException("stopped");
        }
        inside.add(Thread.currentThread());
    }

    /** The thread comes out of a step; an interrupt that came too late is forgotten. */
    synchronized void exit() {
        if (inside.remove(Thread.currentThread())) {
            Thread.interrupted();
        }
    }

    /** Interrupts every thread inside a step, and lets none in any more. */
    synchronized void stop() {
        stopped = true;
        inside.forEach(Thread::interrupt);
    }

    /** Lets threads in again. */
    synchronized void reopen() {
        stopped = false;
    }
}
