// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Dumps by pg_dump, as text. */
final class PostgresDumps implements Dumps {
    @Override
    public List<String> dumping(Place place, Database database) {
        return List.of(
                "runuser",
                "-u",
                "postgres",
                "--",
                "pg_dump",
                "--format=plain",
                "--no-owner",
                "--no-privileges",
                "--lock-wait-timeout=60s",
                "--encoding=UTF8",
                "--no-password",
                "--host=" + place.socket(),
                "--port=" + place.port(),
                "--username=postgres",
                "--dbname=dbname=" + PostgresText.connection(database.name()));
    }

    @Override
    public String end() {
        return "-- PostgreSQL database dump complete";
    }

    /** What looks like a title in a row is none. */
    @Override
    public String titles() {
        return "/^COPY .* FROM stdin;$/ { rows = 1 } rows && /^\\\\\\.$/ { rows = 0 }"
                + " !rows && /^-- Name: .*; Type: TABLE; Schema: / { sub(/; Owner: -.*$/, \"\"); print }";
    }

    @Override
    public List<Table> tables(Session session, Database database) throws InterruptedException {
        return session
                .readIn(
                        database.name(),
                        "SELECT encode(convert_to(regexp_replace(c.relname || '; Type: TABLE; Schema: ' || n.nspname,"
                                + " '[\\r\\n]', ' ', 'g'), 'UTF8'), 'hex'), COALESCE(a.amname, 'partitioned') FROM pg_class c"
                                + " JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid = c.relam WHERE"
                                + " c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND"
                                + " n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid"
                                + " AND e.deptype = 'e') ORDER BY 1;\n")
                .stream()
                .map(row -> new Table("-- Name: " + Rows.text(row.get(0)), row.get(1)))
                .toList();
    }

    @Override
    public boolean consistent(String engine) {
        return true;
    }

    @Override
    public Command loading(Place place, Database database) {
        return Command.of(
                        "psql",
                        "--no-psqlrc",
                        "--no-password",
                        "--quiet",
                        "--set=ON_ERROR_STOP=1",
                        "--set=VERBOSITY=verbose",
                        "--set=SHOW_CONTEXT=never",
                        "--single-transaction",
                        "--file=-",
                        "--host=" + place.socket(),
                        "--port=" + place.port(),
                        "--username=" + database.user(),
                        "--dbname=dbname=" + PostgresText.connection(database.name()))
                .environment("PGCLIENTENCODING", "UTF8")
                .environment("PGCONNECT_TIMEOUT", "10")
                .environment("PGPASSFILE", "/dev/fd/3");
    }

    @Override
    public String credentials(Database database, Secret password) {
        return "*:*:*:" + PostgresText.passwordFile(database.user()) + ":"
                + PostgresText.passwordFile(password.reveal()) + "\n";
    }

    /** From its first line on the client itself takes no commands: it and the filter need not read alike for that. */
    @Override
    public void filter(InputStream in, OutputStream out, Consumer<String> report) throws IOException {
        String key = UUID.randomUUID().toString().replace("-", "");
        out.write(("\\restrict " + key + "\n").getBytes(StandardCharsets.US_ASCII));
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
