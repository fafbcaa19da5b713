// SPDX-License-Identifier: Apache-2.0
package dev.aegir;

import java.util.List;

/**
 * What was due by the schedules of sites and codebases.
 *
 * @param tasks the tasks that were submitted, and those that another program had submitted already when this one looked first
 * @param refused what could not be submitted, each with the reason; it is tried again the next time
 */
public record Due(List<TaskHandle> tasks, List<String> refused) {
    /** Copies. */
    public Due {
        tasks = List.copyOf(tasks);
        refused = List.copyOf(refused);
    }
}
