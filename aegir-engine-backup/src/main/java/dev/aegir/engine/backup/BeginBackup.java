// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.CommandResult;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.List;

/**
 * There is a directory for a backup that is not complete yet. Taken back, it is gone with everything in it, and the complete
 * backup too, unless that came into the inventory: then it is of use whatever else has failed.
 *
 * @param name the step's name
 * @param stored where
 */
record BeginBackup(String name, Stored stored) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE, stored.server().value(), stored.complete().value(), "a backup"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (context.recall(begun(stored), Instant.class).isEmpty()) {
            context.remember(begun(stored), context.now());
        }
        CommandResult result = context.host(stored.server())
                .run(ArchiveScripts.command(
                        "begin",
                        stored.base().value(),
                        stored.owner().value(),
                        stored.id().value()));
        if (!result.succeeded()) {
            throw new RefusedException(stored.server() + ": " + result.stderr().strip());
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(stored), Instant.class).isPresent()
                && context.inventory().backup(stored.id()).isEmpty()) {
            RemoveStored.run(context, stored, "make");
        }
    }

    static String begun(Stored stored) {
        return "backup." + stored.id() + ".begun";
    }
}
