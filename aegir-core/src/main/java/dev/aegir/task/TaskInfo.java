// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A task and where it stands.
 *
 * @param id its identity
 * @param type its type's name, such as {@code site.install}
 * @param title what it is, for people
 * @param state where it stands
 * @param cause why it was taken back, cancelled or needs attention, and what to do next
 * @param created when it was submitted
 * @param updated when it last changed
 * @param steps its steps, once it was planned
 * @param results what it tells its caller as data
 */
public record TaskInfo(
        Id id,
        String type,
        String title,
        TaskState state,
        Optional<String> cause,
        Instant created,
        Instant updated,
        List<StepInfo> steps,
        Map<String, String> results) {
    /** Copies. */
    public TaskInfo {
        steps = List.copyOf(steps);
        results = Collections.unmodifiableMap(new TreeMap<>(results));
    }

    /**
     * This task, if it succeeded.
     *
     * @return this
     * @throws TaskFailedException when it has ended otherwise, or not yet
     */
    public TaskInfo orThrow() {
        if (state != TaskState.SUCCEEDED) {
            throw new TaskFailedException(this);
        }
        return this;
    }

    /**
     * Something it tells its caller.
     *
     * @param name what it is, such as {@code backup.id}
     * @return the value
     * @throws RefusedException when it told nothing of that name; the message lists what it told
     */
    public String result(String name) {
        String value = results.get(name);
        if (value == null) {
            throw new RefusedException("The task \"" + title + "\" (" + state + ") told no " + name + "; it told "
                    + (results.isEmpty() ? "nothing" : String.join(", ", results.keySet())) + ".");
        }
        return value;
    }
}
