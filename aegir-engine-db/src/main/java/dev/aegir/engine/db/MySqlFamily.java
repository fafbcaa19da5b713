// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.literal;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.model.InvalidValueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What servers that speak MySQL's protocol have in common: their clients, and what they tell about themselves. */
interface MySqlFamily extends Dialect {
    /** Databases that are the server's own. */
    Set<String> RESERVED = Set.of("mysql", "information_schema", "performance_schema", "sys", "test");

    /** Accounts that are no site's. */
    Set<String> RESERVED_ACCOUNTS = Set.of(
            "root",
            "mysql",
            "mariadb.sys",
            "mysql.sys",
            "mysql.session",
            "mysql.infoschema",
            "public",
            "debian-sys-maint",
            "healthcheck");

    /** How such a client says that a statement was refused. */
    Pattern ERROR = Pattern.compile(
            "(?m)^ERROR (\\d+)(?: \\(\\w+\\))?(?: at line \\d+)?(?: in file: '[^']*')?: (.*)", Pattern.DOTALL);

    /**
     * The client programs.
     *
     * @param client runs statements
     * @param dump dumps a database
     * @param packages what installs both, and what installs the clients alone
     * @param options what {@code dump} is told beside what both know; a program that does not know them only warns
     * @param settings what sessions set beside their mode
     * @param readOnly what makes a session read only
     */
    record Programs(
            String client, String dump, String packages, List<String> options, String settings, String readOnly) {
        public Programs {
            options = List.copyOf(options);
        }
    }

    /** The programs for this server. */
    Programs programs();

    /** The statements that take a database of ours away and make it anew, with the accounts and rights that stay meanwhile. */
    String emptying(Database database, String collation);

    /** How large rows of a dump go from their file to the server; nothing where they come as all others do. */
    Optional<RowForm> rowForm(Session session, Database database) throws InterruptedException;

    @Override
    default Client client(Place place, boolean only, Optional<String> database) {
        List<String> words = new ArrayList<>(List.of(programs().client()));
        if (place.remote().isPresent()) {
            words.add("--defaults-file=/dev/fd/3");
        } else {
            words.addAll(List.of("--no-defaults", "--protocol=socket", "--socket=" + place.socket(), "--user=root"));
        }
        words.addAll(List.of(
                "--batch",
                "--skip-column-names",
                "--unbuffered",
                "--binary-mode",
                "--skip-auto-rehash",
                "--local-infile=0",
                "--connect-timeout=10",
                "--default-character-set=utf8mb4",
                "--init-command=SET SESSION sql_mode='STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
                        + programs().settings() + (only ? ", " + programs().readOnly() : "")));
        database.ifPresent(name -> words.add("--database=" + name));
        return new Client(Command.of(words).timeout(only ? Duration.ofMinutes(2) : Duration.ofMinutes(30)));
    }

    @Override
    default String preamble() {
        return "";
    }

    @Override
    default String credentials(Place place, Place.Remote remote, Secret password) {
        return "[client]\nprotocol=tcp\nhost=" + MariaDbText.option(remote.host()) + "\nport=" + place.port()
                + "\nuser=" + MariaDbText.option(remote.admin()) + "\npassword=" + MariaDbText.option(password.reveal())
                + "\n";
    }

    @Override
    default DatabaseServerException said(Place place, CommandResult result) {
        String client = "the client " + programs().client();
        if (result.exit() == 127) {
            return new DatabaseServerException(
                    place.described() + ": " + client + " is not installed. Install "
                            + programs().packages() + ".",
                    Reachable.NO_CLIENT);
        }
        Matcher error = ERROR.matcher(result.stderr().strip());
        if (error.find()) {
            // What follows is a piece of the statement.
            String message = error.group(2).replaceAll("(?s) near '.*", " in a statement of this program");
            return new DatabaseServerException(
                    place.described() + " refused (" + error.group(1) + "): " + message, error.group(1));
        }
        return new DatabaseServerException(
                place.described() + ": " + client + " ended with " + result.exit()
                        + " and without a message that is known. Try it on the server, and read its journal.",
                "");
    }

    @Override
    default void validate(Database database) {
        MariaDbText.validate("database", database.name());
        MariaDbText.validate("database account", database.user());
        if (RESERVED.contains(database.name().toLowerCase(Locale.ROOT))) {
            throw new InvalidValueException("database", database.name(), "the server has this name for itself");
        }
        if (RESERVED_ACCOUNTS.contains(database.user().toLowerCase(Locale.ROOT))) {
            throw new InvalidValueException("database account", database.user(), "this account is not a site's");
        }
    }

    @Override
    default Set<String> hosts(Database database) {
        return database.clients().isEmpty() ? Set.of("localhost") : new TreeSet<>(database.clients());
    }

    @Override
    default void mendDatabase(Session session, Database database) {
        // Its mark is all there is to a database, and is never mended.
    }

    @Override
    default boolean isThere(DatabaseServerException said) {
        return said.code().equals("1007") || said.code().equals("1396");
    }

    /** Of a row that says how many rights an account {@code p} has on a database and beyond it. */
    static Found.Standing standing(String here, String elsewhere) {
        if (!elsewhere.equals("0")) {
            return Found.Standing.FOREIGN;
        }
        return here.equals("0") ? Found.Standing.BARE : Found.Standing.OURS;
    }

    /** How many rights on databases the account {@code p} has. */
    static String rightsOn(String which) {
        return "(SELECT COUNT(*) FROM mysql.db d WHERE d.User = p.User AND d.Host = p.Host AND " + which + ")";
    }

    /** How many rights the account {@code p} has on other databases, and on their tables, columns and routines: a sum. */
    static String rightsBeyond(String on) {
        StringBuilder out = new StringBuilder(rightsOn("d.Db <> " + on));
        for (String table : List.of("tables_priv", "columns_priv", "procs_priv")) {
            out.append(" + (SELECT COUNT(*) FROM mysql.")
                    .append(table)
                    .append(
                            " t WHERE t.User = p.User AND t.Host = p.Host AND REPLACE(REPLACE(t.Db, '_', '\\\\_'), '%', '\\\\%') <> ")
                    .append(on)
                    .append(')');
        }
        return out.toString();
    }

    /** The condition for a row of {@code SCHEMATA} that is the database, in whatever way the server compares names. */
    static String named(Database database) {
        return "SCHEMA_NAME = " + literal(database.name()) + " AND BINARY SCHEMA_NAME = " + literal(database.name());
    }

    /** Name and host of every account that has rights on this database and nothing else. */
    List<List<String>> own(Session session, Database database) throws InterruptedException;

    @Override
    default List<String> accounts(Session session, Database database) throws InterruptedException {
        return own(session, database).stream()
                .map(account -> account.get(0))
                .distinct()
                .toList();
    }

    @Override
    default int objects(Session session, Database database) throws InterruptedException {
        String name = literal(database.name());
        return Integer.parseInt(Rows.only(
                session.read("SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = " + name
                        + ") + (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = " + name
                        + ") + (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = " + name
                        + ");\n")));
    }

    @Override
    default List<String> facts(Session session, Database database) throws InterruptedException {
        String name = literal(database.name());
        return session.read(
                        "SELECT COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0), COUNT(*), COALESCE(SUM(TABLE_ROWS), 0),"
                                + " COALESCE(GROUP_CONCAT(DISTINCT ENGINE ORDER BY ENGINE), ''), (SELECT"
                                + " CONCAT(DEFAULT_CHARACTER_SET_NAME, ' ', DEFAULT_COLLATION_NAME) FROM information_schema.SCHEMATA"
                                + " WHERE " + named(database) + ")"
                                + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = " + name
                                + " AND TABLE_TYPE = 'BASE TABLE';\n")
                .get(0);
    }

    @Override
    default String directory(Session session) throws InterruptedException {
        return Rows.only(session.read("SELECT TRIM(TRAILING '/' FROM @@datadir);\n"));
    }

    @Override
    default String listens(Session session) throws InterruptedException {
        return Rows.only(session.read("SELECT IF(@@skip_networking, '', COALESCE(@@bind_address, '*'));\n"));
    }
}
