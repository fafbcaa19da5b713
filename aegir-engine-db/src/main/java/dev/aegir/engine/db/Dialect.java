// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is different between database servers. Stateless. */
interface Dialect {
    /**
     * The words that start the client, reading SQL from its standard input.
     *
     * @param place which server
     * @param only whether it only reads, which the server then makes sure of
     * @param database which database it is in; absent for the administrator's own
     */
    Client client(Place place, boolean only, Optional<String> database);

    /** What a session begins with. */
    String preamble();

    /** The file in which the client finds who the administrator of a server elsewhere is. */
    String credentials(Place place, Place.Remote remote, Secret password);

    /** What the client said that failed, without anything of the statement. */
    DatabaseServerException said(Place place, CommandResult result);

    /** Refuses names this server cannot have. */
    void validate(Database database);

    /** What there is. Without a password no account is exact. */
    Found look(Session session, Database database, Optional<Secret> password) throws InterruptedException;

    /** The hosts that the account shall be there for. */
    Set<String> hosts(Database database);

    /** Makes the database with its mark; one that is there is left alone and said to be. */
    void makeDatabase(Session session, Database database) throws InterruptedException;

    /** Mends what is not exact about a database of ours. */
    void mendDatabase(Session session, Database database) throws InterruptedException;

    /** Whether the server said that something is there already. */
    boolean isThere(DatabaseServerException said);

    /** Makes an account that is not there; one that is there is left alone and said to be. */
    void makeAccount(Session session, Database database, String host, Secret password) throws InterruptedException;

    /** Gives an account of ours exactly its password and rights. */
    void mendAccount(Session session, Database database, String host, Secret password) throws InterruptedException;

    /**
     * Makes an account that may read the database and do nothing else.
     *
     * @param again whether some of it may be there already, from an attempt that did not come to its end
     * @param until when it is over, for servers that know such a thing
     */
    void makeReader(Session session, Database database, boolean again, Instant until, Secret password)
            throws InterruptedException;

    /** Drops an account of ours, and ends its sessions. */
    void dropAccount(Session session, Database database, Set<String> hosts) throws InterruptedException;

    /** The names of all accounts that belong to this database alone. */
    List<String> accounts(Session session, Database database) throws InterruptedException;

    /**
     * Whether something of the database is left when the database itself is gone, which {@link #drop} then removes.
     */
    boolean remains(Session session, Database database) throws InterruptedException;

    /** How many tables, views, routines and events there are. */
    int objects(Session session, Database database) throws InterruptedException;

    /** Bytes, tables, rows as the server estimates them, storage engines, and how text is encoded and compared. */
    List<String> facts(Session session, Database database) throws InterruptedException;

    /** Where the server keeps databases. */
    String directory(Session session) throws InterruptedException;

    /** Reads the mark back and, in the same session, drops the database with all its accounts. */
    void drop(Session session, Database database, Found found) throws InterruptedException;

    /** The addresses the server listens on, beside its socket; empty for none. */
    String listens(Session session) throws InterruptedException;
}
