// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import dev.aegir.spi.TaskQueue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands rows of the queue to a listener. A row that cannot be finished, because the store cannot be written just then, is
 * finished later: nothing else would ever look at it again while this process lives.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private final Writer writer;
    private final Readers readers;
    private final InstantSource clock;
    private final TaskQueue.Listener listener;
    private final BooleanSupplier closing;
    private final Map<String, Optional<Instant>> unsettled = new ConcurrentHashMap<>();

    Deliveries(
            Writer writer, Readers readers, InstantSource clock, TaskQueue.Listener listener, BooleanSupplier closing) {
        this.writer = writer;
        this.readers = readers;
        this.clock = clock;
        this.listener = listener;
        this.closing = closing;
    }

    CompletionHandler<Void> execute(TaskInstance<Void> row, ExecutionContext context) {
        if (closing.getAsBoolean()) {
            return again(clock.instant());
        }
        QueueTable.Turn turn = QueueTable.Turn.parse(row.getId());
        Optional<Instant> due = readers.read(db -> new QueueTable(db).due(turn));
        if (due.isEmpty()) {
            LOG.debug("{} is not to be run any more.", turn);
            return this::done;
        }
        if (due.get().isAfter(clock.instant())) {
            return again(due.get());
        }
        try {
            listener.ready(turn.task());
            return this::done;
        } catch (InterruptedException e) {
            LOG.debug("The listener of task {} was interrupted.", turn.task());
            throw new NotDone(e);
        } catch (Throwable e) {
            LOG.warn("Task {} is delivered again a little later, because its listener failed.", turn.task(), e);
            throw new NotDone(e);
        }
    }

    private void done(ExecutionComplete complete, ExecutionOperations<Void> row) {
        try {
            row.remove();
        } catch (RuntimeException e) {
            later(complete, Optional.empty(), e);
        }
    }

    private CompletionHandler<Void> again(Instant when) {
        return (complete, row) -> reschedule(complete, row, when);
    }

    void failed(ExecutionComplete complete, ExecutionOperations<Void> row) {
        double millis = FIRST_RETRY.toMillis() * Math.pow(1.5, complete.getExecution().consecutiveFailures);
        long wait = closing.getAsBoolean() ? 0 : Math.min((long) millis, LAST_RETRY.toMillis());
        reschedule(complete, row, clock.instant().plusMillis(wait));
    }

    private void reschedule(ExecutionComplete complete, ExecutionOperations<Void> row, Instant when) {
        try {
            row.reschedule(complete, when);
        } catch (RuntimeException e) {
            later(complete, Optional.of(when), e);
        }
    }

    private void later(ExecutionComplete complete, Optional<Instant> again, RuntimeException why) {
        String name = complete.getExecution().taskInstance.getId();
        LOG.warn("The end of the delivery {} could not be written; it is tried again.", name, why);
        unsettled.put(name, again);
    }

    /** Writes what could not be written when it happened. */
    void settle() {
        for (Map.Entry<String, Optional<Instant>> row : Map.copyOf(unsettled).entrySet()) {
            writer.write(db -> {
                new QueueTable(db).settle(row.getKey(), row.getValue());
                return true;
            });
            unsettled.remove(row.getKey());
        }
    }

    /** Tells db-scheduler that a delivery has failed. */
    private static final class NotDone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotDone(Throwable cause) {
            super(cause);
        }
    }
}
