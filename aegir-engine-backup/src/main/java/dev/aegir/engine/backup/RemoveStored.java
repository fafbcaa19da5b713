// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.CommandResult;
import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * What is stored of a backup is gone, after its mark was read back. Never while another backup holds only what is different from
 * it. Cannot be taken back.
 *
 * @param name the step's name
 * @param stored where
 */
record RemoveStored(String name, Stored stored) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        List<String> there = run(context, stored, "look").lines().toList();
        return there.isEmpty()
                ? List.of()
                : List.of(new Change(
                        Change.Kind.DELETE,
                        stored.server().value(),
                        stored.complete().value(),
                        String.join("\n", there)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        List<Id> needing = context.inventory().backupsOf(stored.owner()).stream()
                .filter(other -> other.base().filter(stored.id()::equals).isPresent())
                .map(Backup::id)
                .toList();
        if (!needing.isEmpty()) {
            throw new RefusedException("The backup " + stored + " is needed by " + needing + "; delete these first.");
        }
        if (!run(context, stored, "look").isEmpty()) {
            run(context, stored, "make");
        }
    }

    static String run(StepContext context, Stored stored, String verb) throws InterruptedException {
        CommandResult result = context.host(stored.server())
                .run(ArchiveScripts.command(
                        "remove", verb, stored.owners().value(), stored.id().value()));
        if (!result.succeeded()) {
            throw new RefusedException(stored.server() + ": " + result.stderr().strip());
        }
        return result.stdout().strip();
    }
}
