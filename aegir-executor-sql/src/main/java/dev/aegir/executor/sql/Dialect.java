// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.StoreException;
import java.sql.SQLException;

/** What databases do not agree about. */
interface Dialect {
    /** Which database, for people. */
    String where();

    /** How a column is declared that numbers its rows and is their key; numbers are not used again. */
    String identity();

    /** The type of a column of bytes. */
    String bytes();

    /**
     * Begins a transaction that writes. Until it ends, no other one writes: all changes of the ledger are made one after the
     * other, which is what makes the order of locks provable.
     */
    void begin(Session db) throws SQLException;

    void commit(Session db) throws SQLException;

    void rollback(Session db) throws SQLException;

    /** What to tell people about a failure. */
    StoreException failure(String verb, Throwable cause);
}
