// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Stops a plan unless a database has exactly what was summed up by {@link SumDatabase}, perhaps on another server. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param sums what the sums are called in the task
 */
record CompareDatabase(String name, Place place, Database database, String sums) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        DatabaseSums expected = context.recall(SumDatabase.fact(sums), DatabaseSums.class)
                .orElseThrow(() -> new IllegalStateException("nothing was summed up as " + sums
                        + ": the step that does so comes before this one in its plan"));
        DatabaseSums found = new Summing(context, place, database).sums(known(context));
        List<String> differences = found.differences(expected);
        if (!differences.isEmpty()) {
            throw new DatabasesDifferException(place, database, differences);
        }
        if (!expected.closed().isEmpty()) {
            context.log("not compared, because the site's account may not read them: " + expected.closed());
        }
        context.results(Map.of(
                "compare.closed",
                String.valueOf(expected.closed().size()),
                "compare.tables",
                String.valueOf(found.tables().size()),
                "compare.ranges",
                String.valueOf(found.ranges()),
                "compare.rows",
                String.valueOf(found.rows())));
    }

    /** What was summed up when it was loaded, and is as it was since: nobody else writes there. */
    private DatabaseSums known(StepContext context) {
        Optional<Rest> rest = context.recall(Rest.fact(sums), Rest.class).filter(each -> !each.isEverything());
        return context.recall(Seed.Loaded.fact(sums), Seed.Loaded.class)
                .map(Seed.Loaded::sums)
                .filter(loaded -> rest.isPresent() && !loaded.isCoarse())
                .map(loaded -> loaded.without(rest.orElseThrow().touched()))
                .orElse(new DatabaseSums(Map.of()));
    }
}
