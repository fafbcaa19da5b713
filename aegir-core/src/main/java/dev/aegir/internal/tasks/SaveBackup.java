// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Backup;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Writes a backup that was just taken into the inventory, with what its engine says is in it. Never taken back: a backup that
 * is complete is of use, whatever else fails.
 *
 * @param backup the backup
 */
public record SaveBackup(Backup backup) implements Step {
    /** Makes it. */
    public SaveBackup {}

    @Override
    public String name() {
        return "inventory: save backup " + backup.id() + " of " + backup.title();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE, "inventory", "backup " + backup.id(), backup.title() + " in " + backup.service()));
    }

    @Override
    public void run(StepContext context) {
        Backup.Contents contents = context.recall(backup.contentsFact(), Backup.Contents.class)
                .orElseThrow(() -> new RefusedException(
                        "The engine of " + backup.service() + " did not say what is in the" + " backup " + backup.id()
                                + "; it must remember that as " + backup.contentsFact() + "."));
        Backup.Verified read = new Backup.Verified(Backup.Level.STRUCTURE, context.now());
        context.inventory().save(backup.complete(contents).verified(read));
        context.result("backup.id", backup.id().value());
    }
}
