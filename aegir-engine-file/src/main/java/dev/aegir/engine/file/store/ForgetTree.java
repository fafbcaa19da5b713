// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Id;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A store has nothing of an owner: first not the index, so that nothing is half there, then no objects. Cannot be taken back.
 *
 * @param name the step's name
 * @param place the store
 * @param owner the owner
 */
record ForgetTree(String name, Place place, Id owner) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Owned names = new Owned(owner);
        long[] there = {0, 0};
        try (ObjectStore objects = Stores.open(place, context)) {
            objects.list(names.objects(), (name, size) -> {
                there[0]++;
                there[1] += size;
            });
        }
        return List.of(new Change(
                Change.Kind.DELETE,
                place.service().toString(),
                "files of " + owner,
                there[0] + " objects, " + there[1] + " bytes"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Owned names = new Owned(owner);
        try (ObjectStore objects = Stores.open(place, context);
                Spool spool = new Spool()) {
            requireOurs(objects, names, spool);
            objects.delete(names.index());
            objects.list(names.objects(), (name, size) -> {
                if (names.sum(name).isPresent() || names.unfinished(name)) {
                    objects.delete(name);
                }
            });
        } catch (IOException e) {
            throw StoreTree.here(e);
        }
    }

    /** The index says whose it is; where there is none, nothing but what is called as ours is touched. */
    private void requireOurs(ObjectStore objects, Owned names, Spool spool) throws IOException, InterruptedException {
        if (objects.get(names.index(), spool.old(), IndexReader.LONGEST)
                && !IndexReader.owner(spool.old()).equals(Optional.of(owner.toString()))) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "What is called " + names.index() + " in the store " + place + " is no index of " + owner
                            + ". Nothing of it was touched; see what it is.");
        }
    }
}
