// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.RefusedException;
import dev.aegir.task.Plan;
import dev.aegir.task.Task;

/**
 * Plans tasks of one type. Stateless; used by many threads.
 *
 * @param <T> the task's record
 */
public interface TaskHandler<T extends Task> extends StepSource {
    /**
     * The name tasks of this type are stored under; it never changes.
     *
     * @return the name, such as {@code site.install}
     */
    String name();

    /**
     * The task's record.
     *
     * @return its class
     */
    Class<T> type();

    /**
     * Plans a task: reads the inventory, touches no server. Asked when the task is submitted, so that a bad one is refused
     * at once, and again when it has its locks.
     *
     * @param task the task
     * @param planner what to plan with
     * @return the plan
     * @throws RefusedException when the task cannot be done as things are
     */
    Plan plan(T task, Planner planner);
}
