// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * A store has nothing of an owner: first not the index, so that nothing is half there, then no objects. Cannot be taken back.
 *
 * @param name the step's name
 * @param place the store
 * @param owner the owner
 */
record ForgetTree(String name, Place place, Id owner) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Change.Kind.DELETE, place.service().toString(), "files of " + owner, ""));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Owned names = new Owned(owner);
        try (ObjectStore objects = Stores.open(place, context)) {
            objects.delete(names.index());
            objects.list(names.objects(), (name, size) -> {
                if (names.sum(name).isPresent() || names.unfinished(name)) {
                    objects.delete(name);
                }
            });
        }
    }
}
