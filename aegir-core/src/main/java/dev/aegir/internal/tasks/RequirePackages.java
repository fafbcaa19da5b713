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
 * A codebase has every package that is switched on in the database of a site that comes to it, in no older state. Changes nothing.
 *
 * @param site the site as it will be, whose packages were looked at by a step before
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
                .orElseThrow(() -> new RefusedException(
                        "What the codebase " + site.codebase() + " has is not known: scan it, and try again."));
        SiteMoves.barriers(has.get(), offered).ifPresent(table -> {
            throw new RefusedException("The codebase " + site.codebase() + " lacks what the site " + site.name()
                    + " has switched on:\n" + table
                    + "\nTake a codebase that has it and is scanned, and try again.");
        });
    }
}
