// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.PostgresText.identifier;
import static dev.aegir.engine.db.PostgresText.literal;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.model.InvalidValueException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * PostgreSQL from 13. A database belongs to a role of its own, which nobody logs in as and whose comment is the owner's mark
 * from the transaction that makes it; a site cannot change that. Accounts are members of that role and become it when they
 * log in, so that what one makes all can use, and one can go while the others stay.
 */
final class Postgres implements Dialect {
    /** Every site's account is a member of it, for the server's access rules. */
    static final String SITES = "aegir_sites";

    private static final String UNLOGGED = """
            SET LOCAL log_statement = 'none';
            SET LOCAL log_min_duration_statement = -1;
            SET LOCAL log_min_error_statement = 'panic';
            SET LOCAL password_encryption = 'scram-sha-256';
            """;

    private static final Set<String> RESERVED = Set.of("postgres", "template0", "template1");
    private static final Set<String> RESERVED_ACCOUNTS = Set.of("postgres", "public", "none", SITES);

    /** Raised when a database is not the one that is meant. */
    private static final String NOT_OURS = "AE001";

    @Override
    public Client client(Place place, boolean only, Optional<String> database) {
        List<String> words = new ArrayList<>(List.of(
                "psql",
                "--no-psqlrc",
                "--no-password",
                "--quiet",
                "--no-align",
                "--tuples-only",
                "--field-separator=\t",
                "--set=ON_ERROR_STOP=1",
                "--set=VERBOSITY=verbose",
                "--set=SHOW_CONTEXT=never",
                "--file=-",
                "--host="
                        + place.remote()
                                .map(Place.Remote::host)
                                .orElse(place.socket().value()),
                "--port=" + place.port(),
                "--username=" + place.remote().map(Place.Remote::admin).orElse("postgres"),
                // The name of a database alone could be taken for a whole connection string.
                "--dbname=dbname=" + PostgresText.connection(database.orElse("postgres"))));
        Command command = Command.of(words)
                .environment("PGCLIENTENCODING", "UTF8")
                .environment("PGCONNECT_TIMEOUT", "10")
                .timeout(only ? Duration.ofMinutes(2) : Duration.ofMinutes(30));
        if (only) {
            command = command.environment("PGOPTIONS", "-c default_transaction_read_only=on");
        }
        return new Client(
                place.remote().isPresent() ? command.environment("PGPASSFILE", "/dev/fd/3") : command.as("postgres"));
    }

    @Override
    public String preamble() {
        return "SET standard_conforming_strings = on;\nSET search_path = pg_catalog;\n";
    }

    @Override
    public String credentials(Place place, Place.Remote remote, Secret password) {
        return PostgresText.passwordFile(remote.host()) + ":" + place.port() + ":*:"
                + PostgresText.passwordFile(remote.admin()) + ":" + PostgresText.passwordFile(password.reveal()) + "\n";
    }

    @Override
    public DatabaseServerException said(Place place, CommandResult result) {
        return PostgresErrors.said(place, result);
    }

    @Override
    public void validate(Database database) {
        if (RESERVED.contains(database.name().toLowerCase(Locale.ROOT))) {
            throw new InvalidValueException("database", database.name(), "PostgreSQL has this name for itself");
        }
        String user = database.user().toLowerCase(Locale.ROOT);
        if (RESERVED_ACCOUNTS.contains(user) || user.startsWith("pg_") || user.startsWith("aegir_")) {
            throw new InvalidValueException("database account", database.user(), "this account is not a site's");
        }
        String both = database.name() + database.user();
        if (both.contains("# aegir")
                || both.indexOf('"') >= 0 && !database.clients().isEmpty()) {
            throw new InvalidValueException("database", both, "PostgreSQL's access rules cannot have it as a name");
        }
    }

    /** The role that owns a database: one for each of a site's databases. */
    static String owner(Database database) {
        return "aegir_" + Client.known(database).toLowerCase(Locale.ROOT).replace('.', '_');
    }

    @Override
    public Found look(Session session, Database database, Optional<Secret> password) throws InterruptedException {
        List<List<String>> rows = session.read(looking(database));
        String mark = Found.mark(database);
        List<Found.Account> accounts = Rows.of("account", rows).stream()
                .map(row -> new Found.Account(
                        "",
                        Rows.text(row.get(1)).equals(mark) ? Found.Standing.OURS : Found.Standing.FOREIGN,
                        Rows.yes(row.get(2))
                                && password.filter(secret -> Passwords.matches(row.get(3), secret))
                                        .isPresent()))
                .toList();
        for (List<String> row : Rows.of("database", rows)) {
            String onRole = Rows.text(row.get(1));
            String onDatabase = Rows.text(row.get(2));
            boolean other = !onDatabase.isEmpty() && !onDatabase.equals(onRole);
            boolean exact = Rows.yes(row.get(3)) && onDatabase.equals(mark);
            return new Found(true, other ? onDatabase : onRole, exact, accounts);
        }
        return new Found(false, "", false, accounts);
    }

    /** What its owner's comment says, if it is the owner's role at all; what its own says; and whether others may do anything. */
    static String looking(Database database) {
        String name = literal(database.name());
        String owner = literal(owner(database));
        return "SELECT 'database', "
                + hex("CASE WHEN o.rolname = " + owner + " THEN shobj_description(o.oid, 'pg_authid') END")
                + ", " + hex("shobj_description(d.oid, 'pg_database')")
                + ", d.datallowconn AND NOT EXISTS (SELECT FROM aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a"
                + " WHERE a.grantee = 0)"
                + " FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba WHERE d.datname = " + name + ";\n"
                + "SELECT 'account', " + hex("shobj_description(r.oid, 'pg_authid')")
                + ", r.rolcanlogin AND r.rolinherit AND NOT (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole"
                + " OR r.rolreplication OR r.rolbypassrls) AND COALESCE(r.rolvaliduntil, 'infinity') = 'infinity'"
                + " AND ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
                + " WHERE m.member = r.oid ORDER BY g.rolname = " + owner + ") = ARRAY['" + SITES + "', " + owner + "]"
                + " AND EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
                + " WHERE s.setrole = r.oid AND d.datname = " + name + " AND 'role=' || " + owner
                + " = ANY (s.setconfig))"
                + ", COALESCE(r.rolpassword, '')"
                + " FROM pg_authid r WHERE r.rolname = " + literal(database.user()) + ";\n";
    }

    private static String hex(String text) {
        return "encode(convert_to(COALESCE(" + text + ", ''), 'UTF8'), 'hex')";
    }

    @Override
    public Set<String> hosts(Database database) {
        return Set.of("");
    }

    @Override
    public void makeDatabase(Session session, Database database) throws InterruptedException {
        session.change(making(database, session.place().collation()));
    }

    static String making(Database database, String locale) {
        String owner = owner(database);
        return "SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = " + literal(owner) + ") AS absent \\gset\n"
                + "\\if :absent\nBEGIN;\nCREATE ROLE " + identifier(owner) + " NOLOGIN;\nCOMMENT ON ROLE "
                + identifier(owner) + " IS " + literal(Found.mark(database)) + ";\nCOMMIT;\n\\endif\n"
                + "CREATE DATABASE " + identifier(database.name()) + " OWNER " + identifier(owner)
                + " TEMPLATE template0 ENCODING 'UTF8' LOCALE " + literal(locale) + " ALLOW_CONNECTIONS false;\n"
                + mending(database);
    }

    /** Closed to everybody before it is opened. */
    private static String mending(Database database) {
        String name = identifier(database.name());
        return "COMMENT ON DATABASE " + name + " IS " + literal(Found.mark(database)) + ";\nREVOKE ALL ON DATABASE "
                + name + " FROM PUBLIC;\nALTER DATABASE " + name + " ALLOW_CONNECTIONS true;\n";
    }

    @Override
    public void mendDatabase(Session session, Database database) throws InterruptedException {
        session.change(mending(database));
    }

    @Override
    public boolean isThere(DatabaseServerException said) {
        return Set.of("42P04", "42710", "23505").contains(said.code());
    }

    @Override
    public void makeAccount(Session session, Database database, String host, Secret password)
            throws InterruptedException {
        String user = identifier(database.user());
        session.change("BEGIN;\nCREATE ROLE " + user + ";\nCOMMENT ON ROLE " + user + " IS "
                + literal(Found.mark(database)) + ";\n" + exactly(database, password) + "COMMIT;\n");
    }

    @Override
    public void mendAccount(Session session, Database database, String host, Secret password)
            throws InterruptedException {
        String user = identifier(database.user());
        String others = "SELECT 'other', " + hex("g.rolname") + " FROM pg_auth_members m JOIN pg_roles g ON g.oid ="
                + " m.roleid JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = " + literal(database.user()) + ";\n";
        StringBuilder sql = new StringBuilder("BEGIN;\n");
        for (List<String> row : session.read(others)) {
            String other = Rows.text(row.get(1));
            if (!other.equals(SITES) && !other.equals(owner(database))) {
                sql.append("REVOKE ")
                        .append(identifier(other))
                        .append(" FROM ")
                        .append(user)
                        .append(";\n");
            }
        }
        session.change(sql + exactly(database, password) + "COMMIT;\n");
    }

    private static String exactly(Database database, Secret password) {
        String user = identifier(database.user());
        return login(database.user(), "infinity", password)
                + "GRANT " + identifier(SITES) + ", " + identifier(owner(database)) + " TO " + user + ";\n"
                + "ALTER ROLE " + user + " IN DATABASE " + identifier(database.name()) + " SET role = "
                + literal(owner(database)) + ";\n";
    }

    /** May log in until some time, and nothing more. */
    private static String login(String user, String until, Secret password) {
        // What has other characters only the server prepares as its clients do; then it must not get into its log.
        boolean plain = password.reveal().chars().allMatch(c -> c < 0x80);
        String kept = plain ? Passwords.postgresql(password) : password.reveal();
        return (plain ? "" : UNLOGGED)
                + "ALTER ROLE " + identifier(user)
                + " LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS VALID"
                + " UNTIL " + literal(until) + " PASSWORD " + literal(kept) + ";\n";
    }

    /** It is no member of the owner's role, as which it could write: it has rights of its own, on what is made later too. */
    @Override
    public void makeReader(Session session, Database database, boolean again, Instant until, Secret password)
            throws InterruptedException {
        String user = identifier(database.user());
        String owner = identifier(owner(database));
        session.change("BEGIN;\n" + (again ? "" : "CREATE ROLE " + user + ";\n") + "COMMENT ON ROLE " + user + " IS "
                + literal(Found.mark(database)) + ";\n" + login(database.user(), until.toString(), password) + "GRANT "
                + identifier(SITES) + " TO " + user + ";\nGRANT CONNECT ON DATABASE " + identifier(database.name())
                + " TO " + user + ";\nCOMMIT;\n");
        String of = "ALTER DEFAULT PRIVILEGES FOR ROLE " + owner + " GRANT ";
        session.changeIn(
                database.name(),
                "BEGIN;\nDO $$DECLARE s text; BEGIN FOR s IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE"
                        + " 'pg\\_%' AND nspname <> 'information_schema' LOOP EXECUTE format('GRANT USAGE ON SCHEMA %1$I TO"
                        + " %2$I; GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I; GRANT SELECT ON ALL SEQUENCES IN SCHEMA"
                        + " %1$I TO %2$I', s, " + literal(database.user()) + "); END LOOP; END$$;\n" + of
                        + "USAGE ON SCHEMAS TO " + user + ";\n" + of + "SELECT ON TABLES TO " + user + ";\n" + of
                        + "SELECT ON SEQUENCES TO " + user + ";\nCOMMIT;\n");
    }

    @Override
    public void dropAccount(Session session, Database database, Set<String> hosts) throws InterruptedException {
        if (hosts.isEmpty()) {
            return;
        }
        String user = identifier(database.user());
        session.change("ALTER ROLE " + user + " NOLOGIN;\n" + ending(database.user()));
        if (look(session, database, Optional.empty()).ours(database)) {
            // What it has made otherwise than as the owner's role stays with the database.
            session.changeIn(
                    database.name(),
                    "REASSIGN OWNED BY " + user + " TO " + identifier(owner(database)) + ";\nDROP OWNED BY " + user
                            + ";\n");
        }
        session.change("DROP ROLE IF EXISTS " + user + ";\n");
    }

    private static String ending(String user) {
        return "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE usename = " + literal(user)
                + ";\n";
    }

    @Override
    public List<String> accounts(Session session, Database database) throws InterruptedException {
        return session
                .read("SELECT 'own', " + hex("r.rolname")
                        + " FROM pg_roles r WHERE (EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid ="
                        + " m.roleid WHERE m.member = r.oid AND g.rolname = " + literal(owner(database))
                        + ") OR EXISTS (SELECT FROM pg_database d, aclexplode(d.datacl) a WHERE a.grantee = r.oid AND"
                        + " r.oid <> d.datdba AND d.datname = " + literal(database.name())
                        + ")) AND shobj_description(r.oid, 'pg_authid') = " + literal(Found.mark(database))
                        + " ORDER BY r.rolname;\n")
                .stream()
                .map(row -> Rows.text(row.get(1)))
                .toList();
    }

    @Override
    public boolean remains(Session session, Database database) throws InterruptedException {
        return !session.read("SELECT 'owner' FROM pg_roles WHERE rolname = " + literal(owner(database)) + ";\n")
                .isEmpty();
    }

    @Override
    public int objects(Session session, Database database) throws InterruptedException {
        String ours = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"
                + " AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')";
        return Integer.parseInt(Rows.only(session.readIn(
                database.name(),
                "SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN"
                        + " ('r', 'p', 'v', 'm', 'S', 'f') AND " + ours
                        + ") + (SELECT count(*) FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace WHERE "
                        + ours
                        + ");\n")));
    }

    @Override
    public List<String> facts(Session session, Database database) throws InterruptedException {
        return session.readIn(
                        database.name(),
                        "SELECT pg_database_size(current_database()), count(*), COALESCE(sum(greatest(c.reltuples, 0))::bigint,"
                                + " 0), COALESCE(string_agg(DISTINCT a.amname, ','), ''), (SELECT pg_encoding_to_char(encoding)"
                                + " || ' ' || datcollate FROM pg_database WHERE datname = current_database())"
                                + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid ="
                                + " c.relam WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog',"
                                + " 'information_schema') AND n.nspname NOT LIKE 'pg\\_%';\n")
                .get(0);
    }

    @Override
    public String directory(Session session) throws InterruptedException {
        return Rows.only(session.read("SHOW data_directory;\n"));
    }

    /** The database goes first: its accounts own things in it. The role that bears the mark goes last. */
    @Override
    public void drop(Session session, Database database, Found found) throws InterruptedException {
        List<String> accounts = accounts(session, database);
        StringBuilder sql = new StringBuilder();
        if (found.ours(database)) {
            for (String account : accounts) {
                // Only the database tells whose they are.
                if (SweepSupportAccounts.until(account).isPresent()) {
                    dropAccount(session, database.user(account, database.password()), Set.of(account));
                }
            }
            sql.append(guarded(database, "DROP DATABASE " + identifier(database.name()) + " WITH (FORCE);\n"));
        }
        accounts = accounts.stream()
                .filter(account -> SweepSupportAccounts.until(account).isEmpty())
                .toList();
        for (String account : accounts) {
            sql.append("ALTER ROLE ").append(identifier(account)).append(" NOLOGIN;\n");
            sql.append(ending(account))
                    .append("DROP ROLE IF EXISTS ")
                    .append(identifier(account))
                    .append(";\n");
        }
        sql.append("DROP ROLE IF EXISTS ").append(identifier(owner(database))).append(";\n");
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
        String mark = literal(Found.mark(database));
        return "SELECT EXISTS (SELECT FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba WHERE d.datname = "
                + literal(database.name()) + " AND o.rolname = " + literal(owner(database))
                + " AND shobj_description(o.oid, 'pg_authid') = " + mark
                + " AND COALESCE(shobj_description(d.oid, 'pg_database'), " + mark + ") = " + mark
                + ") AS ours \\gset\n"
                + "\\if :ours\n" + then + "\\else\nDO $$BEGIN RAISE EXCEPTION 'the mark is not there' USING ERRCODE = '"
                + NOT_OURS + "'; END$$;\n\\endif\n";
    }

    @Override
    public String listens(Session session) throws InterruptedException {
        return Rows.only(session.read("SHOW listen_addresses;\n"));
    }
}
