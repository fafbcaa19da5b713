// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Backup;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Removes a backup from the inventory.
 *
 * @param backup the backup
 */
public record RemoveBackupRecord(Backup backup) implements Step {
    /** Makes it. */
    public RemoveBackupRecord {}

    @Override
    public String name() {
        return "inventory: remove backup " + backup.id() + " of " + backup.title();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return context.inventory().backup(backup.id()).isEmpty()
                ? List.of()
                : List.of(new Change(Change.Kind.DELETE, "inventory", "backup " + backup.id(), backup.title()));
    }

    @Override
    public void run(StepContext context) {
        Saved.remember(context, before(), context.inventory().backup(backup.id()));
        context.inventory().removeBackup(backup.id());
    }

    @Override
    public void undo(StepContext context) {
        Saved.restore(
                context,
                before(),
                Backup.class,
                context.inventory()::save,
                () -> context.inventory().removeBackup(backup.id()));
    }

    private String before() {
        return "backup." + backup.id() + ".before";
    }
}
