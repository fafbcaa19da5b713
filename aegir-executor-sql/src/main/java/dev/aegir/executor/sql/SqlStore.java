// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.RefusedException;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreException;
import dev.aegir.spi.TaskQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;

/** A store in a SQLite file. */
final class SqlStore implements Store {
    private final Writer writer;
    private final Readers readers;
    private final SqlDocuments documents;
    private final SqlLedger ledger;
    private final SqlQueue queue;

    private SqlStore(Writer writer, Readers readers, Path lockFile, InstantSource clock) {
        this.writer = writer;
        this.readers = readers;
        documents = new SqlDocuments(writer, readers);
        ledger = new SqlLedger(writer, readers);
        queue = new SqlQueue(writer, readers, lockFile, clock);
    }

    static SqlStore open(SqliteFile file, InstantSource clock) {
        file.prepareLibrary();
        file.make();
        Dialect dialect = new SqliteDialect(file.path());
        Session db = file.open();
        try {
            new Schema(dialect).prepare(db);
            file.readWhileWriting(db);
            Readers readers = new Readers(() -> reader(file, dialect), dialect);
            return new SqlStore(new Writer(db, dialect), readers, file.makeBeside("-worker"), clock);
        } catch (SQLException | IOException | RuntimeException e) {
            try {
                db.close();
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            if (e instanceof RuntimeException refused) {
                throw refused;
            }
            StoreException failure = dialect.failure("opened", e);
            RefusedException refused = new RefusedException(String.valueOf(failure.getMessage()));
            refused.initCause(e);
            throw refused;
        }
    }

    private static Session reader(SqliteFile file, Dialect dialect) {
        Session db = file.open();
        try {
            db.execute("pragma query_only = on");
            return db;
        } catch (SQLException e) {
            throw dialect.failure("read", e);
        }
    }

    Writer writer() {
        return writer;
    }

    @Override
    public Documents documents() {
        return documents;
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public TaskQueue queue() {
        return queue;
    }

    @Override
    public void close() {
        queue.close();
        readers.close();
        writer.close();
    }
}
