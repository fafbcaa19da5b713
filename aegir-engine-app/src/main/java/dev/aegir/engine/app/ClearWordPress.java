// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.tool.Tool;
import dev.aegir.engine.app.tool.Tools;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The object cache, transients and rewrite rules are made anew. The object cache is emptied by wp-cli first where that is there,
 * because plugins with caches of their own hook into it.
 *
 * @param site the site
 * @param tools where wp-cli may be
 */
record ClearWordPress(WordPressSite site, Optional<Tools> tools) implements Step {
    @Override
    public String name() {
        return "wordpress: clear the caches of " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "clear the caches of " + site.name(),
                "object cache, transients, rewrite rules\n" + site.preview(context, tools)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<Tool> tool = site.tool(context, tools).tool();
        if (tool.isPresent()) {
            site.use(context, tools.orElseThrow(), tool.get(), WpCli.FLUSH);
        }
        Map<String, String> facts = site.ask(context, "clear-caches", Map.of());
        context.log("removed " + Said.shown(facts.getOrDefault("transients", "?"), 20) + " transients");
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        // After a crash the run may still be under way, and must not go on beside what takes the rest back.
        context.host(site.workbench().server()).stop(context.key());
    }
}
