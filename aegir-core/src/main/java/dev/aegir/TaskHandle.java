// SPDX-License-Identifier: Apache-2.0
package dev.aegir;

import dev.aegir.model.Id;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A task that was submitted. Thread-safe. */
public final class TaskHandle {
    private static final int PAGE = 1000;

    private final TaskExecutor executor;
    private final Id id;

    TaskHandle(TaskExecutor executor, Id id) {
        this.executor = executor;
        this.id = id;
    }

    /**
     * The task's identity.
     *
     * @return the id
     */
    public Id id() {
        return id;
    }

    /**
     * Where the task stands now.
     *
     * @return the task
     * @throws dev.aegir.model.RefusedException when there is no such task
     */
    public TaskInfo info() {
        return executor.find(id)
                .orElseThrow(() -> new dev.aegir.model.RefusedException("There is no task " + id + "."));
    }

    /**
     * Waits until the task has ended, wherever it runs.
     *
     * @param limit how long to wait
     * @return the task as it stands then
     * @throws InterruptedException when the thread is interrupted; the task goes on
     */
    public TaskInfo await(Duration limit) throws InterruptedException {
        return executor.await(id, limit);
    }

    /**
     * Follows the task until it has ended, wherever it runs: everything that happened to it so far, then what happens.
     *
     * @param follower told every event, in order, by this thread
     * @return the task as it ended
     * @throws InterruptedException when the thread is interrupted; the task goes on
     */
    public TaskInfo follow(Consumer<TaskEvent> follower) throws InterruptedException {
        long position = 0;
        while (true) {
            // The state is read before the events: what is said last is then surely among them.
            TaskInfo info = executor.await(id, Duration.ofMillis(100));
            for (List<TaskEvent> page = events(position); !page.isEmpty(); page = events(position)) {
                page.forEach(follower);
                position = page.get(page.size() - 1).position();
            }
            if (info.state().ended()) {
                return info;
            }
        }
    }

    /**
     * What happened to the task.
     *
     * @param after only events after this position; 0 for all
     * @return up to 1,000 events in order
     */
    public List<TaskEvent> events(long after) {
        return executor.events(id, after, PAGE);
    }

    /**
     * Asks the task to cancel: before its commit point everything is taken back; after it, it finishes.
     *
     * @param why the reason
     * @return the task as it stands
     */
    public TaskInfo cancel(String why) {
        return executor.cancel(id, why);
    }

    /**
     * Lets the task go on where it stopped, when it needs attention.
     *
     * @throws dev.aegir.model.RefusedException when it does not
     */
    public void retry() {
        executor.retry(id);
    }

    /**
     * Frees the task's locks, when it needs attention and a person has seen to it.
     *
     * @param why what the person did
     * @throws dev.aegir.model.RefusedException when it does not need attention
     */
    public void release(String why) {
        executor.release(id, why);
    }
}
