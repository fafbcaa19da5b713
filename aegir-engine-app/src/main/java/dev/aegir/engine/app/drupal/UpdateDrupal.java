// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.drupal.DrupalException.Problem;
import dev.aegir.engine.app.tool.Tool;
import dev.aegir.engine.app.tool.Tools;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The database is what the code expects, by Drush where that is there; what it says of that proves nothing. When it was changed,
 * that cannot be taken back here, and undo says so.
 *
 * @param name the step's name
 * @param drupal the site
 * @param tools where Drush may be
 */
record UpdateDrupal(String name, DrupalSite drupal, Optional<Tools> tools) implements Step {
    /** What is wrong before anything is changed. */
    private static final Set<Problem> BEFORE = EnumSet.of(
            Problem.NO_DRUPAL,
            Problem.TOO_OLD,
            Problem.NO_SETTINGS,
            Problem.DATABASE,
            Problem.NOT_INSTALLED,
            Problem.REQUIREMENTS);

    /**
     * What its database says.
     *
     * @param updates the names of those that wait
     * @param maintenance whether it is in its own maintenance mode
     */
    private record State(String updates, String maintenance) {}

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        String pending = drupal.ask(context, "status", Map.of()).getOrDefault("updates", "?");
        return pending.equals("0")
                ? List.of()
                : List.of(new Change(
                        Change.Kind.RUN,
                        drupal.workbench().server().value(),
                        "update the database of " + drupal.name(),
                        pending + " updates\n" + drupal.preview(context, tools)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<Tool> tool = drupal.tool(context, tools).tool();
        String updated = tool.isPresent() ? updated(context, tools.orElseThrow(), tool.get()) : updated(context);
        String updates = Integer.toString(updated.isEmpty() ? 0 : updated.split(" ").length);
        context.remember(fact(), updated.isEmpty() ? "same" : "changed");
        context.log(updated.isEmpty() ? "nothing to update" : "updated: " + updated);
        context.results(Map.of("drupal.updates", updates, "drupal.updated", updated));
    }

    private String updated(StepContext context) throws InterruptedException {
        context.remember(fact(), "begun");
        try {
            return drupal.askOnce(context, "update", Map.of(), Duration.ofHours(1))
                    .getOrDefault("updated", "?");
        } catch (DrupalException e) {
            if (BEFORE.contains(e.problem())) {
                context.remember(fact(), "same");
            }
            throw e;
        }
    }

    private String updated(StepContext context, Tools all, Tool tool) throws InterruptedException {
        Optional<State> known = context.recall(fact() + ".before", State.class);
        State before = known.isPresent() ? known.get() : state(context);
        if (known.isEmpty() && before.updates().isEmpty()) {
            return "";
        }
        context.remember(fact() + ".before", before);
        context.remember(fact(), "begun");
        drupal.use(context, all, tool, DrupalTools.UPDATE);
        State after = state(context);
        if (!after.updates().isEmpty()) {
            throw drupal.wrong(Problem.NOT_DONE, tool + " has left these updates: " + after.updates());
        } else if (!after.maintenance().equals(before.maintenance())) {
            throw drupal.wrong(Problem.NOT_DONE, tool + " has left its maintenance mode " + after.maintenance());
        }
        return before.updates();
    }

    private State state(StepContext context) throws InterruptedException {
        Map<String, String> facts = drupal.ask(context, "pending", Map.of());
        return new State(facts.getOrDefault("updates", "?"), facts.getOrDefault("maintenance", "?"));
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
