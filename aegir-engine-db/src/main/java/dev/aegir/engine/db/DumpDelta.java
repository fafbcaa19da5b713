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
 * What a copy of a database lacks by now is in a file on its server, which only its account can read; the database may be written to
 * meanwhile. There is no file when nothing is lacking, and none when it could not be dumped, as when somebody changes tables: nothing
 * depends on it.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file; there must be none
 * @param seed what the copy is called in the task
 */
record DumpDelta(String name, Place place, Database database, HostPath path, String seed) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Reachable.preview(context, place, database).requireOurs(place, database);
        return List.of(new Change(
                Change.Kind.CREATE,
                place.server().value(),
                path.value(),
                "what was changed in the database " + database.name() + " since it was copied"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        session.dialect().look(session, database, Optional.empty()).requireOurs(place, database);
        Optional<Seed> taken = context.recall(Seed.fact(seed), Seed.class).filter(Seed::taken);
        Optional<Seed.Loaded> loaded = context.recall(Seed.Loaded.fact(seed), Seed.Loaded.class);
        Delta delta;
        if (taken.isEmpty() || loaded.isEmpty()) {
            delta = Delta.none("no copy of it was made before");
        } else {
            try (Conversation conversation = session.converse(database.name())) {
                delta = dumped(context, session, conversation, taken.get(), loaded.get());
            } catch (DumpFailedException | DatabaseServerException e) {
                delta = Delta.none("it could not be dumped while it was written to: " + e.getMessage());
            }
        }
        if (!delta.isBrought()) {
            parts().delete(session);
            context.log("what was changed in the database is left until the site is closed: " + delta.why());
        }
        context.remember(Delta.fact(seed), delta);
        Rest rest = delta.rest();
        String pass = path.parent().name();
        context.results(Map.of(
                pass + ".tables",
                String.valueOf(rest.whole().size()),
                pass + ".ranges",
                String.valueOf(
                        rest.ranges().values().stream().mapToInt(List::size).sum())));
    }

    private Delta dumped(
            StepContext context, Session session, Conversation conversation, Seed taken, Seed.Loaded loaded)
            throws InterruptedException {
        Seeds seeds = Seeds.of(place.software());
        Optional<String> obstacle = seeds.obstacle(conversation, database);
        if (obstacle.isPresent()) {
            return Delta.none(obstacle.get());
        }
        String changed = "it was changed otherwise than in its rows";
        if (!seeds.definitions(session, database).equals(taken.definitions())) {
            return Delta.none(changed + " since it was copied");
        }
        Seeds.Reading reading = seeds.begin(conversation);
        Map<String, Seeds.Table> before = seeds.tables(conversation, database);
        OptionalLong horizon = seeds.horizon(conversation);
        Summing summing = new Summing(context, place, database, loaded.sums().quick(), reading.snapshot());
        Optional<DatabaseSums> since = new Resumming(context, summing, before, loaded).sums(horizon);
        DatabaseSums sums = since.isPresent() ? since.get() : summing.sums();
        Rest rest = Rest.of(taken, loaded, before, sums);
        context.log(rest.told(before.size(), "open"));
        if (!rest.isNothing()) {
            parts().write(session, seeds.parts(conversation, place, database, rest, before, reading));
        }
        Map<String, String> same =
                Seed.of(before, seeds.tables(conversation, database), "", false).structures();
        // Rows of a table that is another one by now do not fit into what was copied of it.
        if (!same.keySet().containsAll(rest.ranges().keySet())
                || !seeds.definitions(session, database).equals(taken.definitions())) {
            return Delta.none(changed + " while it was dumped");
        }
        return new Delta(
                "",
                rest,
                same,
                horizon.isPresent() ? Optional.of(new Seed.Known(sums, horizon.getAsLong())) : Optional.empty());
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        parts().delete(new Session(context, place));
    }

    private Parts parts() {
        return new Parts(place, database, path);
    }
}
