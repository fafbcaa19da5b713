// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.task.Step;
import java.util.List;

/**
 * Keeps databases. {@link #ensure} makes the database when it is not there, and its account with exactly the rights it needs;
 * other accounts of the same database are left alone. {@link #remove} drops the database and every account of it, after the
 * owner's mark was read back.
 */
public interface DatabaseEngine extends Engine<Database> {
    @Override
    default ServiceKind<Database> kind() {
        return ServiceKind.DB;
    }

    /**
     * How the database is reached: over a socket when it has no {@linkplain Database#clients clients} elsewhere. Known before
     * the database is made.
     *
     * @param request the database and where it is
     * @return how
     */
    DatabaseAccess access(EngineRequest<Database> request);

    /**
     * Stops the plan when the database has tables: something is installed there already.
     *
     * @param request the database and where it is
     * @return the steps, one after the other
     */
    List<Step> requireEmpty(EngineRequest<Database> request);

    /**
     * The account no longer exists; the database stays.
     *
     * @param request the database, with the account
     * @return the steps, one after the other
     */
    List<Step> removeUser(EngineRequest<Database> request);

    /**
     * Dumps the database into a directory on its own server, which only the host's privileged account can read: whole,
     * consistent and checked. The directory and everything in it is made by the steps, and gone when they are taken back.
     *
     * @param request the database and where it is
     * @param directory the directory; it must be missing
     * @return the steps, one after the other
     */
    List<Step> dump(EngineRequest<Database> request, HostPath directory);

    /**
     * Loads what {@link #dump} has made, perhaps on another server by an engine that this one {@linkplain TranslatingEngine
     * understands}, into a database that must be empty, as the site's own account. Taken back, the database is empty again.
     *
     * @param request the database and where it is
     * @param directory the directory on the database's own server
     * @return the steps, one after the other
     */
    List<Step> load(EngineRequest<Database> request, HostPath directory);

    /**
     * Loads a dump that another program has made, the file {@code database.sql} in the directory, into a database that must be
     * empty, as the site's own account. Whatever can tell that it is not whole stops the plan; the results say what could be
     * proved: {@code import.database.end} and {@code import.database.tables}. Taken back, the database is empty again.
     *
     * @param request the database and where it is
     * @param directory the directory on the database's own server
     * @return the steps, one after the other
     */
    default List<Step> loadForeign(EngineRequest<Database> request, HostPath directory) {
        throw new RefusedException("The database engine " + name() + " loads only dumps that it has made itself.");
    }

    /**
     * Dumps a database that is no site's of ours, as {@link #dump} does, for {@link #load}. It is only read, by the
     * administrator. One that bears a mark, or is the server's own, stops the plan.
     *
     * @param request the database by its name, and where it is; its account is nobody's
     * @param directory the directory on the database's own server; it must be missing
     * @return the steps, one after the other
     */
    default List<Step> dumpForeign(EngineRequest<Database> request, HostPath directory) {
        throw new RefusedException("The database engine " + name() + " dumps only databases that it has made itself.");
    }
}
