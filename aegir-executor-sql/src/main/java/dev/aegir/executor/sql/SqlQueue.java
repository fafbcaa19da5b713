// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.aegir.model.Id;
import dev.aegir.spi.StoreException;
import dev.aegir.spi.TaskQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue: db-scheduler on the store's own database. Of all processes that listen to a store in a file one delivers; the
 * others stand by, and take over as soon as that one has ended. So whatever is marked as taken when a process begins to
 * deliver was taken by one that is dead, and is delivered again at once.
 */
final class SqlQueue implements TaskQueue {
    private static final Logger LOG = LoggerFactory.getLogger(SqlQueue.class);
    private static final Duration GRACE = Duration.ofSeconds(2);
    /** How soon it is noticed that a task's time has come, that another process submitted one, or that a worker died. */
    private static final long LOOK_MILLIS = 200;

    private static final Duration NEVER = Duration.ofHours(1);

    private final Writer writer;
    private final Readers readers;
    private final Path lockFile;
    private final InstantSource clock;
    private final Object state = new Object();
    private ScheduledExecutorService housekeeper = Executors.newScheduledThreadPool(0);
    private Optional<Future<?>> looking = Optional.empty();
    private Optional<WorkerLock> lock = Optional.empty();
    private volatile Optional<Scheduler> scheduler = Optional.empty();
    private volatile Optional<Deliveries> deliveries = Optional.empty();
    private boolean listening;
    private volatile boolean closed;

    SqlQueue(Writer writer, Readers readers, Path lockFile, InstantSource clock) {
        this.writer = writer;
        this.readers = readers;
        this.lockFile = lockFile;
        this.clock = clock;
        writer.onReady(this::wake);
    }

    @Override
    public void offer(Collection<Id> tasks, Instant at) {
        // They were put into the queue by the change that made them ready.
        wake();
    }

    private void wake() {
        scheduler.ifPresent(Scheduler::triggerCheckForDueExecutions);
    }

    @Override
    public void listen(Listener listener, int threads) {
        synchronized (state) {
            if (closed || listening) {
                throw new IllegalStateException(closed ? "The queue is closed." : "The queue has a listener already.");
            }
            listening = true;
            housekeeper = Executors.newScheduledThreadPool(2, daemons("aegir-queue-"));
            if (!begin(listener, threads)) {
                LOG.info("Another worker of {} lives; this one stands by.", lockFile);
            }
            // By its own time, not by the clock's: a clock that is set back must not stop the queue.
            looking = Optional.of(housekeeper.scheduleWithFixedDelay(
                    () -> look(listener, threads), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    private void look(Listener listener, int threads) {
        try {
            synchronized (state) {
                if (closed || scheduler.isEmpty() && !begin(listener, threads)) {
                    return;
                }
            }
            deliveries.ifPresent(Deliveries::settle);
            wake();
        } catch (RuntimeException e) {
            LOG.warn("The queue of {} is looked at again a little later.", lockFile, e);
        }
    }

    /** Begins to deliver, if no other worker lives. */
    private boolean begin(Listener listener, int threads) {
        try {
            if (lock.isEmpty()) {
                lock = Optional.of(new WorkerLock(lockFile));
            }
            if (!lock.get().tryTake()) {
                return false;
            }
        } catch (IOException e) {
            throw new StoreException("Whether another worker lives cannot be told: " + lockFile + ": " + e, e);
        }
        int released = writer.write(db -> new QueueTable(db).releasePicked());
        if (released > 0) {
            LOG.info("{} deliveries of a worker that has died are made again.", released);
        }
        Deliveries fresh = new Deliveries(writer, readers, clock, listener, () -> closed);
        Scheduler started = scheduler(fresh, threads);
        deliveries = Optional.of(fresh);
        scheduler = Optional.of(started);
        started.start();
        housekeeper.execute(this::offerForgotten);
        return true;
    }

    private void offerForgotten() {
        try {
            int forgotten = writer.write(db -> new QueueTable(db).offerForgotten(clock.instant()));
            if (forgotten > 0) {
                LOG.warn("{} tasks that could be run were not in the queue; they are now.", forgotten);
                wake();
            }
        } catch (RuntimeException e) {
            LOG.warn("It was not looked for tasks that are missing in the queue.", e);
        }
    }

    private Scheduler scheduler(Deliveries handler, int threads) {
        Task<Void> task = Tasks.custom(QueueTable.TASK, Void.class)
                .onFailure(handler::failed)
                // Never by heartbeat: see the comment on the heartbeat below.
                .onDeadExecution((complete, operations) -> {})
                .execute(handler::execute);
        ExecutorService workers = Executors.newFixedThreadPool(threads, daemons("aegir-task-"));
        return Scheduler.create(Loans.of(writer), task)
                .tableName(QueueTable.NAME)
                .jdbcCustomization(new SchedulerDialect())
                .serializer(new NoData())
                .schedulerName(new SchedulerName.Fixed(UUID.randomUUID().toString()))
                .clock(clock::instant)
                .threads(threads)
                .executorService(workers)
                .dueExecutor(Executors.newSingleThreadExecutor(daemons("aegir-due-")))
                .housekeeperExecutor(Executors.newScheduledThreadPool(1, daemons("aegir-scheduler-")))
                .pollUsingLockAndFetch(1.0, 2.0)
                // It is woken: by what becomes ready here, and every LOOK_MILLIS.
                .pollingInterval(NEVER)
                // The lock of the file tells who lives, at once and whatever the clock says; heartbeats would only
                // cost.
                .heartbeatInterval(NEVER)
                .shutdownMaxWait(GRACE)
                .failureLogging(LogLevel.OFF, false)
                .build();
    }

    @Override
    public void close() {
        synchronized (state) {
            closed = true;
            looking.ifPresent(task -> task.cancel(false));
        }
        housekeeper.shutdown();
        scheduler.ifPresent(Scheduler::stop);
        deliveries.ifPresent(Deliveries::settle);
        synchronized (state) {
            scheduler = Optional.empty();
            deliveries = Optional.empty();
            lock.ifPresent(held -> {
                try {
                    held.close();
                } catch (IOException e) {
                    LOG.warn("The lock {} could not be given back; it is when this process ends.", lockFile, e);
                }
            });
            lock = Optional.empty();
        }
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            // Daemons: a library does not keep its program from ending.
            Thread thread = new Thread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Our rows carry no data; what somebody else may have put there is not looked at. */
    private static final class NoData implements Serializer {
        @Override
        public byte[] serialize(Object data) {
            return new byte[0];
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] stored) {
            throw new UnsupportedOperationException("Rows of this queue have no data.");
        }
    }
}
