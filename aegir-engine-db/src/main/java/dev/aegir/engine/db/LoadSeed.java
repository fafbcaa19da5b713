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
 * What {@link DumpSeed} has dumped, if anything, is in a database that was empty, and what is there then is known to the task.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the dump, on the database's server
 * @param seed what it is called in the task
 */
record LoadSeed(String name, Place place, Database database, HostPath path, String seed) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return load().preview(context);
    }

    @Override
    public void run(StepContext context) throws Exception {
        Seed taken = context.recall(Seed.fact(seed), Seed.class)
                .orElseThrow(() -> new IllegalStateException(
                        "nothing is known of " + seed + ": the step that dumps it comes before this one in its plan"));
        if (!taken.taken()) {
            return;
        }
        load().run(context);
        Seeds seeds = Seeds.of(place.software());
        Map<String, String> counters = new HashMap<>();
        boolean quick;
        try (Conversation conversation = new Session(context, place).converse(database.name())) {
            seeds.tables(conversation, database).forEach((table, now) -> counters.put(table, now.counter()));
            quick = taken.quick() && seeds.quick(conversation);
        }
        DatabaseSums sums = new Summing(context, place, database, quick).sums();
        Optional<Seed.Proved> proved = taken.known()
                .flatMap(known -> Seed.Proved.of(known, sums))
                .or(() -> context.recall(Seed.Loaded.fact(seed), Seed.Loaded.class)
                        .filter(before -> before.sums().equals(sums))
                        .flatMap(Seed.Loaded::proved));
        // Both would be more than a task can keep.
        context.remember(Seed.fact(seed), taken.with(Optional.empty()));
        context.remember(Seed.Loaded.fact(seed), new Seed.Loaded(sums, counters, proved));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        load().undo(context);
    }

    private LoadDatabase load() {
        return new LoadDatabase(name, place, database, path);
    }
}
