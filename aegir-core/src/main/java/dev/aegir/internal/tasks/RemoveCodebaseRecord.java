// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Codebase;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Takes a codebase out of the inventory. */
public record RemoveCodebaseRecord(Codebase codebase) implements Step {
    /** Makes it. */
    public RemoveCodebaseRecord {}

    @Override
    public String name() {
        return "inventory: remove codebase " + codebase.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return context.inventory().codebase(codebase.name()).isEmpty()
                ? List.of()
                : List.of(new Change(Change.Kind.DELETE, "inventory", "codebase " + codebase.name(), ""));
    }

    @Override
    public void run(StepContext context) {
        context.inventory().removeCodebase(codebase.id());
    }

    @Override
    public void undo(StepContext context) {
        context.inventory().save(codebase);
    }
}
