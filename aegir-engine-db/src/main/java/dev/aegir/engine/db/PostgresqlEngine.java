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
import dev.aegir.task.Step;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Keeps databases on PostgreSQL 13 or later, by its client {@code psql} on the server itself, as the account
 * {@code postgres} over the socket. A database belongs to a role of its own that bears the owner's mark, which a site cannot
 * change; accounts are members of that role and act as it, so that one can follow another. Nobody else may connect.
 *
 * <p>Settings of the service: {@code socket} (the directory, {@code /run/postgresql}), {@code port} (5432), {@code collation}
 * (the locale of new databases, {@code C.UTF-8}), {@code address} (how other servers reach it; the host of the server's
 * address), {@code listen} (addresses to listen on, set when the server is prepared; {@code version} (15) and {@code cluster}
 * ({@code main}) say where). For a database server elsewhere, {@code host}, with {@code admin} ({@code postgres}; a superuser),
 * {@code password} (the name of a secret) and {@code clients} (the addresses that it sees sites come from): then only the clients
 * are used on the server, dumps are written there, and the access rules of the database server are not touched.
 *
 * <p>Lines of its own in {@code pg_hba.conf}, which end with {@code # aegir}, admit the accounts of sites by password.
 * Nothing is installed: that is the business of whoever keeps the server.
 */
public final class PostgresqlEngine implements SeedingEngine, TableEngine, MeasuringEngine {
    private static final DatabasePlans PLANS = new DatabasePlans(Software.POSTGRESQL, "postgresql");

    /** For ServiceLoader. */
    public PostgresqlEngine() {}

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

    @Override
    public List<Step> requireEmpty(EngineRequest<Database> request) {
        return PLANS.requireEmpty(request);
    }

    /** {@inheritDoc} Refused with a {@link TableNotSwitchableException}. */
    @Override
    public List<Step> requireTables(EngineRequest<Database> request, List<String> tables) {
        return PLANS.requireTables(request, tables);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Tables of the schema {@code public} only. What anything else depends on, such as a view, a foreign key or a policy, is refused
     * with a {@link TableNotSwitchableException}.
     */
    @Override
    public List<Step> requireSwitchable(EngineRequest<Database> request, List<String> tables) {
        return PLANS.requireSwitchable(request, tables);
    }

    /**
     * {@inheritDoc}
     *
     * <p>In one transaction, by the site's own account; the former tables are in the schema {@code aegir_before} then, with their indexes
     * and the sequences that they own, until {@link #forgetTables}.
     */
    @Override
    public List<Step> switchTables(EngineRequest<Database> request, Database other, List<String> tables) {
        return PLANS.switchTables(request, other, tables);
    }

    @Override
    public List<Step> forgetTables(EngineRequest<Database> request, List<String> tables) {
        return PLANS.forgetTables(request, tables);
    }

    @Override
    public List<Step> removeUser(EngineRequest<Database> request) {
        return PLANS.removeUser(request);
    }

    /**
     * A dump of the database in a file on the server, whole and checked: every table is in it, with as many rows as the
     * transaction counts that it is of, and its end. What it has is told at its end as {@link DumpFacts}. Whatever goes wrong is a
     * {@link DumpFailedException}, which leaves nothing. Results: {@code dump.facts}, and of it {@code dump.tables},
     * {@code dump.rows}, {@code dump.engines}, {@code dump.consistency} ({@code ONE_MOMENT}) and {@code dump.exact}
     * ({@code true}). Whose things are and what others may do with them is not in it.
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
     * that reach beyond the database end it with an {@link UnsafeDumpException}, and the database is empty again when the task
     * is taken back. What the dump says it has is compared with what is there then, table by table. Results:
     * {@code load.objects}, {@code load.rows}, {@code load.compared} ({@code false} for dumps that other programs made),
     * {@code load.connections} (two for large dumps of this program, whose rows then come in no order, and of large tables without a
     * way through this program), {@code load.beside} (how many bytes those were) and {@code load.changed}, a line for each kind of
     * thing that was left out or changed. Extensions must be those that every database has. The client must be of August 2025 or
     * later, which runs no commands of dumps.
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

    @Override
    public List<Step> dump(EngineRequest<Database> request, HostPath directory) {
        return PLANS.dumpInto(request, directory, false);
    }

    @Override
    public List<Step> load(EngineRequest<Database> request, HostPath directory) {
        return PLANS.loadFrom(request, directory);
    }

    /**
     * An account that may read the database from its own server until some time, for people who help: what is in it now and what
     * comes later. Then the server lets it in no more; {@link #sweepSupportUsers} removes it, and ends what it still does, as
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
     * <p>Databases that have materialised views, partitioned or foreign tables, large objects, rules of tables, or tables of
     * which their owner sees some rows only, are brought as a whole; so are those of which anything but rows is changed meanwhile.
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
     * <p>Of tables with a key of whole numbers those ranges that differ; of others, and of those of which more than half differs, all
     * rows; and where sequences are. Results: {@code seed.used}, {@code seed.tables} (all rows) and {@code seed.ranges}.
     */
    @Override
    public List<Step> dumpRest(EngineRequest<Database> request, HostPath directory, String name) {
        return PLANS.dumpRest(request, directory, name);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Triggers do not see the rows, and foreign keys are checked when all rows are there.
     */
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
