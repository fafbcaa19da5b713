// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** Dumps by pg_dump, as text. */
final class PostgresDumps implements Dumps {
    /** The dump sees exactly what is counted. */
    @Override
    public Moment begin(Conversation conversation, Database database) throws InterruptedException {
        List<List<String>> rows = conversation.ask("SET lock_timeout = '60s';\n"
                + "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n"
                + "SELECT 'at', extract(epoch FROM now())::bigint, pg_export_snapshot();\n" + LOOKING);
        List<String> at = Rows.of("at", rows).get(0);
        return new Moment(at.get(2), Long.parseLong(at.get(1)), read(rows));
    }

    private static final String LOOKING =
            "SELECT 'table', encode(convert_to(n.nspname, 'UTF8'), 'hex'), encode(convert_to(c.relname, 'UTF8'), 'hex'),"
                    + " COALESCE(a.amname, 'partitioned'), (SELECT md5(COALESCE(string_agg(concat_ws(' ', t.attname,"
                    + " format_type(t.atttypid, t.atttypmod), t.attnotnull, pg_get_expr(d.adbin, d.adrelid)), ',' ORDER BY"
                    + " t.attnum), '')) FROM pg_attribute t LEFT JOIN pg_attrdef d ON d.adrelid = t.attrelid AND d.adnum ="
                    + " t.attnum WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped) FROM pg_class c"
                    + " JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid = c.relam WHERE"
                    + " c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND"
                    + " n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid"
                    + " AND e.deptype = 'e') ORDER BY 2, 3;\n";

    private static List<Table> read(List<List<String>> rows) {
        return Rows.of("table", rows).stream()
                .map(row -> {
                    String schema = Rows.text(row.get(1));
                    String name = Rows.text(row.get(2));
                    String title = (name + "; Type: TABLE; Schema: " + schema).replaceAll("[\r\n]", " ");
                    return new Table(schema, name, "-- Name: " + title, row.get(3), row.get(4), "");
                })
                .toList();
    }

    @Override
    public List<Table> tables(Session session, Database database) throws InterruptedException {
        return read(session.readIn(database.name(), LOOKING));
    }

    @Override
    public String counting(Table table) {
        return "SELECT count(*) FROM ONLY " + PostgresText.identifier(table.schema()) + "."
                + PostgresText.identifier(table.name()) + ";\n";
    }

    /** The dump holds its tables itself to its end. */
    @Override
    public String release() {
        return "";
    }

    @Override
    public boolean mayHaveChanged(Moment moment, Table before, Table after) {
        return false;
    }

    @Override
    public Command dumping(Place place, Database database, String snapshot) {
        return dumping(place, database, List.of("--snapshot=" + snapshot));
    }

    /** The client that writes everything but rows. */
    Command definitions(Place place, Database database) {
        return dumping(place, database, List.of("--schema-only"));
    }

    /** The client that writes some tables and what belongs to them. */
    Command dumpingTables(Place place, Database database, String schema, List<String> tables) {
        List<String> options = new ArrayList<>(List.of("--strict-names"));
        tables.forEach(table -> options.add("--table=" + PostgresText.qualified(schema, table)));
        return dumping(place, database, options);
    }

    private static Command dumping(Place place, Database database, List<String> options) {
        List<String> words = new ArrayList<>();
        if (place.remote().isEmpty()) {
            words.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        words.addAll(List.of(
                "pg_dump",
                "--format=plain",
                "--no-owner",
                "--no-privileges",
                "--lock-wait-timeout=60s",
                "--encoding=UTF8",
                "--no-password"));
        words.addAll(options);
        words.addAll(List.of(
                "--host="
                        + place.remote()
                                .map(Place.Remote::host)
                                .orElse(place.socket().value()),
                "--port=" + place.port(),
                "--username=" + place.remote().map(Place.Remote::admin).orElse("postgres"),
                "--dbname=dbname=" + PostgresText.connection(database.name())));
        Command command = Command.of(words).environment("PGCONNECT_TIMEOUT", "10");
        return place.remote().isPresent() ? command.environment("PGPASSFILE", "/dev/fd/3") : command;
    }

    @Override
    public String end() {
        return "-- PostgreSQL database dump complete";
    }

    /** Rows may begin like these, too. */
    @Override
    public List<String> lines() {
        return List.of("-E", "^(COPY |\\\\[.]$|-- |pg_dump: )");
    }

    /** Rows are lines, of which none is what ends them; what looks like a title in a row is none. */
    @Override
    public String counter() {
        return """
                { at = index($0, ":"); number = substr($0, 1, at - 1); $0 = substr($0, at + 1) }
                rows { if (/^[\\\\][.]$/) { count[title] += number - rows - 1; rows = 0 }; next }
                /^-- (Data for )?Name: .*; Type: TABLE( DATA)?; Schema: / {
                    title = $0
                    sub(/^-- Data for Name: /, "-- Name: ", title); sub(/; Owner: -.*$/, "", title)
                    sub(/; Type: TABLE DATA; Schema: /, "; Type: TABLE; Schema: ", title); count[title] += 0
                }
                /^COPY .* FROM stdin;$/ { rows = number }
                /^pg_dump: / { print "error in the dump: " $0 >"/dev/stderr"; exit 4 }
                END { for (each in count) print count[each] "\t" each }
                """;
    }

    @Override
    public boolean isError(String line) {
        return line.matches("pg_dump: (error|fatal): .*");
    }

    @Override
    public boolean transactional(String engine) {
        return true;
    }

    @Override
    public boolean withoutRows(String engine) {
        return false;
    }

    @Override
    public Command loading(Place place, Database database) {
        return telling(place, database, List.of("--file=-"));
    }

    /** The client as the site's account, which is told something. */
    Command telling(Place place, Database database, List<String> told) {
        List<String> words = new ArrayList<>(List.of(
                "psql",
                "--no-psqlrc",
                "--no-password",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--set=VERBOSITY=verbose",
                "--set=SHOW_CONTEXT=never",
                "--no-align",
                "--tuples-only",
                "--field-separator=\t"));
        words.addAll(told);
        words.addAll(List.of(
                "--host="
                        + place.remote()
                                .map(Place.Remote::host)
                                .orElse(place.socket().value()),
                "--port=" + place.port(),
                "--username=" + database.user(),
                "--dbname=dbname=" + PostgresText.connection(database.name())));
        return Command.of(words)
                .environment("PGCLIENTENCODING", "UTF8")
                .environment("PGCONNECT_TIMEOUT", "10")
                .environment("PGPASSFILE", "/dev/fd/3");
    }

    @Override
    public Optional<RowForm> rowForm(Session session, Database database) {
        return Optional.of(new PostgresRows(session.place(), database));
    }

    @Override
    public String credentials(Place place, Database database, Secret password) {
        return "*:*:*:" + PostgresText.passwordFile(database.user()) + ":"
                + PostgresText.passwordFile(password.reveal()) + "\n";
    }

    @Override
    public Dealing dealing() {
        return new PostgresDealing();
    }

    /** From its first line on the client itself takes no commands: it and the filter need not read alike for that. */
    @Override
    public String opening() {
        return "\\restrict " + UUID.randomUUID().toString().replace("-", "") + "\n";
    }

    @Override
    public void filter(Session session, InputStream in, Statements out, Consumer<String> report) throws IOException {
        PostgresFilter.filter(in, out, report);
    }

    @Override
    public DatabaseServerException said(Place place, CommandResult result) {
        if (result.stderr().contains("invalid command \\restrict")) {
            return new DatabaseServerException(
                    place.described() + ": its client psql is older than August 2025 and runs commands that dumps have;"
                            + " nothing was loaded. Update the package postgresql-client.",
                    "");
        }
        return new Postgres().said(place, result);
    }

    /** The database stays, with what its accounts are told when they log in. */
    @Override
    public void empty(Session session, Database database) throws InterruptedException {
        StringBuilder sql = new StringBuilder();
        sql.append("DROP OWNED BY ").append(PostgresText.identifier(Postgres.owner(database)));
        sql.append(" CASCADE;\n");
        session.changeIn(database.name(), Postgres.guarded(database, sql.toString()));
    }
}
