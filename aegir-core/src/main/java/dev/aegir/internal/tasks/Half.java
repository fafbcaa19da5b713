// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Only the doing of a step, or only its taking back, so that these can be at two places of a plan: what is done on another
 * server while a site is frozen is taken back after the site is open again, whether that server still answers or not.
 *
 * @param name the name in this plan
 * @param step the step; what it remembers is not under its key
 * @param doing whether this does it; otherwise it takes it back
 */
public record Half(String name, Step step, boolean doing) implements Step {
    /** Makes it. */
    public Half {}

    static List<Step> done(List<Step> steps) {
        return steps.stream()
                .<Step>map(step -> new Half(step.name(), step, true))
                .toList();
    }

    static List<Step> undone(List<Step> steps) {
        return steps.stream()
                .<Step>map(step -> new Half("ready for: " + step.name(), step, false))
                .toList();
    }

    @Override
    public List<Change> preview(StepContext context) throws Exception {
        return doing ? step.preview(context) : List.of();
    }

    @Override
    public void run(StepContext context) throws Exception {
        if (doing) {
            step.run(context);
        }
    }

    @Override
    public void undo(StepContext context) throws Exception {
        if (!doing) {
            step.undo(context);
        }
    }

    @Override
    public Doubt inDoubt(StepContext context) throws Exception {
        return doing ? step.inDoubt(context) : Doubt.RUN_AGAIN;
    }
}
