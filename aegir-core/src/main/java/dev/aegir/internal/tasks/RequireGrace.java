// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.RefusedException;
import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.List;

/**
 * Stops a plan that removes what a move has left behind as long as somebody may still need that. Changes nothing.
 *
 * @param site the site
 */
public record RequireGrace(Site site) implements Step {
    /** Makes it. */
    public RequireGrace {}

    @Override
    public String name() {
        return "what " + site.name() + " has left behind is of no more use";
    }

    @Override
    public List<Change> preview(StepContext context) {
        run(context);
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        Instant over = Retirement.due(site).orElse(Instant.MIN);
        if (context.now().isBefore(over)) {
            throw new RefusedException("What the site " + site.name() + " has left behind stays until " + over
                    + ", so that whoever still asks there is answered. Wait until then, or say now().");
        }
    }
}
