// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * There is no such account of a database, for whatever host; what it was doing is ended. The database stays.
 *
 * @param name the step's name
 * @param place where
 * @param database the database, with the account
 */
record RemoveAccount(String name, Place place, Database database) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Found found = Reachable.preview(context, place, database);
        if (found.accounts().isEmpty()) {
            return List.of();
        }
        require(found);
        return List.of(new Change(
                Change.Kind.DELETE,
                place.server().value(),
                place.software().engine() + " account " + database.user(),
                "of the database " + database.name()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Found found = session.dialect().look(session, database, Optional.empty());
        if (found.accounts().isEmpty()) {
            return;
        }
        require(found);
        if (context.recall(before(), MakeAccount.Before.class).isEmpty()) {
            context.remember(before(), new MakeAccount.Before(List.copyOf(found.hosts())));
        }
        session.dialect().dropAccount(session, database, found.hosts());
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<MakeAccount.Before> before = context.recall(before(), MakeAccount.Before.class);
        if (before.isEmpty()) {
            return;
        }
        Session session = new Session(context, place);
        Found found = session.dialect().look(session, database, Optional.empty());
        for (String host : before.get().hosts()) {
            if (found.account(host).isEmpty()) {
                session.dialect().makeAccount(session, database, host, context.secret(database.password()));
            }
        }
    }

    /** An account without the database it should belong to is nobody's that is known. */
    private void require(Found found) {
        found.requireOurs(place, database);
        found.requireAccountOurs(place, database, Set.of());
        if (!found.exists()) {
            throw Found.foreignAccount(place, database, found.accounts().get(0).host());
        }
    }

    private String before() {
        return "database." + place.server() + "." + Client.known(database) + ".account."
                + database.user().hashCode() + ".removed";
    }
}
