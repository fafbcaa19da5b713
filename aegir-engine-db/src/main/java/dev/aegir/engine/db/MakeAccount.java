// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * There is an account of a database, with exactly its password and rights, for exactly the hosts it may come from.
 *
 * @param name the step's name
 * @param place where
 * @param database the database, with the account
 */
record MakeAccount(String name, Place place, Database database) implements Step {
    /** The server keeps elsewhere who may come from where. */
    private static final String ANYWHERE = "";

    /** The hosts it was there for. */
    record Before(List<String> hosts) {}

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Found found = Reachable.preview(context, place, database);
        found.requireOurs(place, database);
        found.requireAccountOurs(place, database, Set.of());
        if (found.exists() && isExact(found)) {
            return List.of();
        }
        return List.of(new Change(
                found.accounts().isEmpty() ? Change.Kind.CREATE : Change.Kind.CHANGE,
                place.server().value(),
                place.software().engine() + " account " + database.user(),
                "with rights on the database " + database.name() + " and on nothing else\n"
                        + (database.clients().isEmpty()
                                ? "from this server"
                                : "from " + String.join(", ", database.clients())
                                        + (place.remote().isEmpty() ? " and this server" : ""))));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Dialect dialect = session.dialect();
        Secret password = context.secret(database.password());
        Found found = Reachable.look(session, context, database);
        found.requireOurs(place, database);
        if (context.recall(before(), Before.class).isEmpty()) {
            found.requireAccountOurs(place, database, Set.of());
            context.remember(before(), new Before(List.copyOf(found.hosts())));
        }
        TreeSet<String> hosts = hosts();
        TreeSet<String> made = new TreeSet<>(hosts);
        made.removeAll(known(context));
        found.requireAccountOurs(place, database, made);
        for (String host : hosts) {
            Optional<Found.Account> account = found.account(host);
            if (account.isEmpty()) {
                make(context, session, host, password);
            } else if (!account.get().exact()) {
                dialect.mendAccount(session, database, host, password);
            }
        }
        TreeSet<String> others = found.hosts();
        others.removeAll(hosts);
        if (!others.isEmpty()) {
            dialect.dropAccount(session, database, others);
        }
    }

    private void make(StepContext context, Session session, String host, Secret password) throws InterruptedException {
        try {
            session.dialect().makeAccount(session, database, host, password);
        } catch (DatabaseServerException e) {
            if (session.dialect().isThere(e)) {
                // Somebody else made it since, so it is not for this step to take back.
                TreeSet<String> known = new TreeSet<>(known(context));
                known.add(host);
                context.remember(before(), new Before(List.copyOf(known)));
                throw Found.foreignAccount(place, database, host);
            }
            throw e;
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
        Optional<Secret> password = context.findSecret(database.password());
        Found found = dialect.look(session, database, password);
        TreeSet<String> gone = new TreeSet<>(before.get().hosts());
        gone.removeAll(found.hosts());
        for (String host : gone) {
            dialect.makeAccount(session, database, host, context.secret(database.password()));
        }
        TreeSet<String> made = new TreeSet<>();
        found.accounts().stream()
                .filter(account -> account.standing() != Found.Standing.FOREIGN)
                .forEach(account -> made.add(account.host()));
        made.removeAll(before.get().hosts());
        if (!made.isEmpty()) {
            dialect.dropAccount(session, database, made);
        }
    }

    private boolean isExact(Found found) {
        return found.hosts().equals(hosts()) && found.accounts().stream().allMatch(Found.Account::exact);
    }

    /** Where it is used, and the database's own machine: what is loaded, and summed up, is so as this account. */
    private TreeSet<String> hosts() {
        TreeSet<String> hosts = new TreeSet<>(place.software().dialect().hosts(database));
        if (place.remote().isEmpty() && !hosts.contains(ANYWHERE)) {
            hosts.add("localhost");
        }
        return hosts;
    }

    private Set<String> known(StepContext context) {
        return Set.copyOf(
                context.recall(before(), Before.class).map(Before::hosts).orElse(List.of()));
    }

    private String before() {
        return "database." + place.server() + "." + Client.known(database) + ".account."
                + database.user().hashCode() + ".before";
    }
}
