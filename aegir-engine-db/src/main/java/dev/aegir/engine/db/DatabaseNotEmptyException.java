// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;
import dev.aegir.model.Database;
import dev.aegir.model.Name;

/** A database that had to be empty has something in it. Nothing was changed. */
public final class DatabaseNotEmptyException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final int objects;

    /**
     * For a database.
     *
     * @param server the server's name
     * @param database the database
     * @param objects how many tables, views and routines it has
     */
    DatabaseNotEmptyException(Name server, Database database, int objects) {
        super(server + ": the database " + database.name() + " of " + database.title() + " has " + objects
                + " tables, views or routines: something is installed there already. Take a backup and remove the site, or"
                + " give it another database with its setting db.name.");
        this.objects = objects;
    }

    /**
     * How much is in it.
     *
     * @return how many tables, views and routines it has
     */
    public int objects() {
        return objects;
    }
}
