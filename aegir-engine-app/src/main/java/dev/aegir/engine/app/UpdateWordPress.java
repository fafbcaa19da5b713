// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.WordPressException.Problem;
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
 * @param site the site
 */
record UpdateWordPress(WordPressSite site) implements Step {
    /** What happens before anything is changed. */
    private static final Set<Problem> BEFORE =
            EnumSet.of(Problem.NO_WORDPRESS, Problem.DATABASE, Problem.NOT_INSTALLED);

    @Override
    public String name() {
        return "wordpress: update the database of " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Map<String, String> facts = site.ask(context, "state", Map.of());
        String before = Said.shown(facts.getOrDefault("database", "?"), 40);
        String after = Said.shown(facts.getOrDefault("database.expected", "?"), 40);
        return before.equals(after)
                ? List.of()
                : List.of(new Change(
                        Change.Kind.RUN,
                        site.workbench().server().value(),
                        "update the database of " + site.name(),
                        "from " + before + " to " + after + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.remember(fact(), "begun");
        Map<String, String> facts;
        try {
            facts = site.askOnce(context, "update-database", Map.of(), Duration.ofHours(1));
        } catch (WordPressException e) {
            if (BEFORE.contains(e.problem())) {
                context.remember(fact(), "same");
            }
            throw e;
        }
        String before = Said.shown(facts.getOrDefault("before", "?"), 40);
        String after = Said.shown(facts.getOrDefault("database", "?"), 40);
        context.remember(fact(), before.equals(after) ? "same" : "changed");
        context.log(before.equals(after) ? "nothing to update" : "updated from " + before + " to " + after);
        context.results(LookAtWordPress.results(facts));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        context.host(site.workbench().server()).stop(context.key());
        if (context.recall(fact(), String.class)
                .filter(was -> !was.equals("same"))
                .isPresent()) {
            throw new RefusedException(
                    site.workbench().server() + ": the database of the site " + site.name()
                            + " was updated, and WordPress has no way back. Mend what failed and update again, or restore a backup.");
        }
    }

    private String fact() {
        return "wordpress." + site.id() + ".update";
    }
}
