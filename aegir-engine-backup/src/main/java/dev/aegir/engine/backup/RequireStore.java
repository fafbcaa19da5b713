// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The directory of all backups is there, or nothing goes on.
 *
 * @param name the step's name
 * @param store the directory
 */
record RequireStore(String name, Store store) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        store.require(context);
    }
}
