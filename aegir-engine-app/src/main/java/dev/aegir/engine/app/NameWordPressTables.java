// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.scan.LookAtRunning;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Tables that came from elsewhere get the names that WordPress has here. They are those that the former settings name, when those
 * were read; else they are found by what they are called. Nothing is undone: the database is new, and goes as a whole.
 *
 * @param site the site
 */
record NameWordPressTables(WordPressSite site) implements Step {
    @Override
    public String name() {
        return "wordpress: names of the tables of " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "name the tables of " + site.name(),
                "all of WordPress begin with wp_ then\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        String said = LookAtRunning.prefix(context, site.id()).orElse("");
        // After a crash they may have got their names already.
        String again = context.recall(fact(), Boolean.class).isPresent() ? "1" : "0";
        context.remember(fact(), true);
        Map<String, String> facts =
                site.askOnce(context, "tables", Map.of("said", said, "again", again), Duration.ofMinutes(30));
        String renamed = Said.shown(facts.getOrDefault("renamed", "?"), 20);
        if (!renamed.equals("0")) {
            context.log("renamed " + renamed + " tables, which began with "
                    + Said.shown(facts.getOrDefault("from", "?"), 64));
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        context.host(site.workbench().server()).stop(context.key());
    }

    private String fact() {
        return "wordpress." + site.id() + ".tables";
    }
}
