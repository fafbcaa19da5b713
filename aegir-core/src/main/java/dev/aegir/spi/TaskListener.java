// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.task.TaskEvent;

/**
 * Told what happens to tasks in this process, as it happens. For everything that happened anywhere and ever, read the
 * events of a task. A listener that throws is logged and asked again next time.
 */
@FunctionalInterface
public interface TaskListener {
    /**
     * Something happened. Called by the thread that did it; return soon.
     *
     * @param event what happened; its position is 0 when it is not yet known
     */
    void happened(TaskEvent event);
}
