// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/**
 * The object cache, transients and rewrite rules are made anew.
 *
 * @param site the site
 */
record ClearWordPress(WordPressSite site) implements Step {
    @Override
    public String name() {
        return "wordpress: clear the caches of " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "clear the caches of " + site.name(),
                "object cache, transients, rewrite rules\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts = site.ask(context, "clear-caches", Map.of());
        context.log("removed " + Said.shown(facts.getOrDefault("transients", "?"), 20) + " transients");
    }
}
