// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.StoreException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite in a file. */
final class SqliteDialect implements Dialect {
    private final Path file;

    SqliteDialect(Path file) {
        this.file = file;
    }

    @Override
    public String where() {
        return file.toString();
    }

    @Override
    public String identity() {
        return "integer primary key autoincrement";
    }

    @Override
    public String bytes() {
        return "blob";
    }

    @Override
    public void begin(Session db) throws SQLException {
        // Not by setAutoCommit(false): the driver would open the next transaction right after each commit, and so an
        // idle
        // connection would keep the database locked for every other process. Immediate, because a transaction that
        // begins
        // by reading cannot always become one that writes.
        db.update("begin immediate");
    }

    @Override
    public void commit(Session db) throws SQLException {
        db.update("commit");
    }

    @Override
    public void rollback(Session db) throws SQLException {
        db.update("rollback");
    }

    @Override
    public StoreException failure(String verb, Throwable cause) {
        return new StoreException(
                "The store " + file + " could not be " + verb + ": " + cause.getMessage() + ". " + advice(cause),
                cause);
    }

    private String advice(Throwable cause) {
        if (!(cause instanceof SQLiteException failure)) {
            return "Nothing was changed.";
        }
        int primary = failure.getResultCode().code & 0xff;
        if (primary == SQLiteErrorCode.SQLITE_FULL.code) {
            return "Nothing was changed. The disk is full: make room in " + file.getParent() + ", then ask again.";
        }
        if (primary == SQLiteErrorCode.SQLITE_BUSY.code) {
            return "Nothing was changed. Another process has kept it locked: see who has " + file + " open.";
        }
        if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code || primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return "The file is damaged: stop everything that uses it, keep a copy, and restore the last good one.";
        }
        if (primary == SQLiteErrorCode.SQLITE_READONLY.code || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
            return "Nothing was changed. Look at the permissions of " + file.getParent()
                    + " and whether its file system is mounted read-only.";
        }
        return "Look at the disk below " + file.getParent() + ", then ask again.";
    }
}
