// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * What a site had before a backup was restored is gone. Cannot be taken back.
 *
 * @param home what the site has
 * @param backup the id of the backup, or of what else was brought
 */
public record RemoveFormerFiles(Tree home, Id backup) implements Step {
    /** Makes it. */
    public RemoveFormerFiles {}

    @Override
    public String name() {
        return "remove the files " + home.title() + " had on " + home.server() + " before " + backup;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.DELETE,
                home.server().value(),
                Aside.former(home, backup).value(),
                ""));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Aside.remove(context.host(home.server()), Aside.former(home, backup), Aside.restored(home, backup));
    }
}
