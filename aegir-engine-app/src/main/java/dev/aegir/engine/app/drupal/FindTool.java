// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.tool.Tools;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * Tells what does the work for a site, as the result {@code drupal.tool}. Changes nothing.
 *
 * @param name the step's name
 * @param drupal the site
 * @param tools where a program that does it may be
 */
record FindTool(String name, DrupalSite drupal, Optional<Tools> tools) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.result(
                "drupal.tool", DrupalSite.shown(drupal.tool(context, tools).said()));
    }
}
