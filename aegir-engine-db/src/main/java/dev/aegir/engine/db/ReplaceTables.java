// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.PostgresText.identifier;
import static dev.aegir.engine.db.PostgresText.qualified;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Tables are as they are in another database of PostgreSQL, in one transaction by the site's own account; those that were there are
 * kept in a schema of their own, until {@link ForgetTables}. Taken back, they are where they were.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param other where the tables come from
 * @param tables the tables
 */
record ReplaceTables(String name, Place place, Database database, Database other, List<String> tables) implements Step {
    private static final Duration LIMIT = Duration.ofHours(6);

    @Override
    public List<Change> preview(StepContext context) {
        return changes(place, database, other, tables);
    }

    static List<Change> changes(Place place, Database database, Database other, List<String> tables) {
        return tables.stream()
                .map(table -> new Change(
                        Change.Kind.CHANGE,
                        place.server().value(),
                        "table " + table + " of the database " + database.name(),
                        "as it is in " + other.name()))
                .toList();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        boolean kept = PostgresTables.isKept(session, database);
        if (kept
                && context.recall(begun(place, database, tables), Boolean.class).orElse(false)) {
            return; // Before a crash.
        }
        PostgresTables.requireSwitchable(session, database, tables);
        PostgresTables.requireSwitchable(session, other, tables);
        RequireTables.requireAll(
                place, other, tables, PostgresTables.there(session, other, PostgresTables.SCHEMA, tables));
        if (kept) {
            throw new TableNotSwitchableException(place.described() + ": the database " + database.name()
                    + " has a schema " + PostgresTables.BEFORE + ", in which the former tables would be kept."
                    + " Nothing was changed. Find out whose it is, and drop it.");
        }
        context.remember(begun(place, database, tables), true);
        bring(context, session);
        for (String table : tables) {
            requireRows(session, table);
        }
    }

    private void requireRows(Session session, String table) throws InterruptedException {
        long rows = PostgresTables.rows(session, database, table);
        long expected = PostgresTables.rows(session, other, table);
        if (rows != expected) {
            throw new DatabaseServerException(
                    place.described() + ": the table " + table + " of the database " + database.name() + " has " + rows
                            + " rows and not " + expected
                            + ". Somebody writes to it meanwhile: find out who, then try again.",
                    "");
        }
    }

    /** They go with their indexes, constraints and sequences, so that the names of all of them are free. */
    private String going(Session session) throws InterruptedException {
        StringBuilder going =
                new StringBuilder("SET LOCAL lock_timeout = '60s';\nCREATE SCHEMA " + PostgresTables.BEFORE + ";\n");
        Set<String> there = PostgresTables.there(session, database, PostgresTables.SCHEMA, tables);
        tables.stream()
                .filter(there::contains)
                .forEach(table -> going.append(moved(PostgresTables.SCHEMA, table, PostgresTables.BEFORE)));
        return going.toString();
    }

    private static String moved(String from, String table, String to) {
        return "ALTER TABLE " + qualified(from, table) + " SET SCHEMA " + identifier(to) + ";\n";
    }

    private void bring(StepContext context, Session session) throws InterruptedException {
        PostgresDumps dumps = new PostgresDumps();
        Command client =
                new Client(dumps.loading(place, database)).withCredentials().command();
        String credentials = Client.header(dumps.credentials(place, database, context.secret(database.password())));
        String going = going(session);
        Command dumping =
                dumps.dumpingTables(place, other, PostgresTables.SCHEMA, tables).timeout(LIMIT);
        Loader loader = new Loader(session.host().start(client));
        try (RunningCommand dump = session.start(dumping)) {
            CompletableFuture<String> complaints = Streams.text(dump.stderr());
            boolean whole = true;
            try {
                loader.say(credentials + dumps.opening());
                Loaders loaders = new Loaders(List.of(loader), dumps.dealing());
                loader.say(going);
                TreeSet<String> left = new TreeSet<>();
                dumps.filter(session, dump.stdout(), loaders, left::add);
                left.forEach(what -> context.log("left out of what is replaced: " + what));
                // Without an end of the dump there is none of the transaction.
                dumped(dump, complaints);
                loaders.end();
            } catch (InterruptedIOException e) {
                throw new InterruptedException("loading was interrupted");
            } catch (IOException e) {
                // The client has ended and says why, or the stream broke.
                whole = false;
            }
            loaded(loader, whole, client);
        } finally {
            loader.close();
        }
    }

    private void dumped(RunningCommand dump, CompletableFuture<String> complaints) throws InterruptedException {
        OptionalInt exit = dump.waitFor(LIMIT);
        if (exit.isEmpty() || exit.getAsInt() != 0) {
            String said = complaints.join().strip();
            throw DumpCheck.failed(
                    place,
                    other,
                    DumpFailedException.of(exit.orElse(124), said),
                    "of which only the table " + String.join(", ", tables) + " was dumped failed: " + said);
        }
    }

    private void loaded(Loader loader, boolean whole, Command client) throws InterruptedException {
        if (whole || loader.isBroken()) {
            OptionalInt exit = loader.exit(LIMIT);
            if (exit.isEmpty() || exit.getAsInt() != 0) {
                throw new PostgresDumps()
                        .said(
                                place,
                                new CommandResult(
                                        place.server().value(),
                                        client,
                                        exit.orElse(124),
                                        new byte[0],
                                        loader.complaints().getBytes(StandardCharsets.UTF_8),
                                        false));
            }
        }
        if (!whole) {
            throw new HostUnreachableException(
                    place.server().value(),
                    "the stream of the table " + String.join(", ", tables) + " broke before its end");
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        if (!context.recall(begun(place, database, tables), Boolean.class).orElse(false)
                || !PostgresTables.isKept(session, database)) {
            return; // It never came to that.
        }
        Set<String> former = PostgresTables.there(session, database, PostgresTables.BEFORE, tables);
        StringBuilder sql = new StringBuilder("BEGIN;\n");
        for (String table : tables) {
            sql.append("DROP TABLE IF EXISTS ")
                    .append(qualified(PostgresTables.SCHEMA, table))
                    .append(";\n");
            if (former.contains(table)) {
                sql.append(moved(PostgresTables.BEFORE, table, PostgresTables.SCHEMA));
            }
        }
        sql.append("DROP SCHEMA " + PostgresTables.BEFORE + ";\nCOMMIT;\n");
        session.changeIn(database.name(), Postgres.guarded(database, sql.toString()));
    }

    static String begun(Place place, Database database, List<String> tables) {
        return "database." + place.server() + "." + Client.known(database) + ".table." + tables.hashCode();
    }
}
