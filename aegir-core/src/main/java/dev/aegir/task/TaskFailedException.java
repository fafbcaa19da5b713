// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.AegirException;

/** A task that had to succeed did not. */
public final class TaskFailedException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final transient TaskInfo task;

    /**
     * For a task.
     *
     * @param task the task as it stands
     */
    public TaskFailedException(TaskInfo task) {
        super("Task " + task.id() + " (" + task.title() + "): " + task.state()
                + task.cause().map(cause -> ": " + cause).orElse(""));
        this.task = task;
    }

    /**
     * The task as it stands.
     *
     * @return the task
     */
    public TaskInfo task() {
        return task;
    }
}
