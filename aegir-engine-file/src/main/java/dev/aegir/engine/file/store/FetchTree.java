// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.engine.file.store.IndexReader.BadIndexException;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A tree has what a store has of an owner. Run again it goes on: what is there as long and as old as it shall be was written from
 * content that was proved. Not taken back: the directories were made for this.
 *
 * @param name the step's name
 * @param place the store
 * @param owner whose files they are
 * @param tree where they go
 */
record FetchTree(String name, Place place, Id owner, Tree tree) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                tree.server().value(),
                "files in " + tree.directory(),
                "of " + owner + " from " + place.service()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Owned names = new Owned(owner);
        try (ObjectStore objects = Stores.open(place, context);
                Spool spool = new Spool()) {
            if (!objects.get(names.index(), spool.old(), IndexReader.LONGEST)) {
                throw new FileStoreException(
                        Problem.NOTHING,
                        "The store " + place + " has no files of " + owner
                                + ". Store them first, or name the store that has" + " them.");
            }
            Fetching fetching = new Fetching(
                    place.toString(), owner, new Source(context.host(tree.server()), tree), tree, spool, place.keys());
            look(fetching, owner, place.toString(), context);
            try (Downloads downloads = new Downloads(objects, names, spool, place.limits())) {
                say(fetching.bring(downloads), context);
            }
        } catch (IOException e) {
            throw StoreTree.here(e);
        }
    }

    /** Before anything lands. */
    static void look(Fetching fetching, Id owner, String place, StepContext context)
            throws InterruptedException, IOException {
        try {
            Fetching.Found found = fetching.look();
            found.leftOut().forEach(link -> context.log(link + " is left out: it leads out"));
            if (found.moreLeftOut() > 0) {
                context.log("so are " + found.moreLeftOut() + " more links");
            }
        } catch (BadIndexException e) {
            throw new FileStoreException(
                    Problem.DAMAGED,
                    "The index of " + owner + " in the store " + place + " cannot be used: " + e.getMessage()
                            + ". Nothing of it was brought. Store the files again, or take them from a backup.",
                    e);
        }
    }

    static void say(Fetching.Brought brought, StepContext context) {
        context.log(brought.files() + " files, " + brought.bytes() + " bytes brought");
        context.results(Map.of(
                "fetched.files", String.valueOf(brought.files()),
                "fetched.bytes", String.valueOf(brought.bytes())));
    }
}
