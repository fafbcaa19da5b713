// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * There is a database with the owner's mark. One that is there and bears another mark, or none, is left alone.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 */
record MakeDatabase(String name, Place place, Database database) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Found found = Reachable.preview(context, place, database);
        found.requireOurs(place, database);
        if (found.exists() && found.exact()) {
            return List.of();
        }
        return List.of(new Change(
                found.exists() ? Change.Kind.CHANGE : Change.Kind.CREATE,
                place.server().value(),
                place.software().engine() + " database " + database.name(),
                "for " + database.title() + ", with the mark " + Found.mark(database)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Found found = Reachable.look(session, context, database);
        if (!found.exists()) {
            make(context, session);
            return;
        }
        found.requireOurs(place, database);
        if (!found.exact()) {
            session.dialect().mendDatabase(session, database);
        }
    }

    /** What is there is not looked for: the server says so. */
    private void make(StepContext context, Session session) throws InterruptedException {
        context.remember(made(), true);
        try {
            session.dialect().makeDatabase(session, database);
        } catch (DatabaseServerException e) {
            if (!session.dialect().isThere(e)) {
                throw e;
            }
            context.remember(made(), false);
            Found found = Reachable.look(session, context, database);
            if (!found.ours(database) && session.dialect().remains(session, database)) {
                session.dialect().drop(session, database, found);
            }
            found.requireOurs(place, database);
            session.dialect().mendDatabase(session, database);
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (!context.recall(made(), Boolean.class).orElse(false)) {
            return;
        }
        Session session = new Session(context, place);
        Found found = session.dialect().look(session, database, context.findSecret(database.password()));
        found.requireOurs(place, database);
        if (found.exists() || session.dialect().remains(session, database)) {
            session.dialect().drop(session, database, found);
        }
    }

    private String made() {
        return "database." + place.server() + "." + Client.known(database) + ".made";
    }
}
