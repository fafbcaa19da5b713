// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.tool.Tools;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Starts WordPress with all its plugins, and tells what it finds. Changes nothing.
 *
 * @param site the site
 * @param tools where wp-cli may be
 */
record LookAtWordPress(WordPressSite site, Optional<Tools> tools) implements Step {
    @Override
    public String name() {
        return "wordpress: look at " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.results(results(site.ask(context, "verify", Map.of())));
        context.result("wordpress.tool", Said.shown(site.tool(context, tools).said(), 300));
    }

    /** The facts of a site, as results of its task. */
    static Map<String, String> results(Map<String, String> facts) {
        Map<String, String> results = new TreeMap<>();
        for (String fact : List.of(
                "version",
                "database",
                "database.expected",
                "users",
                "plugins",
                "updates.core",
                "updates.plugins",
                "updates.themes")) {
            results.put("wordpress." + fact, Said.shown(facts.getOrDefault(fact, "?"), 40));
        }
        return results;
    }
}
