// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What is different between database servers when databases are dumped and loaded. Stateless. */
interface Dumps {
    /**
     * A table.
     *
     * @param schema its schema; empty where databases have none
     * @param name its name
     * @param title what the dump says where its structure begins
     * @param engine how it is stored
     * @param structure differs when its columns do
     * @param written when it was last written to, in the server's words; empty when that is not known
     */
    record Table(String schema, String name, String title, String engine, String structure, String written) {}

    /**
     * What is there in one moment, which a transaction goes on to see.
     *
     * @param snapshot how the dump is told to see the same; empty where it cannot
     * @param at when it was, in seconds by the server's clock
     * @param tables all tables
     */
    record Moment(String snapshot, long at, List<Table> tables) {
        public Moment {
            tables = List.copyOf(tables);
        }
    }

    static Dumps of(Software software) {
        return software.speaksMySql() ? new MariaDbDumps(software.family()) : new PostgresDumps();
    }

    /** Begins a transaction that sees one moment. */
    Moment begin(Conversation conversation, Database database) throws InterruptedException;

    /** The statement that counts the rows of a table which a dump should have. */
    String counting(Table table);

    /** The statement that lets a table go again, which counting in a transaction holds. */
    String release();

    /** Whether somebody may have written to a table since a moment, so that a dump can have other rows than were counted. */
    boolean mayHaveChanged(Moment moment, Table before, Table after);

    /** The client that writes a dump to standard output. It finds credentials for a server elsewhere as {@code /dev/fd/3}. */
    Command dumping(Place place, Database database, String snapshot);

    /** How the line begins that is among the last of a whole dump. */
    String end();

    /** An option and a pattern of grep that leaves out most rows, and none of the lines that {@link #counter} needs. */
    List<String> lines();

    /**
     * A program for awk that prints, for each table in a dump, its rows, a tab, and its title. It reads the dump's {@link #lines},
     * each after its number and a colon.
     */
    String counter();

    /** Whether a line that the client wrote to standard error is about an error. */
    boolean isError(String line);

    /** All tables. */
    List<Table> tables(Session session, Database database) throws InterruptedException;

    /** Whether all tables of this kind are of one moment. */
    boolean transactional(String engine);

    /** Whether dumps have no rows of tables of this kind, which are kept elsewhere. */
    boolean withoutRows(String engine);

    /** The client that loads as the site's account, and finds its credentials as {@code /dev/fd/3}. */
    Command loading(Place place, Database database);

    /**
     * How large rows go from their file to the server beside it; nothing where they cannot. That they have come has to be known
     * afterwards.
     */
    Optional<RowForm> rowForm(Session session, Database database) throws InterruptedException;

    /** The file of credentials. */
    String credentials(Place place, Database database, Secret password);

    /** By which connection what is loaded, for one dump. */
    Dealing dealing();

    /** What each connection begins with. */
    String opening();

    /** Lets a dump through that the server can take. */
    void filter(Session session, InputStream in, Statements out, Consumer<String> report)
            throws IOException, InterruptedException;

    /** What the client said that failed to load. */
    DatabaseServerException said(Place place, CommandResult result);

    /** Takes everything out of a database of ours that is there. */
    void empty(Session session, Database database) throws InterruptedException;
}
