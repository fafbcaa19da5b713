// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Has a site's Drupal do something that it says in its own database; what it tells about it are results.
 *
 * @param name the step's name
 * @param drupal the site
 * @param verb what to do
 * @param arguments what that needs; no secrets
 * @param minutes how long it may take; 0 for what only looks
 */
record AskDrupal(String name, DrupalSite drupal, String verb, Map<String, String> arguments, int minutes)
        implements Step {
    AskDrupal {
        arguments = Map.copyOf(arguments);
    }

    @Override
    public List<Change> preview(StepContext context) {
        return minutes == 0
                ? List.of()
                : List.of(new Change(
                        Change.Kind.RUN,
                        drupal.workbench().server().value(),
                        "drupal " + verb,
                        "as " + drupal.workbench().account() + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts = minutes == 0
                ? drupal.ask(context, verb, arguments)
                : drupal.askOnce(context, verb, arguments, Duration.ofMinutes(minutes));
        Map<String, String> results = new TreeMap<>();
        facts.forEach((fact, value) -> results.put("drupal." + fact, value));
        context.results(results);
        results.forEach((fact, value) -> context.log(fact + ": " + value));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        // After a crash the run may still be under way, and must not go on beside what takes the rest back.
        if (minutes != 0) {
            context.host(drupal.workbench().server()).stop(context.key());
        }
    }
}
