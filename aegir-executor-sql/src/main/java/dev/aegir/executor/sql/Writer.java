// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. What many callers want at the same time goes into one transaction, and so they share the wait
 * for the disk; each is answered when that transaction is durable. Work that throws is taken out of the transaction again,
 * without harm to the others. Callers are not interruptible: what is under way is always waited for. Thread-safe.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int MOST_AT_ONCE = 256;
    /** After so long without a gap, other processes get one, or they might wait for ever. */
    private static final long GAP_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final Session db;
    private final Dialect dialect;
    private final LinkedBlockingQueue<Job<?>> jobs = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile Runnable waker = () -> {};
    private boolean closed;

    private static final class Job<T> {
        final Work<T> work;
        final CompletableFuture<T> answer = new CompletableFuture<>();
        private Runnable conclusion = () -> {};

        Job(Work<T> work) {
            this.work = work;
        }

        void run(Session db) throws SQLException {
            T value = work.in(db);
            conclusion = () -> answer.complete(value);
        }

        void failed(Throwable failure) {
            conclusion = () -> answer.completeExceptionally(failure);
        }

        void conclude() {
            conclusion.run();
        }
    }

    Writer(Session db, Dialect dialect) {
        this.db = db;
        this.dialect = dialect;
        thread = new Thread(this::work, "aegir-store");
        thread.setDaemon(true);
        thread.start();
    }

    /** Does work and waits until it is durable. */
    <T> T write(Work<T> work) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("Work of the writer must not wait for the writer.");
        }
        return join(submit(work));
    }

    /** Lets work be done; the answer comes when it is durable. */
    <T> CompletableFuture<T> submit(Work<T> work) {
        Job<T> job = new Job<>(work);
        synchronized (jobs) {
            if (closed) {
                job.answer.completeExceptionally(
                        new StoreException("The store " + dialect.where() + " is closed; open it again."));
            } else {
                jobs.add(job);
            }
        }
        return job.answer;
    }

    static <T> T join(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Whom to call when something was made {@linkplain Session#ready ready} and that is durable. */
    void onReady(Runnable whom) {
        waker = whom;
    }

    private void work() {
        try {
            long lastGap = System.nanoTime();
            while (!finished()) {
                List<Job<?>> group = new ArrayList<>();
                group.add(jobs.take());
                jobs.drainTo(group, MOST_AT_ONCE - 1);
                transact(group);
                boolean overdue = System.nanoTime() - lastGap > GAP_EVERY_NANOS;
                if (overdue && !jobs.isEmpty()) {
                    LockSupport.parkNanos(GAP_NANOS);
                }
                if (overdue || jobs.isEmpty()) {
                    lastGap = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            LOG.error("The writer of the store {} was interrupted; nothing can be written any more.", dialect.where());
        } finally {
            try {
                db.close();
            } catch (SQLException e) {
                LOG.warn("The store {} could not be closed properly.", dialect.where(), e);
            }
        }
    }

    private boolean finished() {
        synchronized (jobs) {
            return closed && jobs.isEmpty();
        }
    }

    private void transact(List<Job<?>> group) {
        try {
            dialect.begin(db);
            for (Job<?> job : group) {
                run(job);
            }
            dialect.commit(db);
        } catch (SQLException | RuntimeException | Error e) {
            rollback();
            StoreException failure = dialect.failure("written", e);
            group.forEach(job -> job.failed(failure));
        }
        group.forEach(Job::conclude);
        if (db.takeReady()) {
            waker.run();
        }
    }

    /** Runs work, and takes it back alone when it fails. */
    private void run(Job<?> job) throws SQLException {
        db.update("savepoint piece");
        try {
            job.run(db);
            db.update("release savepoint piece");
        } catch (SQLException | RuntimeException | Error e) {
            try {
                db.update("rollback to savepoint piece");
                db.update("release savepoint piece");
            } catch (SQLException gone) {
                // The database has given up the whole transaction, as it does when its disk is full.
                gone.addSuppressed(e);
                throw e instanceof SQLException first ? first : gone;
            }
            job.failed(e instanceof SQLException ? dialect.failure("written", e) : e);
        }
    }

    private void rollback() {
        try {
            dialect.rollback(db);
        } catch (SQLException e) {
            LOG.debug("There was nothing left to roll back.", e);
        }
    }

    /** Does what was submitted, and ends. */
    @Override
    public void close() {
        synchronized (jobs) {
            if (!closed) {
                closed = true;
                jobs.add(new Job<>(session -> true));
            }
        }
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
