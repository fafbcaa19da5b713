// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.TaskListener;
import dev.aegir.task.TaskEvent;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the tasks that a queue delivers, and knows which are under way in this process. Thread-safe. */
final class TaskRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
    private static final long FLUSH_MILLIS = 100;
    private static final long LAST_MILLIS = 100;

    private final Registry registry;
    private final StepCodec codec;
    private final Planning planning;
    private final Ledger ledger;
    private final Documents documents;
    private final Hosts hosts;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final List<TaskListener> listeners;
    private final Patience patience;
    private final Set<Id> here = ConcurrentHashMap.newKeySet();
    private final Map<Id, CountDownLatch> unannounced = new ConcurrentHashMap<>();
    private final Map<Id, TaskRun> active = new ConcurrentHashMap<>();
    private final ExecutorService pool;
    private final ScheduledExecutorService flusher;
    private volatile boolean closing;

    TaskRunner(
            Registry registry,
            StepCodec codec,
            Planning planning,
            Ledger ledger,
            Documents documents,
            Hosts hosts,
            SecretSource secrets,
            InstantSource clock,
            List<TaskListener> listeners,
            Patience patience) {
        this.registry = registry;
        this.codec = codec;
        this.planning = planning;
        this.ledger = ledger;
        this.documents = documents;
        this.hosts = hosts;
        this.secrets = secrets;
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
        this.patience = patience;
        AtomicLong number = new AtomicLong();
        this.pool = Executors.newCachedThreadPool(work -> daemon(work, "aegir-step-" + number.incrementAndGet()));
        this.flusher = Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "aegir-log"));
        long look = patience.look().toMillis();
        Future<?> unused =
                flusher.scheduleWithFixedDelay(this::flush, FLUSH_MILLIS, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
        unused = flusher.scheduleWithFixedDelay(this::look, look, look, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Takes a task over and works on it until it has ended, waits, or belongs to somebody else.
     *
     * @throws InterruptedException when this process ends; the task is for whoever runs it next
     * @throws dev.aegir.spi.StoreException when the store fails; the task is to be delivered again
     * @throws IllegalStateException when it runs in this process already; it is to be delivered again, in case that fails
     */
    void run(Id id) throws InterruptedException {
        if (closing) {
            throw new InterruptedException("this process ends");
        }
        CountDownLatch announced = unannounced.get(id);
        if (announced != null) {
            // Not for ever: somebody who listens may, against all advice, wait for this very task.
            announced.await(1, TimeUnit.SECONDS);
        }
        // Two runs in one process would be two owners, of which the second stops the first: for nothing.
        if (!here.add(id)) {
            throw new IllegalStateException("Task " + id + " was delivered again while it runs in this process");
        }
        try {
            Optional<Claim> claim = ledger.begin(id, clock.instant());
            if (claim.isPresent()) {
                run(id, new TaskRun(this, claim.get()));
            }
        } finally {
            here.remove(id);
            synchronized (here) {
                here.notifyAll();
            }
        }
    }

    private void run(Id id, TaskRun run) throws InterruptedException {
        active.put(id, run);
        try {
            if (closing) {
                run.leave();
            }
            run.go();
        } finally {
            active.remove(id);
            flush(run);
        }
    }

    /**
     * Tasks are about to be submitted: none of them is run before {@link #announced}, so that those who listen hear of it
     * first.
     */
    void announceFirst(Collection<Id> ids) {
        CountDownLatch announced = new CountDownLatch(1);
        ids.forEach(id -> unannounced.put(id, announced));
    }

    /** Tasks were submitted and that was announced, or they were not. */
    void announced(Collection<Id> ids) {
        for (Id id : ids) {
            CountDownLatch announced = unannounced.remove(id);
            if (announced != null) {
                announced.countDown();
            }
        }
    }

    /** Stops the step a task is in, if it runs here. */
    void cancel(Id id) {
        TaskRun run = active.get(id);
        if (run != null) {
            run.cancel();
        }
    }

    void announce(TaskEvent event) {
        for (TaskListener listener : listeners) {
            try {
                listener.happened(event);
            } catch (Throwable e) {
                // Whoever listens must never come between a task and its journal.
                LOG.warn("The listener {} failed at {}", listener.getClass().getName(), event.kind(), e);
            }
        }
    }

    private void flush() {
        active.values().forEach(TaskRunner::flush);
    }

    private static void flush(TaskRun run) {
        try {
            run.journal().flush();
        } catch (Throwable e) {
            LOG.warn("Lines of log could not be written; they are tried again as long as the task runs here", e);
        }
    }

    private void look() {
        for (TaskRun run : active.values()) {
            try {
                run.look();
            } catch (Throwable e) {
                LOG.debug("The ledger could not be read", e);
            }
        }
    }

    /** Stops what runs, and waits a moment until it has. */
    @Override
    public void close() {
        closing = true;
        active.values().forEach(TaskRun::leave);
        long deadline = System.nanoTime() + patience.leave().toNanos() * 2;
        try {
            synchronized (here) {
                for (long left = deadline - System.nanoTime();
                        !here.isEmpty() && left > 0;
                        left = deadline - System.nanoTime()) {
                    here.wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
                }
            }
            flusher.shutdown();
            pool.shutdown();
            // What stops when it is asked to has stopped by now.
            if (!pool.awaitTermination(LAST_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("Steps do not stop although they were interrupted; their threads are left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        flusher.shutdownNow();
        pool.shutdownNow();
    }

    boolean closing() {
        return closing;
    }

    Patience patience() {
        return patience;
    }

    Registry registry() {
        return registry;
    }

    StepCodec codec() {
        return codec;
    }

    Planning planning() {
        return planning;
    }

    Ledger ledger() {
        return ledger;
    }

    Documents documents() {
        return documents;
    }

    Hosts hosts() {
        return hosts;
    }

    SecretSource secrets() {
        return secrets;
    }

    InstantSource clock() {
        return clock;
    }

    ExecutorService pool() {
        return pool;
    }
}
