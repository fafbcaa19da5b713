// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/** What is in a database by the quicker hash, as the result {@code sums}, or by the one that every server knows. */
record QuickSums(String name, Place place, Database database, boolean quick) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        DatabaseSums sums = new Summing(context, place, database, quick).sums();
        context.results(Map.of("sums", StoredForm.write(sums)));
    }
}
