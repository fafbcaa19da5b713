// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.account;
import static dev.aegir.engine.db.MariaDbText.identifier;
import static dev.aegir.engine.db.MariaDbText.literal;
import static dev.aegir.engine.db.MariaDbText.pattern;

import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.model.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * MySQL from 8.0. Its databases have no comments: the mark of an owner is a role of its name, which nobody has and nobody can log in
 * as, with a right on the database. An account belongs to the database when it has rights on this database and on nothing else.
 */
final class MySql implements MySqlFamily {
    /** What a site may do in its database: everything but handing its rights on. */
    static final String RIGHTS = MariaDb.RIGHTS.replace(", DELETE HISTORY", "");

    private static final Programs PROGRAMS = new Programs(
            "mysql",
            "mysqldump",
            "the clients of MySQL, or those of MariaDB with their former names (Debian's packages mariadb-client or"
                    + " mariadb-client-compat)",
            // Of a server that has not been asked before, and of transactions elsewhere, a dump says nothing.
            List.of("--loose-column-statistics=0", "--loose-set-gtid-purged=OFF"),
            ", information_schema_stats_expiry=0",
            "transaction_read_only=1");

    /** Said when there are two where one may be: of a database that is not the one that is meant. */
    private static final String NOT_OURS = "1242";

    private static final String NO_SUCH_SESSION = "1094";

    /** What helps, by what was said. */
    private static final Map<String, String> HINTS = Map.of(
            "1419",
            "Sites make triggers and functions on a MySQL that writes a binary log only when log_bin_trust_function_creators is"
                    + " on: set it, for the server.",
            "3105",
            "MariaDB's client has dumped the values of computed columns, which MySQL does not take: install MySQL's own clients"
                    + " where it is dumped.");

    private static final String ROLE_HOST = "localhost";

    @Override
    public Programs programs() {
        return PROGRAMS;
    }

    /** Servers of MySQL take no files from clients unless they are told to. */
    @Override
    public Optional<RowForm> rowForm(Session session, Database database) {
        return Optional.empty();
    }

    @Override
    public DatabaseServerException said(Place place, CommandResult result) {
        DatabaseServerException said = MySqlFamily.super.said(place, result);
        String hint = HINTS.getOrDefault(said.code(), "");
        return hint.isEmpty() ? said : new DatabaseServerException(said.getMessage() + ". " + hint, said.code());
    }

    @Override
    public Found look(Session session, Database database, Optional<Secret> password) throws InterruptedException {
        List<List<String>> rows;
        try {
            rows = session.read(looking(database));
        } catch (DatabaseServerException e) {
            if (e.code().equals(NOT_OURS)) {
                throw new RefusedException(
                        session.place().described() + " is MariaDB: its service has the engine mariadb.");
            }
            throw e;
        }
        if (!Rows.of("partial_revokes", rows).isEmpty()) {
            throw new RefusedException(session.place().described()
                    + " has partial_revokes switched on, with which rights on one database cannot be granted exactly where its"
                    + " name has a pattern in it. Switch it off.");
        }
        List<Found.Account> accounts = Rows.of("account", rows).stream()
                .map(row -> new Found.Account(
                        Rows.text(row.get(1)),
                        MySqlFamily.standing(row.get(2), row.get(3)),
                        Rows.yes(row.get(4))
                                && password.filter(secret -> Passwords.matchesMySql(kept(row.get(5)), secret))
                                        .isPresent()))
                .toList();
        return Rows.of("database", rows).stream()
                .findFirst()
                .map(row -> new Found(true, Rows.text(row.get(1)), true, accounts))
                .orElse(new Found(false, "", false, accounts));
    }

    private static String kept(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    static String looking(Database database) {
        String on = literal(pattern(database.name()));
        return failing("VERSION() LIKE '%MariaDB%'")
                + "SHOW GLOBAL VARIABLES WHERE Variable_name = 'partial_revokes' AND Value = 'ON';\n"
                + "SELECT 'database', HEX(COALESCE(" + marks(database)
                + ", '')) FROM information_schema.SCHEMATA WHERE "
                + MySqlFamily.named(database) + ";\n"
                + "SELECT 'account', HEX(p.Host), " + MySqlFamily.rightsOn("d.Db = " + on) + ", " + rightsElsewhere(on)
                + ", p.plugin = 'caching_sha2_password' AND p.account_locked = 'N' AND p.password_expired = 'N' AND "
                + MySqlFamily.rightsOn("d.Db = " + on + " AND " + ALL_BUT_GRANT) + " = 1, HEX(p.authentication_string)"
                + " FROM mysql.user p WHERE p.User = " + literal(database.user()) + " ORDER BY p.Host;\n";
    }

    /** A statement that fails when this holds, and does nothing otherwise. */
    private static String failing(String when) {
        return "DO (SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2) AS two WHERE " + when + ");\n";
    }

    /** The marks that a database bears: one, or none. */
    private static String marks(Database database) {
        return "(SELECT GROUP_CONCAT(d.User ORDER BY d.User) FROM mysql.db d WHERE d.Db = "
                + literal(pattern(database.name())) + " AND d.User LIKE 'aegir:%')";
    }

    private static final String ALL_BUT_GRANT = "CONCAT(d.Select_priv, d.Insert_priv, d.Update_priv, d.Delete_priv,"
            + " d.Create_priv, d.Drop_priv, d.References_priv, d.Index_priv, d.Alter_priv, d.Create_tmp_table_priv,"
            + " d.Lock_tables_priv, d.Create_view_priv, d.Show_view_priv, d.Create_routine_priv, d.Alter_routine_priv,"
            + " d.Execute_priv, d.Event_priv, d.Trigger_priv, d.Grant_priv) = 'YYYYYYYYYYYYYYYYYYN'";

    /** Global rights, rights on other databases, on single tables, columns and routines, and roles. */
    private static String rightsElsewhere(String on) {
        return "((SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES g WHERE g.GRANTEE = CONCAT('\\'', p.User,"
                + " '\\'@\\'', p.Host, '\\'') AND (g.PRIVILEGE_TYPE <> 'USAGE' OR g.IS_GRANTABLE = 'YES')) + "
                + MySqlFamily.rightsBeyond(on)
                + " + (SELECT COUNT(*) FROM mysql.role_edges t WHERE t.TO_USER = p.User AND t.TO_HOST = p.Host))";
    }

    /** Between the first statement and the others a database is nobody's, and refused if that is how it stays. */
    @Override
    public void makeDatabase(Session session, Database database) throws InterruptedException {
        String role = role(database);
        session.change(making(database, session.place().collation()) + "CREATE ROLE IF NOT EXISTS " + role + ";\n"
                + "GRANT EXECUTE ON " + identifier(pattern(database.name())) + ".* TO " + role + ";\n");
    }

    private static String making(Database database, String collation) {
        return "CREATE DATABASE " + identifier(database.name()) + " CHARACTER SET utf8mb4 COLLATE " + collation + ";\n";
    }

    private static String role(Database database) {
        return account(Found.mark(database), ROLE_HOST);
    }

    @Override
    public void makeAccount(Session session, Database database, String host, Secret password)
            throws InterruptedException {
        session.change("CREATE USER " + identified(database, host, password) + granting(database, host));
    }

    @Override
    public void mendAccount(Session session, Database database, String host, Secret password)
            throws InterruptedException {
        String account = account(database.user(), host);
        session.change("ALTER USER " + identified(database, host, password) + "ALTER USER " + account
                + " ACCOUNT UNLOCK;\nREVOKE ALL PRIVILEGES, GRANT OPTION FROM " + account + ";\n"
                + granting(database, host));
    }

    private static String identified(Database database, String host, Secret password) {
        return account(database.user(), host) + " IDENTIFIED WITH caching_sha2_password AS "
                + literal(Passwords.mySql(password)) + ";\n";
    }

    static String granting(Database database, String host) {
        return "GRANT " + RIGHTS + " ON " + identifier(pattern(database.name())) + ".* TO "
                + account(database.user(), host) + ";\n";
    }

    /** It stays when its time is over: see {@link SweepSupportAccounts}. */
    @Override
    public void makeReader(Session session, Database database, boolean again, Instant until, Secret password)
            throws InterruptedException {
        // Of a server elsewhere nobody is a local user.
        Set<String> hosts = session.place().remote().isPresent() ? hosts(database) : Set.of(ROLE_HOST);
        StringBuilder sql = new StringBuilder();
        for (String host : hosts) {
            String account = account(database.user(), host);
            if (again) {
                sql.append("DROP USER IF EXISTS ").append(account).append(";\n");
            }
            sql.append("CREATE USER ").append(identified(database, host, password));
            sql.append("GRANT SELECT, SHOW VIEW ON ")
                    .append(identifier(pattern(database.name())))
                    .append(".* TO ")
                    .append(account)
                    .append(";\n");
        }
        session.change(sql.toString());
    }

    @Override
    public void dropAccount(Session session, Database database, Set<String> hosts) throws InterruptedException {
        StringBuilder sql = new StringBuilder();
        new TreeSet<>(hosts)
                .forEach(host -> sql.append("DROP USER IF EXISTS ")
                        .append(account(database.user(), host))
                        .append(";\n"));
        session.change(sql.toString());
        for (String host : new TreeSet<>(hosts)) {
            end(session, database.user(), host);
        }
    }

    /** Ends what an account that is gone was doing. A server may know a client by a name that its account does not have. */
    private static void end(Session session, String user, String host) throws InterruptedException {
        List<List<String>> sessions = session.read("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = "
                + literal(user) + " AND (HOST = " + literal(host) + " OR HOST LIKE " + literal(pattern(host) + ":%")
                + " OR NOT EXISTS (SELECT 1 FROM mysql.user p WHERE p.User = " + literal(user) + "));\n");
        for (List<String> row : sessions) {
            try {
                session.change("KILL " + Long.parseLong(row.get(0)) + ";\n");
            } catch (DatabaseServerException e) {
                if (!e.code().equals(NO_SUCH_SESSION)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public List<List<String>> own(Session session, Database database) throws InterruptedException {
        String on = literal(pattern(database.name()));
        return session
                .read("SELECT 'own', HEX(p.User), HEX(p.Host) FROM mysql.user p WHERE p.User NOT LIKE 'aegir:%' AND "
                        + MySqlFamily.rightsOn("d.Db = " + on) + " > 0 AND " + rightsElsewhere(on)
                        + " = 0 ORDER BY p.User, p.Host;\n")
                .stream()
                .map(row -> List.of(Rows.text(row.get(1)), Rows.text(row.get(2))))
                .toList();
    }

    /** The mark is apart from its database. */
    @Override
    public boolean remains(Session session, Database database) throws InterruptedException {
        return Rows.only(session.read("SELECT HEX(COALESCE(" + marks(database) + ", ''));\n"))
                .equalsIgnoreCase(HexFormat.of().formatHex(Found.mark(database).getBytes(StandardCharsets.UTF_8)));
    }

    /** The accounts go first, and the mark last: what is left half-way is found by it. */
    @Override
    public void drop(Session session, Database database, Found found) throws InterruptedException {
        List<List<String>> own = own(session, database);
        String guard = guard(database);
        StringBuilder accounts = new StringBuilder(guard);
        own.forEach(each -> accounts.append("DROP USER IF EXISTS ")
                .append(account(each.get(0), each.get(1)))
                .append(";\n"));
        boolean others = !session.read("SELECT 1 FROM mysql.db d WHERE d.User = " + literal(Found.mark(database))
                        + " AND d.Db <> " + literal(pattern(database.name())) + " LIMIT 1;\n")
                .isEmpty();
        String role = role(database);
        try {
            session.change(accounts.toString());
            for (List<String> each : own) {
                end(session, each.get(0), each.get(1));
            }
            session.change(guard + "DROP DATABASE IF EXISTS " + identifier(database.name()) + ";\n"
                    + (others
                            ? "REVOKE EXECUTE ON " + identifier(pattern(database.name())) + ".* FROM " + role
                            : "DROP ROLE IF EXISTS " + role)
                    + ";\n");
        } catch (DatabaseServerException e) {
            if (e.code().equals(NOT_OURS)) {
                look(session, database, Optional.empty()).requireOurs(session.place(), database);
            }
            throw e;
        }
    }

    /** A statement that fails unless the database bears its owner's mark and no other. */
    static String guard(Database database) {
        return failing("NOT (" + marks(database) + " <=> " + literal(Found.mark(database)) + ")");
    }

    @Override
    public String emptying(Database database, String collation) {
        return guard(database) + "DROP DATABASE " + identifier(database.name()) + ";\n" + making(database, collation);
    }
}
