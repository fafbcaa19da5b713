// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.tool.Tool;
import dev.aegir.engine.app.tool.Tools;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a site's Drupal has cached and compiled is made anew; by Drush where that is there, because modules hook into its command.
 *
 * @param name the step's name
 * @param drupal the site
 * @param tools where a program that does it may be
 */
record RebuildDrupal(String name, DrupalSite drupal, Optional<Tools> tools) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return List.of(new Change(
                Change.Kind.RUN,
                drupal.workbench().server().value(),
                "drupal rebuild",
                "as " + drupal.workbench().account() + "\n" + drupal.preview(context, tools)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<Tool> tool = drupal.tool(context, tools).tool();
        if (tool.isEmpty()) {
            drupal.askOnce(context, "rebuild", Map.of(), Duration.ofHours(1));
            return;
        }
        drupal.use(context, tools.orElseThrow(), tool.get(), DrupalTools.REBUILD);
        // It starts with what was made.
        drupal.ask(context, "status", Map.of());
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        // After a crash the run may still be under way, and must not go on beside what takes the rest back.
        context.host(drupal.workbench().server()).stop(context.key());
    }
}
