// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * A step under another name, for a plan that does the same kind of thing to the same thing twice, such as closing a site and
 * opening it again.
 *
 * @param name the name in this plan
 * @param step the step; it remembers nothing under names that both of them would use
 */
public record Renamed(String name, Step step) implements Step {
    /** Makes it. */
    public Renamed {}

    static List<Step> all(String why, List<? extends Step> steps) {
        return steps.stream()
                .<Step>map(step -> new Renamed(step.name() + ", " + why, step))
                .toList();
    }

    @Override
    public List<Change> preview(StepContext context) throws Exception {
        return step.preview(context);
    }

    @Override
    public void run(StepContext context) throws Exception {
        step.run(context);
    }

    @Override
    public void undo(StepContext context) throws Exception {
        step.undo(context);
    }

    @Override
    public Doubt inDoubt(StepContext context) throws Exception {
        return step.inDoubt(context);
    }
}
