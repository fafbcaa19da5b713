// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Set;

/**
 * There is an account that may read a database, and nothing else, for people who help. Its name says until when.
 *
 * @param name the step's name
 * @param place where
 * @param database the database, with that account
 */
record MakeSupportAccount(String name, Place place, Database database) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Found found = Reachable.preview(context, place, database);
        found.requireOurs(place, database);
        found.requireAccountOurs(place, database, Set.of());
        return found.accounts().isEmpty()
                ? List.of(new Change(
                        Change.Kind.CREATE,
                        place.server().value(),
                        place.software().engine() + " account " + database.user(),
                        "may read the database " + database.name()))
                : List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Secret password = context.secret(database.password());
        Found found = Reachable.look(session, context, database);
        found.requireOurs(place, database);
        if (!found.exists()) {
            throw new DatabaseServerException(
                    place.described() + ": there is no database " + database.name() + " to read.", "");
        }
        boolean begun = context.recall(made(), Boolean.class).orElse(false);
        found.requireAccountOurs(place, database, begun ? found.hosts() : Set.of());
        if (!begun && !found.accounts().isEmpty()) {
            return;
        }
        context.remember(made(), true);
        session.dialect()
                .makeReader(
                        session,
                        database,
                        !found.accounts().isEmpty(),
                        SweepSupportAccounts.until(database.user()).orElseThrow(),
                        password);
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).orElse(false)) {
            Session session = new Session(context, place);
            Found found = session.dialect().look(session, database, context.findSecret(database.password()));
            found.requireAccountOurs(place, database, found.hosts());
            session.dialect().dropAccount(session, database, found.hosts());
        }
    }

    private String made() {
        return "database." + place.server() + "." + Client.known(database) + ".support." + database.user();
    }
}
