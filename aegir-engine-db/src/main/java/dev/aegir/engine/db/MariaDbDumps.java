// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Dumps by mariadb-dump, and by the program that it comes from. */
final class MariaDbDumps implements Dumps {
    /** Engines whose tables see what is of one moment. */
    private static final Set<String> TRANSACTIONAL = Set.of("InnoDB", "ROCKSDB", "TokuDB");

    /** Engines whose tables are views of rows elsewhere, which the client does not dump (its list). */
    static final Set<String> ELSEWHERE =
            Set.of("MRG_MyISAM", "MRG_ISAM", "CONNECT", "OQGRAPH", "SPIDER", "VP", "FEDERATED");

    private final MySqlFamily family;

    /** Of MariaDB. */
    MariaDbDumps() {
        this(new MariaDb());
    }

    MariaDbDumps(MySqlFamily family) {
        this.family = family;
    }

    /** The server may be set to read what others commit; between two tables the first is let go, as the client does. */
    @Override
    public Moment begin(Conversation conversation, Database database) throws InterruptedException {
        List<List<String>> rows = conversation.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;\n"
                + "SET SESSION lock_wait_timeout = 60;\nSTART TRANSACTION WITH CONSISTENT SNAPSHOT;\nSAVEPOINT counted;\n"
                + "SELECT 'at', FLOOR(UNIX_TIMESTAMP(NOW(6)));\n" + looking(database));
        return new Moment("", Long.parseLong(Rows.of("at", rows).get(0).get(1)), read(rows));
    }

    private static String looking(Database database) {
        String name = MariaDbText.literal(database.name());
        return "SELECT 'columns', HEX(TABLE_NAME), MD5(GROUP_CONCAT(CONCAT_WS(' ', COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE,"
                + " COALESCE(COLUMN_DEFAULT, '-'), COALESCE(COLLATION_NAME, '-'), EXTRA) ORDER BY ORDINAL_POSITION))"
                + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = " + name + " GROUP BY TABLE_NAME;\n"
                + "SELECT 'table', HEX(TABLE_NAME), COALESCE(ENGINE, 'broken'),"
                + " COALESCE(FLOOR(UNIX_TIMESTAMP(UPDATE_TIME)), ''), COALESCE(CREATE_TIME, '')"
                + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = " + name
                + " AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME;\n";
    }

    private static List<Table> read(List<List<String>> rows) {
        Map<String, String> columns = new HashMap<>();
        Rows.of("columns", rows).forEach(row -> columns.put(row.get(1), row.get(2)));
        return Rows.of("table", rows).stream()
                .map(row -> new Table(
                        "",
                        Rows.text(row.get(1)),
                        "-- Table structure for table " + MariaDbText.identifier(Rows.text(row.get(1))),
                        row.get(2),
                        row.get(4) + " " + columns.getOrDefault(row.get(1), ""),
                        row.get(3)))
                .toList();
    }

    @Override
    public List<Table> tables(Session session, Database database) throws InterruptedException {
        return read(session.read(looking(database)));
    }

    @Override
    public String counting(Table table) {
        return "SELECT COUNT(*) FROM " + MariaDbText.identifier(table.name()) + ";\n";
    }

    @Override
    public String release() {
        return "ROLLBACK TO SAVEPOINT counted;\n";
    }

    /** The server knows when a table was last written to, to the second. */
    @Override
    public boolean mayHaveChanged(Moment moment, Table before, Table after) {
        boolean still = before.written().equals(after.written())
                && (after.written().isEmpty() || Long.parseLong(after.written()) < moment.at());
        return !still;
    }

    @Override
    public Command dumping(Place place, Database database, String snapshot) {
        return Command.of(words(place, List.of("--routines", "--events", "--triggers"), database.name(), List.of()));
    }

    /** The words of the client that writes only some tables, without triggers. */
    List<String> dumpingTables(Place place, Database database, List<String> options, List<String> tables) {
        List<String> only = new ArrayList<>(options);
        only.add("--skip-triggers");
        return words(place, only, database.name(), tables);
    }

    private List<String> words(Place place, List<String> options, String database, List<String> tables) {
        List<String> words = new ArrayList<>(List.of(family.programs().dump()));
        if (place.remote().isPresent()) {
            words.add("--defaults-file=/dev/fd/3");
        } else {
            words.addAll(List.of("--no-defaults", "--protocol=socket", "--socket=" + place.socket(), "--user=root"));
        }
        words.addAll(List.of("--single-transaction", "--quick", "--skip-lock-tables"));
        words.addAll(family.programs().options());
        words.addAll(options);
        words.addAll(List.of(
                "--hex-blob",
                "--no-tablespaces",
                "--skip-dump-date",
                "--max-allowed-packet=1G",
                "--default-character-set=utf8mb4",
                "--",
                database));
        words.addAll(tables);
        return words;
    }

    @Override
    public String end() {
        return "-- Dump completed";
    }

    /** Since 10.7 the client writes each row on a line of its own. */
    @Override
    public List<String> lines() {
        return List.of("-v", "^(");
    }

    /**
     * Before 10.7 the client wrote all rows of a statement on one line, since then each on one of its own, which are as many as lines
     * were left out; in strings it writes no line ends. Between delimiters are bodies of triggers, which may look like anything.
     */
    @Override
    public String counter() {
        return """
                { at = index($0, ":"); number = substr($0, 1, at - 1); $0 = substr($0, at + 1) }
                rows { count[title] += number - rows - 1; rows = 0 }
                /^DELIMITER ;;$/ { body = 1 }
                /^DELIMITER ;$/ { body = 0 }
                body { next }
                /^-- Table structure for table `/ { title = $0; count[title] += 0; next }
                /^INSERT INTO `/ {
                    if (/ VALUES$/) { rows = number; next }
                    gsub(/\\\\./, ""); gsub(/'[^']*'/, ""); gsub(/`[^`]*`/, ""); sub(/^.* VALUES /, "")
                    count[title] += gsub(/[(]/, "")
                }
                /^(mariadb-dump|mysqldump): / { print "error in the dump: " $0 >"/dev/stderr"; exit 4 }
                END { for (each in count) print count[each] "\t" each }
                """;
    }

    @Override
    public boolean isError(String line) {
        return line.matches("(mariadb-dump|mysqldump): (?!.*\\b[Ww]arning\\b|Deprecated program name).*");
    }

    @Override
    public boolean transactional(String engine) {
        return TRANSACTIONAL.contains(engine);
    }

    @Override
    public boolean withoutRows(String engine) {
        return ELSEWHERE.contains(engine);
    }

    @Override
    public Command loading(Place place, Database database) {
        return client(database, "--local-infile=0");
    }

    /** A client that says one thing, for which it may send a file to the server, as the site's account. */
    Command sending(Database database, String sql) {
        return client(database, "--local-infile=1", "--execute=" + sql);
    }

    private Command client(Database database, String... options) {
        return Command.of(
                        family.programs().client(),
                        "--defaults-file=/dev/fd/3",
                        "--batch",
                        "--skip-column-names",
                        "--unbuffered",
                        "--binary-mode",
                        "--skip-auto-rehash")
                .with(options)
                .with("--max-allowed-packet=1G", "--default-character-set=utf8mb4", "--database=" + database.name());
    }

    @Override
    public Optional<RowForm> rowForm(Session session, Database database) throws InterruptedException {
        return family.rowForm(session, database);
    }

    @Override
    public String credentials(Place place, Database database, Secret password) {
        return "[client]\n"
                + place.remote()
                        .map(remote ->
                                "protocol=tcp\nhost=" + MariaDbText.option(remote.host()) + "\nport=" + place.port())
                        .orElse("protocol=socket\nsocket="
                                + MariaDbText.option(place.socket().value()))
                + "\nuser=" + MariaDbText.option(database.user()) + "\npassword="
                + MariaDbText.option(password.reveal()) + "\n";
    }

    @Override
    public Dealing dealing() {
        return new MariaDbDealing();
    }

    @Override
    public String opening() {
        return "";
    }

    @Override
    public void filter(Session session, InputStream in, Statements out, Consumer<String> report)
            throws IOException, InterruptedException {
        MariaDbFilter.filter(in, out, MariaDbReceiver.of(session), report);
    }

    @Override
    public DatabaseServerException said(Place place, CommandResult result) {
        return family.said(place, result);
    }

    /** As a whole it goes and comes, with the accounts and rights that stay meanwhile. */
    @Override
    public void empty(Session session, Database database) throws InterruptedException {
        session.change(family.emptying(database, session.place().collation()));
    }
}
