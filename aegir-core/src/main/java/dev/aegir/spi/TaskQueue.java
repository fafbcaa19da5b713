// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Id;
import java.time.Instant;
import java.util.Collection;

/**
 * Rings when a task can be run. It delivers ids at least once, again when the process that got one died, and knows nothing
 * else about tasks. Thread-safe.
 */
public interface TaskQueue extends AutoCloseable {
    /** Runs one task. */
    interface Listener {
        /**
         * A task may be run. Returning means that the queue may forget it; throwing, that it is to be delivered again a
         * little later.
         *
         * @param task the task's id
         * @throws Exception when it is to be delivered again
         */
        void ready(Id task) throws Exception;
    }

    /**
     * Tasks have become ready, or will be at a time. Called after the ledger's change; a queue that shares the ledger's
     * transaction knows already and only wakes up.
     *
     * @param tasks the tasks
     * @param at when; now or in the past for at once
     */
    void offer(Collection<Id> tasks, Instant at);

    /**
     * Begins to deliver. What was ready before, also of a process that died, is delivered too.
     *
     * @param listener who runs tasks
     * @param threads how many at the same time
     */
    void listen(Listener listener, int threads);

    /** Stops delivering; waits a moment for listeners that are at work, then interrupts them. */
    @Override
    void close();
}
