// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Runs tasks. The one Aegir brings runs them from a {@link Store}; a workflow engine may implement this whole instead.
 * Thread-safe.
 */
public interface TaskExecutor extends AutoCloseable {
    /**
     * Accepts tasks: durably, before this returns.
     *
     * @param submissions the tasks
     * @return their ids, in the same order; the first one's where a key was submitted before
     * @throws RefusedException when one of them cannot be done as things are; then none was accepted
     * @throws IllegalStateException when this is closed
     */
    List<Id> submit(List<Submission> submissions);

    /**
     * A task and where it stands.
     *
     * @param task its id
     * @return the task, if there is one
     */
    Optional<TaskInfo> find(Id task);

    /**
     * Some tasks.
     *
     * @param query which
     * @return the tasks, newest first, without their steps
     */
    List<TaskInfo> list(TaskQuery query);

    /**
     * The events of a task.
     *
     * @param task the task
     * @param after only events after this position; 0 for all
     * @param limit how many at most
     * @return the events in order
     */
    List<TaskEvent> events(Id task, long after, int limit);

    /**
     * Asks a task to cancel: before its commit point everything is taken back; after it, it finishes. One that is parked is
     * woken up for that, also when it was asked before; one that is being taken back, or has ended, stays as it is.
     *
     * @param task the task
     * @param why the reason
     * @return the task as it stands
     * @throws RefusedException when there is no such task
     */
    TaskInfo cancel(Id task, String why);

    /**
     * Lets a task that needs attention go on where it stopped.
     *
     * @param task the task
     * @throws RefusedException when it does not need attention
     */
    void retry(Id task);

    /**
     * Frees the locks of a task that needs attention, because a person has seen to it.
     *
     * @param task the task
     * @param why what the person did
     * @throws RefusedException when it does not need attention
     */
    void release(Id task, String why);

    /**
     * Forgets tasks that have ended, but for those that need attention.
     *
     * @param age how long ago they ended at least
     * @return how many were forgotten
     */
    int forget(Duration age);

    /**
     * Waits until a task has ended, wherever it runs.
     *
     * @param task the task
     * @param limit how long to wait
     * @return the task as it stands then
     * @throws RefusedException when there is no such task
     * @throws InterruptedException when the thread is interrupted
     */
    TaskInfo await(Id task, Duration limit) throws InterruptedException;

    /** Stops running tasks; those under way are gone on with by whoever opens the store next. */
    @Override
    void close();
}
