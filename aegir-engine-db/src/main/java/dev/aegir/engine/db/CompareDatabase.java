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
        DatabaseSums found = found(context, expected.quick()).bounded();
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

    /**
     * What was summed up when it was loaded, and is as it was since, as nobody else writes there, is known: of tables of which nothing
     * was brought all ranges, of others those that were not. Of these all rows are counted too.
     */
    private DatabaseSums found(StepContext context, boolean quick) throws InterruptedException {
        Summing summing = new Summing(context, place, database, quick);
        Optional<Rest> rest = context.recall(Rest.fact(sums), Rest.class).filter(each -> !each.isEverything());
        Optional<DatabaseSums> loaded = context.recall(Seed.Loaded.fact(sums), Seed.Loaded.class)
                .map(Seed.Loaded::sums)
                .filter(each -> !each.isCoarse() && each.quick() == quick);
        if (rest.isEmpty() || loaded.isEmpty()) {
            return summing.sums();
        }
        Map<String, List<String>> brought = rest.get().ranges();
        return summing.sums(loaded.get().without(rest.get().touched()), brought).with(loaded.get(), brought);
    }
}
