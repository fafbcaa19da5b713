// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.drupal.DrupalException.Problem;
import dev.aegir.engine.app.tool.Tool;
import dev.aegir.engine.app.tool.Tools;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The deploy hooks of a site's modules have run, which are Drush's own; without it they wait, and that is told. What one has done
 * cannot be taken back here, and undo says so.
 *
 * @param name the step's name
 * @param drupal the site
 * @param tools where Drush may be
 */
record DeployDrupal(String name, DrupalSite drupal, Optional<Tools> tools) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        String waiting = waiting(context);
        return waiting.isEmpty() || tools.isEmpty()
                ? List.of()
                : List.of(new Change(
                        Change.Kind.RUN,
                        drupal.workbench().server().value(),
                        "run the deploy hooks of " + drupal.name(),
                        waiting.replace(" ", "\n") + "\n" + drupal.preview(context, tools)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<Tool> tool = drupal.tool(context, tools).tool();
        String waiting = waiting(context);
        if (!waiting.isEmpty() && tool.isPresent()
                || context.recall(fact(), Boolean.class).isPresent()) {
            context.remember(fact(), true);
            drupal.use(context, tools.orElseThrow(), tool.orElseThrow(), DrupalTools.DEPLOY);
            String left = waiting(context);
            if (!left.isEmpty()) {
                throw drupal.wrong(Problem.NOT_DONE, tool.orElseThrow() + " has left these deploy hooks: " + left);
            }
            waiting = left;
        }
        int count = waiting.isEmpty() ? 0 : waiting.split(" ").length;
        context.result("drupal.deploys", Integer.toString(count));
        if (count > 0) {
            context.log("deploy hooks wait for Drush: " + waiting);
        }
    }

    private String waiting(StepContext context) throws InterruptedException {
        return DrupalSite.shown(drupal.ask(context, "pending", Map.of())
                .getOrDefault("deploys", "")
                .strip());
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        // After a crash the run may still be under way, and must not go on beside what takes the rest back.
        context.host(drupal.workbench().server()).stop(context.key());
        if (context.recall(fact(), Boolean.class).isPresent()) {
            throw new RefusedException(drupal.workbench().server() + ": deploy hooks of the site " + drupal.name()
                    + " have run, at least in part, and Drupal has no way back. Mend what failed and update again, or restore a"
                    + " backup.");
        }
    }

    private String fact() {
        return "drupal." + drupal.id() + ".deploy";
    }
}
