// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Writes a site into the inventory. */
public record SaveSite(Site site) implements Step {
    /** Makes it. */
    public SaveSite {}

    @Override
    public String name() {
        return "inventory: save site " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return Saved.change(
                context.inventory().site(site.name()),
                site,
                "site " + site.name(),
                "on " + site.services().values());
    }

    @Override
    public void run(StepContext context) {
        Saved.remember(context, before(), context.inventory().site(site.name()));
        context.inventory().save(site);
    }

    @Override
    public void undo(StepContext context) {
        Saved.restore(
                context,
                before(),
                Site.class,
                context.inventory()::save,
                () -> context.inventory().removeSite(site.id()));
    }

    /** A plan may save more than one of them. */
    private String before() {
        return "site." + site.id() + ".before";
    }
}
