// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Writes a site that has left something behind into the inventory, with the time.
 *
 * @param site the site
 */
public record SaveMoved(Site site) implements Step {
    /** Makes it. */
    public SaveMoved {}

    /** The step that saves a site which may have left something behind. */
    static Step of(Site site) {
        return Former.of(site).isPresent() ? new SaveMoved(site) : new SaveSite(site);
    }

    @Override
    public String name() {
        return new SaveSite(site).name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return new SaveSite(site).preview(context);
    }

    @Override
    public void run(StepContext context) {
        new SaveSite(Former.since(site, context.now())).run(context);
    }

    @Override
    public void undo(StepContext context) {
        new SaveSite(site).undo(context);
    }
}
