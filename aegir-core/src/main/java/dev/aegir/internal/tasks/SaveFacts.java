// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Name;
import dev.aegir.model.ServerFacts;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Writes what was discovered in the same task into the inventory. Facts are what was seen, so there is nothing to undo. */
public record SaveFacts(Name server) implements Step {
    /** Makes it. */
    public SaveFacts {}

    @Override
    public String name() {
        return "inventory: save what " + server + " has";
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        context.recall(DiscoverServer.FACTS, ServerFacts.class).ifPresent(context.inventory()::save);
    }
}
