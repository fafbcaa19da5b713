// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.MeasuringEngine;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.TableEngine;
import dev.aegir.spi.TranslatingEngine;
import dev.aegir.task.Step;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Keeps databases on MariaDB 10.5 or later, by its client {@code mariadb} on the server itself, as its administrator over the
 * socket. A database bears its owner's mark as its comment from the statement that makes it; an account has rights on one
 * database, none of which it can hand on, and comes from this server or from exactly the addresses of the clients.
 *
 * <p>Settings of the service: {@code socket} ({@code /run/mysqld/mysqld.sock}), {@code port} (3306), {@code collation}
 * ({@code utf8mb4_unicode_520_ci}), {@code address} (how other servers reach it; the host of the server's address),
 * {@code listen} (addresses to listen on, set when the server is prepared). For a database server elsewhere, {@code host},
 * with {@code admin} ({@code root}; all rights, and that of granting them), {@code password} (the name of a secret) and
 * {@code clients} (the addresses that it sees sites come from, with commas between them): then only the clients are used on the
 * server, and dumps are written there.
 *
 * <p>Not marked: a comment can be changed by whoever may alter the database, which its own site may. Such a site only makes
 * that its database is refused from then on. Nothing is installed: that is the business of whoever keeps the server.
 */
public final class MariaDbEngine implements SeedingEngine, TableEngine, MeasuringEngine, TranslatingEngine {
    private static final DatabasePlans PLANS = new DatabasePlans(Software.MARIADB, "mysql");

    /** For ServiceLoader. */
    public MariaDbEngine() {}

    @Override
    public String name() {
        return PLANS.software().engine();
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return DatabasePlans.STEPS;
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        return PLANS.prepare(request);
    }

    @Override
    public List<Step> ensure(EngineRequest<Database> request) {
        return PLANS.ensure(request);
    }

    @Override
    public List<Step> remove(EngineRequest<Database> request) {
        return PLANS.remove(request);
    }

    @Override
    public DatabaseAccess access(EngineRequest<Database> request) {
        return PLANS.access(request);
    }

    /** {@inheritDoc} Those of {@link MySqlEngine}, which speak nearly the same language. */
    @Override
    public Set<String> understands() {
        return Set.of(Software.MYSQL.engine());
    }

    /**
     * {@inheritDoc} Refused with an {@link UntranslatableDatabaseException}: keys of expressions, invisible columns, conditions that are
     * not enforced, and types, functions, collations and kinds of tables that MariaDB does not have. Programs in the database (triggers,
     * routines, events, views) are not read: those that MariaDB does not take end the plan when they are loaded.
     */
    @Override
    public List<Step> requireTranslatable(EngineRequest<Database> origin, EngineRequest<Database> request) {
        return PLANS.requireTranslatable(origin, request);
    }

    @Override
    public List<Step> requireEmpty(EngineRequest<Database> request) {
        return PLANS.requireEmpty(request);
    }

    /** {@inheritDoc} Refused with a {@link TableNotSwitchableException}. */
    @Override
    public List<Step> requireTables(EngineRequest<Database> request, List<String> tables) {
        return PLANS.requireTables(request, tables);
    }

    /** {@inheritDoc} Refused with a {@link TableNotSwitchableException}. */
    @Override
    public List<Step> requireSwitchable(EngineRequest<Database> request, List<String> tables) {
        return PLANS.requireSwitchable(request, tables);
    }

    @Override
    public List<Step> switchTables(EngineRequest<Database> request, Database other, List<String> tables) {
        return PLANS.switchTables(request, other, tables);
    }

    @Override
    public List<Step> removeUser(EngineRequest<Database> request) {
        return PLANS.removeUser(request);
    }

    /**
     * A dump of the database in a file on the server, whole and checked: every table is in it, with its rows, and its end. What it
     * has is told at its end as {@link DumpFacts}. Whatever goes wrong is a {@link DumpFailedException}, which leaves nothing.
     * Results: {@code dump.facts}, and of it {@code dump.tables}, {@code dump.rows}, {@code dump.engines},
     * {@code dump.consistency} ({@code ONE_MOMENT}, or {@code MIXED} when some tables know no transactions, so that they may be of
     * another moment than the rest) and {@code dump.exact}.
     *
     * <p>Rows are counted in a transaction that begins just before that of the dump, since MariaDB lets no two see the same moment.
     * In tables that nobody writes to meanwhile, as when the site is frozen, they must be as many. In the others they may be as many
     * as before, as afterwards, or between, and differ by as many as came or went, by five in a hundred, or by 20: then
     * {@code dump.exact} is {@code false}.
     *
     * @param request the database and where it is
     * @param path the file, which must not be there yet; its directory is
     * @param account whose the file is, as {@code user:group}; nobody else can read it
     * @return the steps, one after the other
     */
    public List<Step> dump(EngineRequest<Database> request, HostPath path, String account) {
        return PLANS.dump(request, path, account);
    }

    /**
     * What a dump has is in the database, which must be empty. It is loaded by the site's own account and filtered: statements
     * that reach beyond the database end it with an {@link UnsafeDumpException}, one that is longer than the server takes with an
     * {@link UnloadableDumpException}, and the database is empty again when the task is taken back. Collations that this server does
     * not know become the next that it does. What the dump says it has is compared with what is there then, table by table. Results:
     * {@code load.objects}, {@code load.rows}, {@code load.compared} ({@code false} for dumps that other programs made),
     * {@code load.connections} (two for large dumps of this program, whose rows then come in no order, and keys that nothing depends
     * on after them), {@code load.beside} (how many bytes of the dump were large rows, which such a server takes from the dump itself) and
     * {@code load.changed}, a line for each kind of thing that was left out or changed.
     *
     * @param request the database and where it is
     * @param path the dump, on the server
     * @return the steps, one after the other
     */
    public List<Step> loadFile(EngineRequest<Database> request, HostPath path) {
        return PLANS.load(request, path);
    }

    /**
     * Tells what the database is like, as results: {@code database.bytes}, {@code database.tables}, {@code database.rows} (as the
     * server estimates them), {@code database.engines} and {@code database.charset}. Changes nothing.
     *
     * @param request the database and where it is
     * @return the steps, one after the other
     */
    public List<Step> facts(EngineRequest<Database> request) {
        return PLANS.facts(request);
    }

    /**
     * An account that may read the database from its own server until some time, for people who help. The time is kept in its
     * name, because MariaDB lets an account in however old its password is: {@link #sweepSupportUsers} removes it afterwards, as
     * {@link #remove} and {@link #removeUser} do.
     *
     * @param request the database and where it is
     * @param until when it is over, in whole minutes
     * @param who for whom: the same account for the same person and time
     * @return the steps, one after the other, which also make its password
     */
    public List<Step> supportUser(EngineRequest<Database> request, Instant until, String who) {
        return PLANS.support(request, until, who);
    }

    /**
     * The database with the account that {@link #supportUser} makes, for {@link #removeUser}, and to know its name and where its
     * password is.
     *
     * @param database the database
     * @param until when it is over
     * @param who for whom
     * @return the database with that account
     */
    public Database supported(Database database, Instant until, String who) {
        return PLANS.supporting(database, until, who);
    }

    /**
     * There are no support accounts of the database whose time is over.
     *
     * @param request the database and where it is
     * @return the steps, one after the other
     */
    public List<Step> sweepSupportUsers(EngineRequest<Database> request) {
        return PLANS.sweep(request);
    }

    @Override
    public List<Step> dump(EngineRequest<Database> request, HostPath directory) {
        return PLANS.dumpInto(request, directory, false);
    }

    @Override
    public List<Step> load(EngineRequest<Database> request, HostPath directory) {
        return PLANS.loadFrom(request, directory);
    }

    @Override
    public List<Step> measure(EngineRequest<Database> request, String name) {
        return PLANS.measure(request, name);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Read by the site's own account, where there is much in two transactions side by side. Results: {@code sums.tables},
     * {@code sums.ranges} and {@code sums.rows}.
     */
    @Override
    public List<Step> sum(EngineRequest<Database> request, String name) {
        return PLANS.sum(request, name);
    }

    /**
     * {@inheritDoc}
     *
     * <p>What is different ends it with a {@link DatabasesDifferException}. Results: {@code compare.tables},
     * {@code compare.ranges} and {@code compare.rows}.
     */
    @Override
    public List<Step> compare(EngineRequest<Database> request, String name) {
        return PLANS.compare(request, name);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Databases that have anything but tables, such as views, triggers, routines, events, sequences or rows with a history, are
     * brought as a whole. Of the others a seed is a dump of which single tables may be of another moment, or have been changed in
     * their structure meanwhile: whatever is not the same in the end is brought again.
     */
    @Override
    public List<Step> dumpSeed(EngineRequest<Database> request, HostPath directory, String name) {
        return PLANS.dumpSeed(request, directory, name);
    }

    @Override
    public List<Step> loadSeed(EngineRequest<Database> request, HostPath directory, String name) {
        return PLANS.loadSeed(request, directory, name);
    }

    @Override
    public List<Step> dumpDelta(EngineRequest<Database> request, HostPath directory, String name) {
        return PLANS.dumpDelta(request, directory, name);
    }

    @Override
    public List<Step> loadDelta(EngineRequest<Database> request, HostPath directory, String name) {
        return PLANS.loadDelta(request, directory, name);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Tables whose structure was changed, and those of which more than half differs, are brought as a whole; of others those
     * ranges of their key that differ. Results: {@code seed.used}, {@code seed.tables} (brought as a whole) and
     * {@code seed.ranges}.
     */
    @Override
    public List<Step> dumpRest(EngineRequest<Database> request, HostPath directory, String name) {
        return PLANS.dumpRest(request, directory, name);
    }

    @Override
    public List<Step> loadRest(EngineRequest<Database> request, HostPath directory, String name) {
        return PLANS.loadRest(request, directory, name);
    }

    @Override
    public List<Step> loadForeign(EngineRequest<Database> request, HostPath directory) {
        return PLANS.loadForeign(request, directory);
    }

    @Override
    public List<Step> dumpForeign(EngineRequest<Database> request, HostPath directory) {
        return PLANS.dumpInto(request, directory, true);
    }
}
