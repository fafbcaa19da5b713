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
 * A dump of a database that is written to, and what its tables were like meanwhile; neither when something in it can only be
 * brought as a whole, or when the dump does not succeed, as when somebody changes tables: nothing depends on it.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file; there must be none
 * @param seed what it is called in the task
 */
record DumpSeed(String name, Place place, Database database, HostPath path, String seed) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return dump().preview(context);
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        session.dialect().look(session, database, Optional.empty()).requireOurs(place, database);
        Seeds seeds = Seeds.of(place.software());
        Seed taken;
        Optional<Seed.Known> known = Optional.empty();
        try (Conversation conversation = session.converse(database.name())) {
            Optional<String> obstacle = seeds.obstacle(conversation, database);
            if (obstacle.isPresent()) {
                taken = Seed.none(obstacle.get());
            } else {
                Map<String, Seeds.Table> before = seeds.tables(conversation, database);
                String definitions = seeds.definitions(session, database);
                dump().run(context);
                taken = seeds.definitions(session, database).equals(definitions)
                        ? Seed.of(before, seeds.tables(conversation, database), definitions, seeds.quick(conversation))
                        : Seed.none("it was changed otherwise than in its rows while it was copied");
                OptionalLong horizon = seeds.horizon(conversation);
                if (taken.taken() && horizon.isPresent()) {
                    known = Optional.of(
                            new Seed.Known(new Summing(context, place, database, false).sums(), horizon.getAsLong()));
                }
            }
        } catch (DumpFailedException | DatabaseServerException e) {
            taken = Seed.none("it could not be dumped while it was written to: " + e.getMessage());
        }
        if (!taken.taken()) {
            dump().undo(context);
            context.log("the database is brought as a whole when the site is closed: " + taken.why());
        }
        context.remember(Seed.fact(seed), taken.with(known));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        dump().undo(context);
    }

    private DumpDatabase dump() {
        return new DumpDatabase(name, place, database, path, "root:root", false);
    }
}
