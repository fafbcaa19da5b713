// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.scan.SitePackages;
import dev.aegir.model.Name;
import dev.aegir.model.VersionScheme;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/**
 * The modules and themes of a site, which are switched on, and the states its database is in, are in the inventory.
 *
 * @param name the step's name
 * @param drupal the site
 * @param codebase its codebase's name
 */
record ListDrupal(String name, DrupalSite drupal, Name codebase) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts = drupal.ask(context, "packages", Map.of());
        drupal.understood(() -> packages().keep(context, facts));
    }

    @Override
    public void undo(StepContext context) {
        packages().restore(context);
    }

    private SitePackages packages() {
        return new SitePackages(drupal.name(), drupal.id(), codebase, VersionScheme.DRUPAL);
    }
}
