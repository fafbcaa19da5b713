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
 * Keeps databases on MySQL 8.0 or later, by its clients {@code mysql} and {@code mysqldump} on the server itself, as its
 * administrator over the socket. MySQL knows no comments of databases: the mark of a database's owner is a role {@code aegir:} with
 * the owner's id, which nobody has, with a right on the database; the site cannot change it. An account has rights on one database,
 * none of which it can hand on, and comes from this server or from exactly the addresses of the clients. It logs in by {@code
 * caching_sha2_password}.
 *
 * <p>The clients may be Oracle's, or MariaDB's with these names, with which all of this is tested. Settings of the service are those of
 * {@link MariaDbEngine}, with the same values where nothing is set. The administrator over the socket is {@code root}, without a
 * password or by {@code auth_socket}; the service is the unit {@code mysql}, which reads {@code /etc/mysql/mysql.conf.d}.
 *
 * <p>A server with {@code partial_revokes} is refused, and so is one that is MariaDB. Where it writes a binary log, sites make
 * triggers and functions only with {@code log_bin_trust_function_creators}. A database that was made and not yet marked when its
 * server died is nobody's from then on, and refused. One that somebody drops and makes again by the same name bears its mark still.
 * Nothing is installed: that is the business of whoever keeps the server.
 */
public final class MySqlEngine implements SeedingEngine, TableEngine, MeasuringEngine {
    private static final DatabasePlans PLANS = new DatabasePlans(Software.MYSQL, "mysql");

    /** For ServiceLoader. */
    public MySqlEngine() {}

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
     * A dump of the database in a file on the server, as {@link MariaDbEngine#dump(EngineRequest, HostPath, String)} makes it. Where the
     * client {@code mysqldump} is MariaDB's, databases with computed columns are refused: MySQL would not take them again.
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
     * What a dump has is in the database, which must be empty, as {@link MariaDbEngine#loadFile} does it; no rows come beside this program.
     *
     * @param request the database and where it is
     * @param path the dump, on the server
     * @return the steps, one after the other
     */
    public List<Step> loadFile(EngineRequest<Database> request, HostPath path) {
        return PLANS.load(request, path);
    }

    /**
     * Tells what the database is like, as {@link MariaDbEngine#facts} does. Changes nothing.
     *
     * @param request the database and where it is
     * @return the steps, one after the other
     */
    public List<Step> facts(EngineRequest<Database> request) {
        return PLANS.facts(request);
    }

    /**
     * An account that may read the database from its own server until some time, for people who help, as {@link
     * MariaDbEngine#supportUser} makes it.
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

    @Override
    public List<Step> sum(EngineRequest<Database> request, String name) {
        return PLANS.sum(request, name);
    }

    /** {@inheritDoc} What is different ends it with a {@link DatabasesDifferException}. */
    @Override
    public List<Step> compare(EngineRequest<Database> request, String name) {
        return PLANS.compare(request, name);
    }

    /** {@inheritDoc} Databases that have anything but tables are brought as a whole. */
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
