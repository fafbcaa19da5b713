// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.scan.SitePackages;
import dev.aegir.model.Name;
import dev.aegir.model.VersionScheme;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/**
 * The plugins and themes of a site, and which are switched on, are in the inventory.
 *
 * @param site the site
 * @param codebase its codebase's name
 */
record ListWordPress(WordPressSite site, Name codebase) implements Step {
    @Override
    public String name() {
        return "wordpress: list the plugins and themes of " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts = site.ask(context, "packages", Map.of());
        site.understood(() -> packages().keep(context, facts));
    }

    @Override
    public void undo(StepContext context) {
        packages().restore(context);
    }

    private SitePackages packages() {
        return new SitePackages(site.name(), site.id(), codebase, VersionScheme.WORDPRESS);
    }
}
