// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link DumpDelta} has dumped, if anything, is in a database that has a copy, in the place of what was there, and what is there
 * then is known to the task: it is looked at, since the original was written to while it was dumped. Running it again brings the same.
 * It is for {@link LoadSeed} to take back.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file, on the database's server
 * @param seed what the copy is called in the task
 */
record LoadDelta(String name, Place place, Database database, HostPath path, String seed) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return new LoadRest(name, place, database, path, seed).preview(context);
    }

    @Override
    public void run(StepContext context) throws Exception {
        Delta delta = context.recall(Delta.fact(seed), Delta.class)
                .orElseThrow(() -> new IllegalStateException("nothing is known of what " + seed
                        + " lacked: the step that dumps it comes before this one in its plan"));
        if (!delta.isBrought()) {
            return;
        }
        Seed taken = context.recall(Seed.fact(seed), Seed.class).orElseThrow();
        Seed.Loaded before =
                context.recall(Seed.Loaded.fact(seed), Seed.Loaded.class).orElseThrow();
        Map<String, String> counters = new HashMap<>(before.counters());
        DatabaseSums sums = before.sums();
        if (!delta.rest().isNothing()) {
            new Parts(place, database, path).load(context);
            counters.clear();
            try (Conversation conversation = new Session(context, place).converse(database.name())) {
                Seeds.of(place.software())
                        .tables(conversation, database)
                        .forEach((table, now) -> counters.put(table, now.counter()));
            }
            sums = sums(context, before.sums(), delta.rest());
        }
        DatabaseSums now = sums;
        Optional<Seed.Proved> proved = delta.known().flatMap(known -> Seed.Proved.of(known, now));
        context.remember(Seed.fact(seed), delta.loaded(taken));
        context.remember(Seed.Loaded.fact(seed), new Seed.Loaded(sums, counters, proved));
        // What was known of the original is in what was proved; all of it would be more than a task can keep.
        context.remember(Delta.fact(seed), Delta.none("it is loaded"));
    }

    /**
     * Nobody else writes there: what was not touched is as it was. All rows of what was touched are counted, so that those are missed that
     * had to make room for others outside of the ranges that were brought.
     */
    private DatabaseSums sums(StepContext context, DatabaseSums before, Rest rest) throws InterruptedException {
        Summing summing = new Summing(context, place, database, before.quick());
        return before.isCoarse()
                ? summing.sums()
                : summing.sums(before.without(rest.touched()), rest.ranges())
                        .with(before, rest.ranges())
                        .bounded();
    }

    /** What is there is taken back with the copy. */
    @Override
    public void undo(StepContext context) {}
}
