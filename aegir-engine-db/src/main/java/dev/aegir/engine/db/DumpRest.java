// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a copy of a database lacks is in a file on its server, which only its account can read: whatever was changed since the copy
 * was made, or all if there is none. Nobody writes to the database any more, and what it has is known to the task. That the
 * file has all of it is not known before both databases are compared.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file; there must be none
 * @param seed what the copy, and what the database has, are called in the task
 */
record DumpRest(String name, Place place, Database database, HostPath path, String seed) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return whole().preview(context);
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        session.dialect().look(session, database, Optional.empty()).requireOurs(place, database);
        Seed taken = context.recall(Seed.fact(seed), Seed.class).orElse(Seed.none("no copy of it was made before"));
        Optional<Seed.Loaded> loaded = context.recall(Seed.Loaded.fact(seed), Seed.Loaded.class);
        Rest rest;
        if (!taken.taken() || loaded.isEmpty()) {
            rest = whole(context, 0, taken.why().isEmpty() ? "the copy of it was not loaded" : taken.why());
        } else {
            try (Conversation conversation = session.converse(database.name())) {
                rest = part(context, session, conversation, taken, loaded.get());
            }
        }
        context.remember(Rest.fact(seed), rest);
        context.results(Map.of(
                "seed.used", String.valueOf(!rest.isEverything()),
                "seed.tables", String.valueOf(rest.whole().size()),
                "seed.ranges",
                        String.valueOf(rest.ranges().values().stream()
                                .mapToInt(List::size)
                                .sum())));
    }

    private Rest part(StepContext context, Session session, Conversation conversation, Seed taken, Seed.Loaded loaded)
            throws InterruptedException {
        Seeds seeds = Seeds.of(place.software());
        Optional<String> obstacle = seeds.obstacle(conversation, database);
        Map<String, Seeds.Table> tables = seeds.tables(conversation, database);
        if (obstacle.isPresent()) {
            return whole(context, tables.size(), obstacle.get());
        }
        if (!seeds.definitions(session, database).equals(taken.definitions())) {
            return whole(
                    context, tables.size(), "it was changed otherwise than in its rows since it was copied while open");
        }
        Rest rest = Rest.of(taken, loaded, tables, summed(context, conversation, tables, loaded));
        context.log(rest.told(tables.size(), "closed"));
        parts().write(
                        session,
                        rest.isNothing()
                                ? List.of(Seeds.Part.text(""))
                                : seeds.parts(conversation, place, database, rest, tables, Seeds.Reading.CLOSED));
        return rest;
    }

    private DatabaseSums summed(
            StepContext context, Conversation conversation, Map<String, Seeds.Table> tables, Seed.Loaded loaded)
            throws InterruptedException {
        Optional<DatabaseSums> known = context.recall(SumDatabase.fact(seed), DatabaseSums.class);
        if (known.isPresent()) {
            return known.get();
        }
        Summing summing = new Summing(context, place, database, loaded.sums().quick());
        OptionalLong horizon =
                loaded.proved().isPresent() ? Seeds.of(place.software()).horizon(conversation) : OptionalLong.empty();
        Optional<DatabaseSums> since = new Resumming(context, summing, tables, loaded).sums(horizon);
        DatabaseSums sums = since.isPresent() ? since.get() : summing.sums();
        SumDatabase.remember(context, seed, sums);
        return sums;
    }

    private Rest whole(StepContext context, int tables, String why) throws InterruptedException {
        Rest rest = Rest.everything(why);
        context.log(rest.told(tables, "closed"));
        whole().run(context);
        return rest;
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        whole().undo(context);
        parts().delete(new Session(context, place));
    }

    private DumpDatabase whole() {
        return new DumpDatabase(name, place, database, path, "root:root", false);
    }

    private Parts parts() {
        return new Parts(place, database, path);
    }
}
