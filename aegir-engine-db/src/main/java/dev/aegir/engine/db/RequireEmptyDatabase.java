// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * Stops a plan when a database has something in it. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 */
record RequireEmptyDatabase(String name, Place place, Database database) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Found found = Reachable.preview(context, place, database);
        if (found.exists()) {
            look(new Session(context, place), found);
        }
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Found found = session.dialect().look(session, database, Optional.empty());
        if (!found.exists()) {
            throw new DatabaseServerException(
                    place.described() + ": there is no database " + database.name() + " of " + database.title()
                            + ". Verify the site, which makes it.",
                    "");
        }
        look(session, found);
    }

    private void look(Session session, Found found) throws InterruptedException {
        found.requireOurs(place, database);
        int objects = session.dialect().objects(session, database);
        if (objects > 0) {
            throw new DatabaseNotEmptyException(place.server(), database, objects);
        }
    }
}
