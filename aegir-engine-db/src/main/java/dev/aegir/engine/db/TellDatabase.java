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
 * Tells what a database is like, as results. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 */
record TellDatabase(String name, Place place, Database database) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Found found = session.dialect().look(session, database, Optional.empty());
        found.requireOurs(place, database);
        if (!found.exists()) {
            throw new DatabaseServerException(
                    place.described() + ": there is no database " + database.name() + " of " + database.title() + ".",
                    "");
        }
        List<String> row = session.dialect().facts(session, database);
        context.results(Map.of(
                "database.bytes", row.get(0),
                "database.tables", row.get(1),
                "database.rows", row.get(2),
                "database.engines", row.get(3),
                "database.charset", row.get(4)));
    }
}
