// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * A step that looks at what an earlier step of the same plan makes, so that a preview has nothing to look at.
 *
 * @param step the step
 */
public record Unseen(Step step) implements Step {
    /** Makes it. */
    public Unseen {}

    static List<Step> all(List<? extends Step> steps) {
        return steps.stream().<Step>map(Unseen::new).toList();
    }

    @Override
    public String name() {
        return step.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
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
