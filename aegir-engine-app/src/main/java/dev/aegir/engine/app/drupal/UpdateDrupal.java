// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.drupal.DrupalException.Problem;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The database is what the code expects. When it was changed, that cannot be taken back here, and undo says so.
 *
 * @param name the step's name
 * @param drupal the site
 */
record UpdateDrupal(String name, DrupalSite drupal) implements Step {
    /** What is wrong before anything is changed. */
    private static final Set<Problem> BEFORE = EnumSet.of(
            Problem.NO_DRUPAL,
            Problem.TOO_OLD,
            Problem.NO_SETTINGS,
            Problem.DATABASE,
            Problem.NOT_INSTALLED,
            Problem.REQUIREMENTS);

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        String pending = drupal.ask(context, "status", Map.of()).getOrDefault("updates", "?");
        return pending.equals("0")
                ? List.of()
                : List.of(new Change(
                        Change.Kind.RUN,
                        drupal.workbench().server().value(),
                        "update the database of " + drupal.name(),
                        pending + " updates\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.remember(fact(), "begun");
        Map<String, String> facts;
        try {
            facts = drupal.askOnce(context, "update", Map.of(), Duration.ofHours(1));
        } catch (DrupalException e) {
            if (BEFORE.contains(e.problem())) {
                context.remember(fact(), "same");
            }
            throw e;
        }
        String updates = facts.getOrDefault("updates", "?");
        context.remember(fact(), updates.equals("0") ? "same" : "changed");
        context.log(updates.equals("0") ? "nothing to update" : "updated: " + facts.getOrDefault("updated", "?"));
        context.results(Map.of("drupal.updates", updates, "drupal.updated", facts.getOrDefault("updated", "")));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        // After a crash the run may still be under way, and must not go on beside what takes the rest back.
        context.host(drupal.workbench().server()).stop(context.key());
        if (context.recall(fact(), String.class)
                .filter(was -> !was.equals("same"))
                .isPresent()) {
            throw new RefusedException(drupal.workbench().server() + ": the database of the site " + drupal.name()
                    + " was updated, at least in part, and Drupal has no way back. Mend what failed and update again, or"
                    + " restore a backup.");
        }
    }

    private String fact() {
        return "drupal." + drupal.id() + ".update";
    }
}
