// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Id;
import dev.aegir.task.TaskState;
import java.util.Optional;
import java.util.Set;

/**
 * Which tasks to list, newest first.
 *
 * @param states only tasks in one of these; empty for all
 * @param before only tasks submitted before this one, for the next page
 * @param limit how many at most, 1 to 10,000
 */
public record TaskQuery(Set<TaskState> states, Optional<Id> before, int limit) {
    /** Validates and copies. */
    public TaskQuery {
        states = Set.copyOf(states);
        if (limit < 1 || limit > 10_000) {
            throw new dev.aegir.model.InvalidValueException("limit", Integer.toString(limit), "1 to 10,000");
        }
    }

    /**
     * The newest tasks.
     *
     * @param limit how many at most
     * @return the query
     */
    public static TaskQuery newest(int limit) {
        return new TaskQuery(Set.of(), Optional.empty(), limit);
    }

    /**
     * Only tasks in some states.
     *
     * @param some the states
     * @return a copy
     */
    public TaskQuery in(TaskState... some) {
        return new TaskQuery(Set.of(some), before, limit);
    }
}
