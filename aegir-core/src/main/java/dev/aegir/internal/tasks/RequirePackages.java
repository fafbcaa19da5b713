// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * The codebase of a site that came from elsewhere has every package that is switched on in the site's database, in no older state.
 * Changes nothing.
 *
 * @param site the site, whose packages were looked at by a step before
 */
public record RequirePackages(Site site) implements Step {
    /** Makes it. */
    public RequirePackages {}

    @Override
    public String name() {
        return "the codebase " + site.codebase() + " has what " + site.name() + " needs";
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        Optional<Packages> has = context.inventory().packagesOf(site.id());
        if (has.isEmpty()) {
            // Its application knows no packages.
            return;
        }
        Packages offered = context.inventory()
                .packages(site.codebase())
                .orElseThrow(() -> new RefusedException("What the codebase " + site.codebase()
                        + " has is not known: scan it, then import " + site.name() + " again."));
        SiteMoves.barriers(has.get(), offered).ifPresent(table -> {
            throw new RefusedException("The codebase " + site.codebase() + " lacks what the site " + site.name()
                    + " has switched on:\n" + table
                    + "\nAdd that to the codebase, scan it, and import again.");
        });
    }
}
