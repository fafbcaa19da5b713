// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Codebase;
import dev.aegir.model.Release;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Writes a codebase into the inventory, with the revision that was resolved in the same task. */
public record SaveCodebase(Codebase codebase) implements Step {
    /** Makes it. */
    public SaveCodebase {}

    @Override
    public String name() {
        return "inventory: save codebase " + codebase.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return Saved.change(
                context.inventory().codebase(codebase.name()),
                resolved(context),
                "codebase " + codebase.name(),
                "on " + codebase.servers());
    }

    @Override
    public void run(StepContext context) {
        Saved.remember(context, before(), context.inventory().codebase(codebase.name()));
        Codebase resolved = resolved(context);
        context.inventory().save(resolved);
        resolved.revision().ifPresent(revision -> context.result("revision", revision));
    }

    @Override
    public void undo(StepContext context) {
        Saved.restore(
                context,
                before(),
                Codebase.class,
                context.inventory()::save,
                () -> context.inventory().removeCodebase(codebase.id()));
    }

    private Codebase resolved(StepContext context) {
        return codebase.revision().isPresent()
                ? codebase
                : context.recall(Release.revisionFact(codebase.id()), String.class)
                        .map(codebase::revision)
                        .orElse(codebase);
    }

    /** A plan may save more than one of them. */
    private String before() {
        return "codebase." + codebase.id() + ".before";
    }
}
