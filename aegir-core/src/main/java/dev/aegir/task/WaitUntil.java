// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import java.time.Instant;
import java.util.List;

/**
 * Waits until an instant, durably and without holding a thread: a restart of the program does not shorten or lengthen it.
 *
 * @param name the step's name
 * @param until when to go on
 */
public record WaitUntil(String name, Instant until) implements Step {
    /** Makes it. */
    public WaitUntil {}

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        if (context.now().isBefore(until)) {
            throw new NotYetException(until, "waiting until " + until);
        }
    }
}
