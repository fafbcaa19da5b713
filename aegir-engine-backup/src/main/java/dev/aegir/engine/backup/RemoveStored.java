// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * What is stored of a backup is gone, after its mark was read back. Never while another backup holds only what is different from
 * it. Where nothing is stored of it, that is believed only of a directory that is there. Cannot be taken back.
 *
 * @param name the step's name
 * @param stored where
 */
record RemoveStored(String name, Stored stored) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        List<String> there = found(context, stored);
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
        remove(context, stored);
    }

    /** Whatever there is of it goes, complete or not. */
    static void remove(StepContext context, Stored stored) throws InterruptedException {
        if (!found(context, stored).isEmpty()) {
            run(context, stored, "make");
        }
    }

    private static List<String> found(StepContext context, Stored stored) throws InterruptedException {
        List<String> there = run(context, stored, "look").lines().toList();
        if (there.isEmpty()) {
            stored.store().require(context);
        }
        return there;
    }

    private static String run(StepContext context, Stored stored, String verb) throws InterruptedException {
        return stored.store()
                .run(
                        context,
                        "remove",
                        List.of(verb, stored.owners().value(), stored.id().value()));
    }
}
