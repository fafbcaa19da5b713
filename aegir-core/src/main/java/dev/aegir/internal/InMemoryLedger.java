// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.FencedException;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** A ledger in memory. */
final class InMemoryLedger implements Ledger {
    private final InMemoryQueue queue;
    private final InMemoryLocks locks = new InMemoryLocks();
    private final Map<Id, InMemoryTask> tasks = new HashMap<>();
    private final Map<String, InMemoryTask> byKey = new HashMap<>();
    private final NavigableMap<Long, InMemoryTask> inOrder = new TreeMap<>();
    private long count;
    private long fence;
    private long position;

    InMemoryLedger(InMemoryQueue queue) {
        this.queue = queue;
    }

    @Override
    public synchronized LedgerTask submit(LedgerTask submitted, List<Lock> asked) {
        InMemoryTask same = submitted.key().map(byKey::get).orElse(tasks.get(submitted.id()));
        if (same != null) {
            return same.task;
        }
        InMemoryTask task = new InMemoryTask(count++, submitted, Lock.inOrder(asked));
        tasks.put(submitted.id(), task);
        inOrder.put(task.order, task);
        submitted.key().ifPresent(key -> byKey.put(key, task));
        say(task, Kind.SUBMITTED, submitted.title(), submitted.created());
        askLocks(task, submitted.created());
        return task.task;
    }

    @Override
    public synchronized List<LedgerTask> submitAll(List<NewTask> submitted) {
        return submitted.stream().map(one -> submit(one.task(), one.locks())).toList();
    }

    @Override
    public synchronized Optional<Claim> begin(Id id, Instant now) {
        InMemoryTask task = tasks.get(id);
        if (task == null || !task.mayBegin(now)) {
            return Optional.empty();
        }
        fence = Math.max(fence + 1, now.toEpochMilli());
        task.begin(fence, now);
        return Optional.of(new Claim(task.task, task.steps, task.locks));
    }

    @Override
    public synchronized void record(Id id, long owner, Transition transition, Instant now) {
        InMemoryTask task = owned(id, owner);
        task.apply(transition, now);
        transition.events().forEach(event -> store(task, event));
        TaskState state = task.task.state();
        if (state == TaskState.READY || state == TaskState.PARKED) {
            offer(task, now);
        } else if (state.ended() && state != TaskState.NEEDS_ATTENTION) {
            moved(locks.free(id), now);
        }
    }

    @Override
    public synchronized void relock(Id id, long owner, List<Lock> asked, Instant now) {
        InMemoryTask task = owned(id, owner);
        task.forgetPlan(Lock.inOrder(asked), now);
        askLocks(task, now);
    }

    @Override
    public synchronized Optional<LedgerTask> cancel(Id id, String why, Instant now) {
        InMemoryTask task = tasks.get(id);
        if (task != null && task.cancel(why, now)) {
            say(task, Kind.CANCEL_REQUESTED, why, now);
            TaskState state = task.task.state();
            if (state == TaskState.READY) {
                offer(task, now);
            } else if (state == TaskState.CANCELLED) {
                queue.withdraw(id);
                say(task, Kind.ENDED, state + ": " + why, now);
                moved(locks.free(id), now);
            }
        } else if (task != null && task.wake(now)) {
            offer(task, now);
        }
        return Optional.ofNullable(task).map(found -> found.task);
    }

    @Override
    public synchronized boolean retry(Id id, Instant now) {
        InMemoryTask task = tasks.get(id);
        if (task == null || task.task.state() != TaskState.NEEDS_ATTENTION) {
            return false;
        }
        say(task, Kind.LOG, "It is retried where it stopped.", now);
        task.retry(now);
        if (locks.holdsAll(id)) {
            ready(task, now);
        } else {
            askLocks(task, now);
        }
        return true;
    }

    @Override
    public synchronized boolean release(Id id, String why, Instant now) {
        InMemoryTask task = tasks.get(id);
        if (task == null || task.task.state() != TaskState.NEEDS_ATTENTION) {
            return false;
        }
        say(task, Kind.LOG, "Its locks were released: " + why, now);
        moved(locks.free(id), now);
        return true;
    }

    @Override
    public synchronized Optional<LedgerTask> find(Id id) {
        return Optional.ofNullable(tasks.get(id)).map(found -> found.task);
    }

    @Override
    public synchronized Optional<LedgerTask> findByKey(String key) {
        return Optional.ofNullable(byKey.get(key)).map(found -> found.task);
    }

    @Override
    public synchronized List<LedgerTask> list(TaskQuery query) {
        long end = query.before()
                .map(id -> Optional.ofNullable(tasks.get(id))
                        .map(task -> task.order)
                        .orElse(0L))
                .orElse(count);
        List<LedgerTask> found = new ArrayList<>();
        for (InMemoryTask each : inOrder.headMap(end, false).descendingMap().values()) {
            if (found.size() == query.limit()) {
                break;
            }
            if (query.states().isEmpty() || query.states().contains(each.task.state())) {
                found.add(each.task);
            }
        }
        return found;
    }

    @Override
    public synchronized List<LedgerStep> steps(Id id) {
        return Optional.ofNullable(tasks.get(id))
                .map(task -> List.copyOf(task.steps))
                .orElse(List.of());
    }

    @Override
    public synchronized List<Id> holders(String lockKey) {
        return locks.holders(lockKey);
    }

    @Override
    public synchronized int forget(Instant before, int most) {
        List<Id> old = tasks.values().stream()
                .filter(task -> task.task.state().ended() && task.task.state() != TaskState.NEEDS_ATTENTION)
                .filter(task -> task.task.updated().isBefore(before))
                .sorted(Comparator.comparingLong(task -> task.order))
                .limit(most)
                .map(task -> task.task.id())
                .toList();
        for (Id id : old) {
            InMemoryTask task = known(id);
            tasks.remove(id);
            inOrder.remove(task.order);
            task.task.key().ifPresent(byKey::remove);
        }
        return old.size();
    }

    @Override
    public synchronized void append(Collection<TaskEvent> events) {
        for (TaskEvent event : events) {
            Optional.ofNullable(tasks.get(event.task())).ifPresent(task -> store(task, event));
        }
    }

    @Override
    public synchronized List<TaskEvent> events(Id id, long after, int limit) {
        return Optional.ofNullable(tasks.get(id)).stream()
                .flatMap(task -> task.events.stream())
                .filter(event -> event.position() > after)
                .limit(limit)
                .toList();
    }

    private InMemoryTask owned(Id id, long owner) {
        InMemoryTask task = tasks.get(id);
        if (task == null) {
            throw new RefusedException("There is no task " + id + " in the ledger; nothing was written.");
        }
        TaskState state = task.task.state();
        if (task.task.fence() != owner || state != TaskState.RUNNING && state != TaskState.UNDOING) {
            throw new FencedException("ledger", "task " + id);
        }
        return task;
    }

    private void askLocks(InMemoryTask task, Instant now) {
        moved(locks.ask(task.task.id(), task.priority(), task.order, task.locks), now);
    }

    private void moved(InMemoryLocks.Moved moved, Instant now) {
        moved.waiting()
                .forEach(id -> say(known(id), Kind.WAITING, locks.waitsFor(id).orElse(""), now));
        moved.complete().forEach(id -> ready(known(id), now));
    }

    private InMemoryTask known(Id id) {
        return Objects.requireNonNull(tasks.get(id));
    }

    private void ready(InMemoryTask task, Instant now) {
        task.to(TaskState.READY, now);
        offer(task, now);
    }

    private void offer(InMemoryTask task, Instant now) {
        queue.offer(List.of(task.task.id()), task.task.notBefore().orElse(now));
    }

    private void say(InMemoryTask task, Kind kind, String text, Instant now) {
        store(task, new TaskEvent(0, task.task.id(), now, kind, "", text));
    }

    private void store(InMemoryTask task, TaskEvent event) {
        task.events.add(new TaskEvent(++position, event.task(), event.at(), event.kind(), event.step(), event.text()));
    }
}
