// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * There is no such database, and no account of it. Its mark is read back in the session that drops it. What was in it cannot
 * be put back; a database that was empty can.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 */
record RemoveDatabase(String name, Place place, Database database) implements Step {
    /** What there was: how much was in it, and the hosts of the account that is known. */
    record Before(int objects, List<String> hosts) {}

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Found found = Reachable.preview(context, place, database);
        if (!found.exists()) {
            return List.of();
        }
        found.requireOurs(place, database);
        List<String> accounts = session.dialect().accounts(session, database);
        return List.of(new Change(
                Change.Kind.DELETE,
                place.server().value(),
                place.software().engine() + " database " + database.name(),
                "of " + database.title() + ", with " + session.dialect().objects(session, database)
                        + " tables, views and routines\naccounts: "
                        + accounts.stream().sorted().collect(Collectors.joining(", "))));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Found found = session.dialect().look(session, database, Optional.empty());
        found.requireOurs(place, database);
        if (found.exists()) {
            if (context.recall(before(), Before.class).isEmpty()) {
                context.remember(
                        before(), new Before(session.dialect().objects(session, database), List.copyOf(found.hosts())));
            }
            session.dialect().drop(session, database, found);
        } else if (session.dialect().remains(session, database)) {
            session.dialect().drop(session, database, found);
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<Before> before = context.recall(before(), Before.class);
        if (before.isEmpty()) {
            return;
        }
        Session session = new Session(context, place);
        Dialect dialect = session.dialect();
        Found found = dialect.look(session, database, Optional.empty());
        found.requireOurs(place, database);
        if (!found.exists()) {
            if (before.get().objects() > 0) {
                throw new RefusedException(place.described() + ": the database " + database.name() + " of "
                        + database.title() + " is dropped and cannot be put back. Restore the site from a backup.");
            }
            dialect.makeDatabase(session, database);
        } else if (!found.exact()) {
            dialect.mendDatabase(session, database);
        }
        for (String host : before.get().hosts()) {
            Optional<Found.Account> account = found.account(host);
            if (account.isEmpty()) {
                dialect.makeAccount(session, database, host, context.secret(database.password()));
            } else {
                Found again = dialect.look(session, database, context.findSecret(database.password()));
                if (again.account(host).filter(Found.Account::exact).isEmpty()) {
                    again.requireAccountOurs(
                            place, database, Set.copyOf(before.get().hosts()));
                    dialect.mendAccount(session, database, host, context.secret(database.password()));
                }
            }
        }
    }

    private String before() {
        return "database." + place.server() + "." + Client.known(database) + ".removed";
    }
}
