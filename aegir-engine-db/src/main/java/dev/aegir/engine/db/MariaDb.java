// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.account;
import static dev.aegir.engine.db.MariaDbText.identifier;
import static dev.aegir.engine.db.MariaDbText.literal;
import static dev.aegir.engine.db.MariaDbText.pattern;

import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * MariaDB from 10.5. A database bears its owner's mark as its comment, from the statement that makes it. An account belongs
 * to the database when it has rights on this database and on nothing else.
 */
final class MariaDb implements MySqlFamily {
    /** What a site may do in its database: everything but handing its rights on. */
    static final String RIGHTS = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER,"
            + " CREATE TEMPORARY TABLES, LOCK TABLES, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT,"
            + " TRIGGER, DELETE HISTORY";

    private static final Programs PROGRAMS = new Programs(
            "mariadb",
            "mariadb-dump",
            "Debian's package mariadb-server, or mariadb-client where the database server is elsewhere",
            List.of(),
            "",
            "tx_read_only=1");

    /** Signalled when a database is not the one that is meant. */
    private static final String NOT_OURS = "1644";

    @Override
    public Programs programs() {
        return PROGRAMS;
    }

    @Override
    public Optional<RowForm> rowForm(Session session, Database database) throws InterruptedException {
        return MariaDbRows.of(session, database);
    }

    @Override
    public Found look(Session session, Database database, Optional<Secret> password) throws InterruptedException {
        List<List<String>> rows = session.read(looking(database, password.map(Passwords::mariaDb)));
        List<Found.Account> accounts = Rows.of("account", rows).stream()
                .map(row -> new Found.Account(
                        Rows.text(row.get(1)), MySqlFamily.standing(row.get(2), row.get(3)), Rows.yes(row.get(4))))
                .toList();
        return Rows.of("database", rows).stream()
                .findFirst()
                .map(row -> new Found(true, Rows.text(row.get(1)), true, accounts))
                .orElse(new Found(false, "", false, accounts));
    }

    static String looking(Database database, Optional<String> hash) {
        String on = literal(pattern(database.name()));
        return "SELECT 'database', HEX(SCHEMA_COMMENT) FROM information_schema.SCHEMATA WHERE "
                + MySqlFamily.named(database) + ";\n"
                + "SELECT 'account', HEX(p.Host), " + MySqlFamily.rightsOn("d.Db = " + on) + ", " + rightsElsewhere(on)
                + ", "
                + "COALESCE(JSON_VALUE(p.Priv, '$.authentication_string') = " + literal(hash.orElse(""))
                + " AND COALESCE(JSON_VALUE(p.Priv, '$.plugin'), '') IN ('', 'mysql_native_password')"
                + " AND NOT JSON_EXISTS(p.Priv, '$.auth_or')"
                + " AND COALESCE(JSON_VALUE(p.Priv, '$.account_locked'), 'false') IN ('false', '0')"
                + " AND " + MySqlFamily.rightsOn("d.Db = " + on + " AND " + ALL_BUT_GRANT) + " = 1, 0)"
                + " FROM mysql.global_priv p WHERE p.User = " + literal(database.user()) + " ORDER BY p.Host;\n";
    }

    private static final String ALL_BUT_GRANT = "CONCAT(d.Select_priv, d.Insert_priv, d.Update_priv, d.Delete_priv,"
            + " d.Create_priv, d.Drop_priv, d.References_priv, d.Index_priv, d.Alter_priv, d.Create_tmp_table_priv,"
            + " d.Lock_tables_priv, d.Create_view_priv, d.Show_view_priv, d.Create_routine_priv, d.Alter_routine_priv,"
            + " d.Execute_priv, d.Event_priv, d.Trigger_priv, d.Delete_history_priv, d.Grant_priv)"
            + " = 'YYYYYYYYYYYYYYYYYYYN'";

    /** Global rights, rights on other databases, on single tables, columns and routines, and roles. */
    private static String rightsElsewhere(String on) {
        return "((COALESCE(JSON_VALUE(p.Priv, '$.access'), 0) <> 0) + " + MySqlFamily.rightsBeyond(on)
                + " + (SELECT COUNT(*) FROM mysql.roles_mapping t WHERE t.User = p.User AND t.Host = p.Host))";
    }

    @Override
    public void makeDatabase(Session session, Database database) throws InterruptedException {
        session.change(making(database, session.place().collation()));
    }

    static String making(Database database, String collation) {
        return "CREATE DATABASE " + identifier(database.name()) + " CHARACTER SET utf8mb4 COLLATE " + collation
                + " COMMENT " + literal(Found.mark(database)) + ";\n";
    }

    @Override
    public void makeAccount(Session session, Database database, String host, Secret password)
            throws InterruptedException {
        session.change("CREATE USER " + identified(database, host, password) + granting(database, host));
    }

    @Override
    public void mendAccount(Session session, Database database, String host, Secret password)
            throws InterruptedException {
        session.change("ALTER USER " + identified(database, host, password, " ACCOUNT UNLOCK")
                + "REVOKE ALL PRIVILEGES, GRANT OPTION FROM " + account(database.user(), host) + ";\n"
                + granting(database, host));
    }

    private static String identified(Database database, String host, Secret password) {
        return identified(database, host, password, "");
    }

    private static String identified(Database database, String host, Secret password, String more) {
        return account(database.user(), host) + " IDENTIFIED VIA mysql_native_password USING "
                + literal(Passwords.mariaDb(password)) + more + ";\n";
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
        Set<String> hosts = session.place().remote().isPresent() ? hosts(database) : Set.of("localhost");
        StringBuilder sql = new StringBuilder();
        for (String host : hosts) {
            sql.append(again ? "CREATE OR REPLACE USER " : "CREATE USER ").append(identified(database, host, password));
            sql.append("GRANT SELECT, SHOW VIEW ON ")
                    .append(identifier(pattern(database.name())))
                    .append(".* TO ")
                    .append(account(database.user(), host))
                    .append(";\n");
        }
        session.change(sql.toString());
    }

    @Override
    public void dropAccount(Session session, Database database, Set<String> hosts) throws InterruptedException {
        session.change(dropping(database.user(), hosts));
    }

    private static String dropping(String user, Set<String> hosts) {
        return hosts.stream()
                .sorted()
                .map(host -> "DROP USER IF EXISTS " + account(user, host) + ";\nKILL HARD CONNECTION USER "
                        + account(user, host) + ";\n")
                .collect(Collectors.joining());
    }

    @Override
    public List<List<String>> own(Session session, Database database) throws InterruptedException {
        String on = literal(pattern(database.name()));
        return session
                .read("SELECT 'own', HEX(p.User), HEX(p.Host) FROM mysql.global_priv p WHERE "
                        + MySqlFamily.rightsOn("d.Db = " + on) + " > 0 AND " + rightsElsewhere(on)
                        + " = 0 ORDER BY p.User, p.Host;\n")
                .stream()
                .map(row -> List.of(Rows.text(row.get(1)), Rows.text(row.get(2))))
                .toList();
    }

    @Override
    public boolean remains(Session session, Database database) {
        // Without the database nothing proves that an account is its.
        return false;
    }

    /** The accounts go first: the database is what bears the mark, and what is left half-way is found by it. */
    @Override
    public void drop(Session session, Database database, Found found) throws InterruptedException {
        StringBuilder sql = new StringBuilder("DELIMITER //\n");
        sql.append(guarded(database, "")).append("//\nDELIMITER ;\n");
        for (List<String> account : own(session, database)) {
            sql.append(dropping(account.get(0), Set.of(account.get(1))));
        }
        sql.append("DELIMITER //\n")
                .append(guarded(database, " DROP DATABASE " + identifier(database.name()) + ";"))
                .append("//\nDELIMITER ;\n");
        try {
            session.change(sql.toString());
        } catch (DatabaseServerException e) {
            if (e.code().equals(NOT_OURS)) {
                look(session, database, Optional.empty()).requireOurs(session.place(), database);
            }
            throw e;
        }
    }

    static String guarded(Database database, String then) {
        return "BEGIN NOT ATOMIC IF (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE "
                + MySqlFamily.named(database) + " AND SCHEMA_COMMENT = " + literal(Found.mark(database))
                + ") <> 1 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the mark is not there'; END IF;" + then
                + " END";
    }

    @Override
    public String emptying(Database database, String collation) {
        return "DELIMITER //\n" + guarded(database, " DROP DATABASE " + identifier(database.name()) + ";")
                + "//\nDELIMITER ;\n" + making(database, collation);
    }
}
