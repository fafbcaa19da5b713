// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.WordPressException.Problem;
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
import java.util.TreeMap;

/**
 * The database is what the code expects, by wp-cli where that is there; what it says of that proves nothing. When it was changed,
 * that cannot be taken back here, and undo says so.
 *
 * @param site the site
 * @param tools where wp-cli may be
 */
record UpdateWordPress(WordPressSite site, Optional<Tools> tools) implements Step {
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
                        "from " + before + " to " + after + "\n" + site.preview(context, tools)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<Tool> tool = site.tool(context, tools).tool();
        Map<String, String> facts =
                tool.isPresent() ? updated(context, tools.orElseThrow(), tool.get()) : updated(context);
        String before = Said.shown(facts.getOrDefault("before", "?"), 40);
        String after = Said.shown(facts.getOrDefault("database", "?"), 40);
        context.remember(fact(), before.equals(after) ? "same" : "changed");
        context.log(before.equals(after) ? "nothing to update" : "updated from " + before + " to " + after);
        context.results(LookAtWordPress.results(facts));
    }

    private Map<String, String> updated(StepContext context) throws InterruptedException {
        context.remember(fact(), "begun");
        try {
            return site.askOnce(context, "update-database", Map.of(), Duration.ofHours(1));
        } catch (WordPressException e) {
            if (BEFORE.contains(e.problem())) {
                context.remember(fact(), "same");
            }
            throw e;
        }
    }

    private Map<String, String> updated(StepContext context, Tools all, Tool tool) throws InterruptedException {
        String first = fact() + ".before";
        Map<String, String> facts = new TreeMap<>(site.ask(context, "state", Map.of()));
        Optional<String> known = context.recall(first, String.class);
        String before = known.orElseGet(() -> facts.getOrDefault("database", "?"));
        if (known.isEmpty() && before.equals(facts.get("database.expected"))) {
            facts.put("before", before);
            return facts;
        }
        context.remember(first, before);
        context.remember(fact(), "begun");
        site.use(context, all, tool, WpCli.UPDATE);
        facts.putAll(site.ask(context, "state", Map.of()));
        facts.put("before", before);
        String after = facts.getOrDefault("database", "?");
        String expected = facts.getOrDefault("database.expected", "?");
        if (!after.equals(expected)) {
            throw site.wrong(
                    Problem.NOT_DONE,
                    tool + " ended without an error, and the database is at " + after + " where the code expects "
                            + expected);
        }
        return facts;
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
