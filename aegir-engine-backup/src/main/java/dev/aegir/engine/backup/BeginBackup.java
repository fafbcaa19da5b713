// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.ArrayList;
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
        boolean first = context.recall(begun(stored), Instant.class).isEmpty();
        if (first) {
            context.remember(begun(stored), context.now());
        } else if (context.recall(nothing(), Boolean.class).orElse(false)) {
            first = true;
            context.remember(nothing(), false);
        }
        try {
            begin(context);
        } catch (StoreAwayException e) {
            // Whoever takes this back need not look for anything where nothing is.
            if (first) {
                context.remember(nothing(), true);
            }
            throw e;
        }
    }

    private void begin(StepContext context) throws InterruptedException {
        Store store = stored.store();
        try {
            // Those of the owner alone, which are found quickly: the site may be frozen meanwhile.
            begin(context, store.known(context.inventory().backupsOf(stored.owner())));
        } catch (StoreAwayException e) {
            store.require(context);
            begin(context, List.of());
        }
    }

    private void begin(StepContext context, List<String> known) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                stored.store().directory().value(),
                stored.store().mark().value(),
                stored.owner().value(),
                stored.id().value()));
        words.addAll(known);
        stored.store().run(context, "begin", words);
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(stored), Instant.class).isPresent()
                && !context.recall(nothing(), Boolean.class).orElse(false)
                && context.inventory().backup(stored.id()).isEmpty()) {
            RemoveStored.remove(context, stored);
        }
    }

    private String nothing() {
        return begun(stored) + ".nothing";
    }

    static String begun(Stored stored) {
        return "backup." + stored.id() + ".begun";
    }
}
