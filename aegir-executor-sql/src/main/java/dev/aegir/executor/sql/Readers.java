// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.StoreException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few connections that only read, opened when they are needed. Thread-safe. */
final class Readers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final int MOST = 4;

    private final Supplier<Session> opener;
    private final Dialect dialect;
    private final Semaphore places = new Semaphore(MOST);
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    Readers(Supplier<Session> opener, Dialect dialect) {
        this.opener = opener;
        this.dialect = dialect;
    }

    /** Reads. One statement sees one moment; two may see two. */
    <T> T read(Work<T> work) {
        // Not interruptible: a thread that is being stopped must still be able to find out where it stands.
        places.acquireUninterruptibly();
        try {
            if (closed) {
                throw new StoreException("The store " + dialect.where() + " is closed; open it again.");
            }
            Session db = Optional.ofNullable(idle.pollFirst()).orElseGet(opener);
            try {
                T answer = work.in(db);
                idle.addFirst(db);
                return answer;
            } catch (SQLException e) {
                close(db);
                throw dialect.failure("read", e);
            } catch (RuntimeException | Error e) {
                close(db);
                throw e;
            }
        } finally {
            places.release();
        }
    }

    private void close(Session db) {
        try {
            db.close();
        } catch (SQLException e) {
            LOG.debug("A connection to {} could not be closed properly.", dialect.where(), e);
        }
    }

    /** Waits for those who read, and closes. */
    @Override
    public void close() {
        closed = true;
        places.acquireUninterruptibly(MOST);
        idle.forEach(this::close);
        idle.clear();
        places.release(MOST);
    }
}
