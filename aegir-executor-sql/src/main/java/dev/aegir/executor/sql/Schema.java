// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/** The tables, which version of them is there, and how to get to the present one. */
final class Schema {
    /** What this code reads and writes. Every version has a script {@code schema-N.sql} that leads to it from the one before. */
    static final int VERSION = 1;

    private static final String TABLE = "aegir_schema";

    private final Dialect dialect;

    Schema(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Makes the tables in a database that is empty, brings older ones to the present version, and leaves alone a database
     * that belongs to something else or to a newer version.
     */
    void prepare(Session db) throws SQLException {
        if (upToDate(db)) {
            return;
        }
        try {
            dialect.begin(db);
        } catch (SQLException e) {
            // Whoever was waited for too long may have done it: then there is nothing to write any more.
            if (upToDate(db)) {
                return;
            }
            throw e;
        }
        try {
            // Another process may have done it meanwhile.
            if (!upToDate(db)) {
                int from = version(db).orElse(0);
                if (from == 0) {
                    db.execute("create table " + TABLE + " (version integer not null)");
                    db.update("insert into " + TABLE + " (version) values (?)", VERSION);
                }
                for (int version = from + 1; version <= VERSION; version++) {
                    for (String statement : script(version)) {
                        db.execute(statement);
                    }
                }
                db.update("update " + TABLE + " set version = ?", VERSION);
            }
            dialect.commit(db);
        } catch (SQLException | RuntimeException e) {
            dialect.rollback(db);
            throw e;
        }
    }

    private boolean upToDate(Session db) throws SQLException {
        OptionalInt version = version(db);
        if (version.isPresent() && version.getAsInt() > VERSION) {
            throw new RefusedException("The store " + dialect.where() + " was not opened: it was written by a newer "
                    + "version of Aegir (schema " + version.getAsInt() + ", this one knows " + VERSION
                    + "). Use that version or a newer one.");
        }
        return version.isPresent() && version.getAsInt() == VERSION;
    }

    /** The version that is there; nothing when the database is empty. */
    private OptionalInt version(Session db) throws SQLException {
        TreeSet<String> tables = new TreeSet<>();
        try (ResultSet rows = db.connection().getMetaData().getTables(null, null, "%", new String[] {"TABLE"})) {
            while (rows.next()) {
                tables.add(rows.getString("TABLE_NAME"));
            }
        }
        tables.removeIf(name -> name.startsWith("sqlite_"));
        if (tables.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!tables.contains(TABLE)) {
            throw new RefusedException("The store " + dialect.where()
                    + " was not opened: it is the database of something else, with the tables "
                    + String.join(", ", tables) + ". Nothing was changed; choose another path.");
        }
        return OptionalInt.of(db.first("select version from " + TABLE, Row::count)
                .orElseThrow(() -> new RefusedException("The store " + dialect.where() + " was not opened: its table "
                        + TABLE + " is empty. Restore the last good copy.")));
    }

    private List<String> script(int version) {
        String name = "schema-" + version + ".sql";
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The script " + name + " is missing in the artifact.");
            }
            List<String> statements = new ArrayList<>();
            for (String part : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^--.*$", "")
                    .replace("{identity}", dialect.identity())
                    .replace("{bytes}", dialect.bytes())
                    .split(";")) {
                if (!part.isBlank()) {
                    statements.add(part.strip());
                }
            }
            return statements;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
