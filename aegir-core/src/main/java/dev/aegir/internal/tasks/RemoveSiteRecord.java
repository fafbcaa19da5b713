// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Takes a site out of the inventory. */
public record RemoveSiteRecord(Site site) implements Step {
    /** Makes it. */
    public RemoveSiteRecord {}

    @Override
    public String name() {
        return "inventory: remove site " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return context.inventory().site(site.name()).isEmpty()
                ? List.of()
                : List.of(new Change(Change.Kind.DELETE, "inventory", "site " + site.name(), ""));
    }

    @Override
    public void run(StepContext context) {
        context.inventory().removeSite(site.id());
    }

    @Override
    public void undo(StepContext context) {
        context.inventory().save(site);
    }
}
