// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import java.util.List;

/**
 * A place in a plan with a name that stays, so that others can put steps {@linkplain Plan#before before} and
 * {@linkplain Plan#after after} it. Does nothing.
 *
 * @param name what is so when a task gets here, unique in its plan
 */
public record Milestone(String name) implements Step {
    /** Makes it. */
    public Milestone {}

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        context.log(name);
    }
}
