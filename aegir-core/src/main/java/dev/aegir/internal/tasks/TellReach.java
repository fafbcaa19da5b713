// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.DomainName;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Tells what the code of a drilled site can reach. Changes nothing.
 *
 * @param title the site
 * @param network {@code none}, or {@code open: } and why nothing holds it back
 */
public record TellReach(DomainName title, String network) implements Step {
    /** Makes it. */
    public TellReach {}

    @Override
    public String name() {
        return "what " + title + " can reach by a network";
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        context.result("drill.network", network);
        context.log("what the drilled site reaches by a network: " + network);
    }
}
