// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What there is of a database and of one account of it.
 *
 * @param exists whether there is a database of that name
 * @param mark whose mark it bears; empty for none
 * @param exact whether it is as it shall be, apart from its account
 * @param accounts the account, once for each host it may come from
 */
record Found(boolean exists, String mark, boolean exact, List<Account> accounts) {
    private static final String MARKED = "aegir:";

    /** Nothing. */
    static final Found NOTHING = new Found(false, "", false, List.of());

    /** Whose an account is. */
    enum Standing {
        /** The database's, and of nothing else. */
        OURS,
        /** Nobody's: it has no rights at all. */
        BARE,
        /** Somebody else's. */
        FOREIGN
    }

    /**
     * An account of the name.
     *
     * @param host where it may come from; empty where the server keeps that elsewhere
     * @param standing whose it is
     * @param exact whether password and rights are as they shall be
     */
    record Account(String host, Standing standing, boolean exact) {}

    Found {
        accounts = List.copyOf(accounts);
    }

    boolean ours(Database database) {
        return exists && mark.equals(mark(database));
    }

    Optional<Account> account(String host) {
        return accounts.stream().filter(each -> each.host().equals(host)).findFirst();
    }

    /** Where the account may come from. */
    TreeSet<String> hosts() {
        TreeSet<String> hosts = new TreeSet<>();
        accounts.forEach(account -> hosts.add(account.host()));
        return hosts;
    }

    /** Refuses a database that is there and bears another mark. */
    void requireOurs(Place place, Database database) {
        if (exists && !ours(database)) {
            throw new ForeignDatabaseException(place.described() + ": the database " + database.name()
                    + " is not the one of " + database.title() + ": it should bear the mark " + mark(database)
                    + " and bears "
                    + (mark.isEmpty() ? "none" : mark)
                    + ". It was left as it is. Give the site another database with its setting db.name, or find out whose"
                    + " this one is.");
        }
    }

    /** Refuses a database that is a site's of ours. */
    void requireNobodys(Place place, Database database) {
        if (mark.startsWith(MARKED)) {
            throw new ForeignDatabaseException(place.described() + ": the database " + database.name()
                    + " is that of the site with the id " + mark.substring(MARKED.length())
                    + ", which nobody has to take over. Clone that site instead.");
        }
    }

    /** Refuses an account of the name that is somebody else's. */
    void requireAccountOurs(Place place, Database database, Set<String> ownBare) {
        for (Account account : accounts) {
            boolean ours = account.standing() == Standing.OURS
                    || account.standing() == Standing.BARE && ownBare.contains(account.host());
            if (!ours) {
                throw foreignAccount(place, database, account.host());
            }
        }
    }

    static ForeignDatabaseException foreignAccount(Place place, Database database, String host) {
        return new ForeignDatabaseException(place.described() + ": the account " + database.user()
                + (host.isEmpty() ? "" : "@" + host) + " is there and does not belong to the database "
                + database.name()
                + " of " + database.title()
                + " alone. It was left as it is. Give the site another account with its setting db.user, or remove this one"
                + " if nobody needs it.");
    }

    /** The mark of a database's owner. */
    static String mark(Database database) {
        return MARKED + database.owner();
    }
}
