// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** A store is there and lets us in. Changes nothing. */
record RequireStore(String name, Place place) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        try (ObjectStore objects = Stores.open(place, context)) {
            objects.list("none/", (name, size) -> {});
        }
    }
}
