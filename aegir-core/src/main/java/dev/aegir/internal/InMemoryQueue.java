// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.TaskQueue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue in memory. A task is in it once at most: offering it again changes its time. While a listener is at work on a task,
 * the next delivery of the same task waits for it.
 */
final class InMemoryQueue implements TaskQueue {
    private static final Logger LOG = LoggerFactory.getLogger(InMemoryQueue.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(2);
    /** The clock may be one that is moved by hand, so a time that comes is not always announced. */
    private static final long LOOK_AGAIN_MILLIS = 10;

    private final InstantSource clock;
    private final Map<Id, Instant> due = new LinkedHashMap<>();
    private final Map<Id, Integer> failures = new HashMap<>();
    private final Set<Id> busy = new HashSet<>();
    private final List<Thread> workers = new ArrayList<>();
    private boolean closed;

    InMemoryQueue(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void offer(Collection<Id> tasks, Instant at) {
        tasks.forEach(task -> due.put(task, at));
        notifyAll();
    }

    /** Forgets a task that needs no run any more. */
    synchronized void withdraw(Id task) {
        due.remove(task);
    }

    @Override
    public synchronized void listen(Listener listener, int threads) {
        if (closed || !workers.isEmpty()) {
            throw new IllegalStateException(closed ? "The queue is closed." : "The queue has a listener already.");
        }
        for (int i = 1; i <= threads; i++) {
            Thread worker = new Thread(() -> work(listener), "aegir-queue-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    @Override
    public void close() {
        List<Thread> all;
        synchronized (this) {
            closed = true;
            notifyAll();
            all = List.copyOf(workers);
        }
        try {
            if (!ended(all)) {
                all.forEach(Thread::interrupt);
                if (!ended(all)) {
                    LOG.warn("Listeners of the queue are still at work although they were interrupted: {}", all);
                }
            }
        } catch (InterruptedException e) {
            all.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ended(List<Thread> threads) throws InterruptedException {
        long end = System.nanoTime() + GRACE.toNanos();
        for (Thread thread : threads) {
            if (thread != Thread.currentThread()) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            }
        }
        return threads.stream().allMatch(thread -> thread == Thread.currentThread() || !thread.isAlive());
    }

    private void work(Listener listener) {
        try {
            for (Optional<Id> next = take(); next.isPresent(); next = take()) {
                Id task = next.get();
                boolean done = false;
                try {
                    listener.ready(task);
                    done = true;
                } catch (InterruptedException e) {
                    LOG.debug("The listener of task {} was interrupted.", task);
                } catch (Throwable e) {
                    // An Error too: it must not take this thread from all other tasks.
                    LOG.warn("Task {} is delivered again a little later, because its listener failed.", task, e);
                } finally {
                    delivered(task, done);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("A queue thread ends.");
        }
    }

    private synchronized Optional<Id> take() throws InterruptedException {
        while (!closed) {
            Instant now = clock.instant();
            Optional<Id> first = due.entrySet().stream()
                    .filter(entry -> !entry.getValue().isAfter(now) && !busy.contains(entry.getKey()))
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (first.isPresent()) {
                due.remove(first.get());
                busy.add(first.get());
                return first;
            }
            wait(due.isEmpty() ? 0 : LOOK_AGAIN_MILLIS);
        }
        return Optional.empty();
    }

    private synchronized void delivered(Id task, boolean done) {
        busy.remove(task);
        if (done) {
            failures.remove(task);
        } else {
            int times = failures.merge(task, 1, Integer::sum);
            double millis = FIRST_RETRY.toMillis() * Math.pow(1.5, times - 1);
            Instant again = clock.instant().plusMillis(Math.min((long) millis, LAST_RETRY.toMillis()));
            due.putIfAbsent(task, again);
        }
        notifyAll();
    }
}
