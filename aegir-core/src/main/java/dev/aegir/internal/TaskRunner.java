// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.TaskListener;
import dev.aegir.task.TaskEvent;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

    private final Registry registry;
    private final StepCodec codec;
    private final Planning planning;
    private final Ledger ledger;
    private final Documents documents;
    private final Hosts hosts;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final List<TaskListener> listeners;
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
            List<TaskListener> listeners) {
        this.registry = registry;
        this.codec = codec;
        this.planning = planning;
        this.ledger = ledger;
        this.documents = documents;
        this.hosts = hosts;
        this.secrets = secrets;
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
        AtomicLong number = new AtomicLong();
        this.pool = Executors.newCachedThreadPool(work -> daemon(work, "aegir-step-" + number.incrementAndGet()));
        this.flusher = Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "aegir-log"));
        Future<?> unused =
                flusher.scheduleWithFixedDelay(this::flush, FLUSH_MILLIS, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Takes a task over and works on it until it has ended, waits, or belongs to somebody else. */
    void run(Id id) throws InterruptedException {
        Optional<Claim> claim = ledger.begin(id, clock.instant());
        if (claim.isEmpty()) {
            return;
        }
        TaskRun run = new TaskRun(this, claim.get());
        active.put(id, run);
        try {
            run.go();
        } finally {
            active.remove(id, run);
            run.journal().flush();
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
            } catch (RuntimeException e) {
                LOG.warn("The listener {} failed at {}", listener.getClass().getName(), event.kind(), e);
            }
        }
    }

    private void flush() {
        for (TaskRun run : active.values()) {
            try {
                run.journal().flush();
            } catch (RuntimeException e) {
                LOG.warn("Lines of log could not be written; they are tried again", e);
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        active.values().forEach(TaskRun::close);
        flusher.shutdownNow();
        pool.shutdownNow();
    }

    boolean closing() {
        return closing;
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
