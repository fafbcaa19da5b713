// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * A step that changes a copy of a database, which an earlier step of the same plan makes: a preview has nothing to look at. The copy is
 * dropped when the plan is taken back, so it is of no account then that the step itself has no way back.
 *
 * @param step the step
 */
public record OnCopy(Step step) implements Step {
    /** Makes it. */
    public OnCopy {}

    static List<Step> all(List<? extends Step> steps) {
        return steps.stream().<Step>map(OnCopy::new).toList();
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
        try {
            step.undo(context);
        } catch (RefusedException e) {
            context.log("what this was done to is a copy, and is dropped");
        }
    }

    @Override
    public Doubt inDoubt(StepContext context) throws Exception {
        return step.inDoubt(context);
    }
}
