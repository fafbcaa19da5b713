// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;

/** What is different between database servers when databases are dumped and loaded. Stateless. */
interface Dumps {
    /**
     * A table.
     *
     * @param title what the dump says where its structure begins
     * @param engine how it is stored
     */
    record Table(String title, String engine) {}

    static Dumps of(Software software) {
        return software == Software.MARIADB ? new MariaDbDumps() : new PostgresDumps();
    }

    /** The words that write a dump to standard output. */
    List<String> dumping(Place place, Database database);

    /** How the line begins that is among the last of a whole dump. */
    String end();

    /** A program for awk that prints the titles of all tables in a dump. */
    String titles();

    /** All tables, by title. */
    List<Table> tables(Session session, Database database) throws InterruptedException;

    /** Whether all tables of this kind are of one moment. */
    boolean consistent(String engine);

    /** The client that loads as the site's account, and finds its credentials as {@code /dev/fd/3}. */
    Command loading(Place place, Database database);

    /** The file of credentials. */
    String credentials(Database database, Secret password);

    /** Lets a dump through. */
    void filter(InputStream in, OutputStream out, Consumer<String> report) throws IOException;

    /** What the client said that failed to load. */
    DatabaseServerException said(Place place, CommandResult result);

    /** Takes everything out of a database of ours that is there. */
    void empty(Session session, Database database) throws InterruptedException;
}
