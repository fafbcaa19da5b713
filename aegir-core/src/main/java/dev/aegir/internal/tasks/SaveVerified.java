// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Backup;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * How far a backup was verified is known. It stands before the verification, with {@code done} false, and after it: taken back,
 * the first notes that a backup was found damaged.
 *
 * @param backup the backup
 * @param level how far
 * @param done whether the verification is done when this runs
 */
public record SaveVerified(Backup backup, Backup.Level level, boolean done) implements Step {
    /** Makes it. */
    public SaveVerified {}

    @Override
    public String name() {
        return "inventory: backup " + backup.id() + " of " + backup.title()
                + (done ? " is verified" : " is about to be verified");
    }

    @Override
    public List<Change> preview(StepContext context) {
        return done
                ? List.of(new Change(
                        Change.Kind.CHANGE, "inventory", "backup " + backup.id(), "verified: " + level.name()))
                : List.of();
    }

    @Override
    public void run(StepContext context) {
        if (done) {
            context.inventory()
                    .backup(backup.id())
                    .ifPresent(present ->
                            context.inventory().save(present.verified(new Backup.Verified(level, context.now()))));
        }
    }

    @Override
    public void undo(StepContext context) {
        if (!done && context.recall(backup.damagedFact(), Boolean.class).orElse(false)) {
            context.inventory()
                    .backup(backup.id())
                    .ifPresent(present -> context.inventory().save(present.unverified()));
        }
    }
}
