// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.Store;
import dev.aegir.spi.StoreProvider;
import java.net.URI;
import java.time.InstantSource;

/**
 * Opens {@code sqlite:/path/of/aegir.db}: inventory, tasks, journal, locks, events and queue in one file, with nothing to set
 * up. Directories that are missing are made for their owner only, and so is the file. Beside it are SQLite's journal
 * ({@code -wal}, {@code -shm}), the lock of the worker ({@code -worker}) and the directory {@code native} with SQLite's
 * library, unless the system property {@code org.sqlite.tmpdir} names another. Copy or move a store only while no process
 * has it open, or with SQLite's own means.
 *
 * <p>What is written is on the disk when a call returns: the power may go. Several processes may have a store open at the
 * same time, to submit and to read; one of those that listen to its queue runs tasks, and another one takes over when that
 * one ends, however it ends.
 *
 * <p>From JDK 24 on the JVM warns when native code is loaded; start it with
 * {@code --enable-native-access=ALL-UNNAMED} ({@code org.xerial.sqlitejdbc} on the module path). It warns only.
 */
public final class SqlStoreProvider implements StoreProvider {
    /** For ServiceLoader. */
    public SqlStoreProvider() {}

    @Override
    public boolean accepts(URI uri) {
        return "sqlite".equals(uri.getScheme());
    }

    @Override
    public Store open(URI uri, InstantSource clock) {
        return SqlStore.open(SqliteFile.of(uri), clock);
    }
}
