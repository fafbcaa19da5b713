// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/**
 * What is in a database is summed up and known to the task, unless it is already. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param sums what the sums are called in the task
 */
record SumDatabase(String name, Place place, Database database, String sums) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (context.recall(fact(sums), DatabaseSums.class).isPresent()) {
            return;
        }
        remember(context, sums, new Summing(context, place, database, false).sums());
    }

    static void remember(StepContext context, String sums, DatabaseSums found) {
        context.remember(fact(sums), found);
        context.results(Map.of(
                "sums.tables", String.valueOf(found.tables().size()),
                "sums.ranges", String.valueOf(found.ranges()),
                "sums.rows", String.valueOf(found.rows())));
    }

    static String fact(String sums) {
        return "database.sums." + sums;
    }
}
