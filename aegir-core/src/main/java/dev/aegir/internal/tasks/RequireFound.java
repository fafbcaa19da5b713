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
 * The codebase of a site has every package that was found in the code of the running site that it shall become, in no older version.
 * What of it is switched on is not known yet. Changes nothing.
 *
 * @param site the site
 * @param leaving packages it need not have, unless they turn out to be switched on
 */
public record RequireFound(Site site, List<String> leaving) implements Step {
    /** Copies. */
    public RequireFound {
        leaving = List.copyOf(leaving);
    }

    @Override
    public String name() {
        return "the codebase " + site.codebase() + " has what was found for " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        Optional<Packages> has = context.inventory().packagesOf(site.id());
        if (has.isEmpty()) {
            return;
        }
        Packages needed = new Packages(
                has.get().owner(),
                has.get().at(),
                has.get().entries().stream()
                        .filter(entry -> entry.type().equals("core") || !leaving.contains(entry.name()))
                        .toList(),
                List.of());
        Packages offered = context.inventory()
                .packages(site.codebase())
                .orElseThrow(() -> new RefusedException(
                        "What the codebase " + site.codebase() + " has is not known: scan it, then try again."));
        SiteMoves.barriers(needed, offered).ifPresent(table -> {
            throw new RefusedException(
                    "The codebase " + site.codebase() + " lacks what lies in the code of the running site:\n"
                            + table
                            + "\nNothing was changed. Add that to the codebase and scan it; or name with leaving(...) what the"
                            + " site does not use.");
        });
    }
}
