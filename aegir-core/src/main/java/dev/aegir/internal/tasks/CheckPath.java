// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Stops a plan when a single path cannot be replaced: there is no way to it that is directories only, or it was not brought.
 * Changes nothing.
 *
 * @param home what the site has
 * @param backup the id of the backup, or of what else was brought
 * @param path the path below the home
 * @param unpacked whether it is looked for in what was brought; otherwise where it goes
 */
public record CheckPath(Tree home, Id backup, String path, boolean unpacked) implements Step {
    /** Makes it. */
    public CheckPath {}

    @Override
    public String name() {
        return (unpacked ? backup + " has " + path + " of " : "there is a way to " + path + " of ") + home.title();
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        if (!unpacked) {
            run(context);
        }
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        SwitchPath.asAccount(context, home, backup, path, unpacked ? "unpacked" : "way");
    }
}
