// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

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
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The ledger in tables. */
final class SqlLedger implements Ledger {
    private static final int AT_ONCE = 500;

    private final Writer writer;
    private final Readers readers;

    SqlLedger(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    @Override
    public LedgerTask submit(LedgerTask task, List<Lock> locks) {
        return writer.write(db -> submit(db, new NewTask(task, locks)));
    }

    @Override
    public List<LedgerTask> submitAll(List<NewTask> tasks) {
        List<CompletableFuture<List<LedgerTask>>> parts = new ArrayList<>();
        for (int from = 0; from < tasks.size(); from += AT_ONCE) {
            List<NewTask> part = tasks.subList(from, Math.min(from + AT_ONCE, tasks.size()));
            parts.add(writer.submit(db -> {
                List<LedgerTask> done = new ArrayList<>();
                for (NewTask task : part) {
                    done.add(submit(db, task));
                }
                return done;
            }));
        }
        return parts.stream().map(Writer::join).flatMap(List::stream).toList();
    }

    private static LedgerTask submit(Session db, NewTask submitted) throws SQLException {
        TaskTable tasks = new TaskTable(db);
        LedgerTask task = submitted.task();
        Optional<TaskTable.Stored> same =
                task.key().isPresent() ? tasks.findByKey(task.key().get()) : Optional.empty();
        if (same.isEmpty()) {
            same = tasks.find(task.id());
        }
        if (same.isPresent()) {
            return same.get().task();
        }
        long seq = tasks.insert(task);
        new EventTable(db).add(seq, task.created(), Kind.SUBMITTED, task.title());
        new Admission(db, task.created()).ask(seq, task.priority(), submitted.locks());
        return tasks.get(seq);
    }

    @Override
    public Optional<Claim> begin(Id task, Instant now) {
        return writer.write(db -> {
            TaskTable tasks = new TaskTable(db);
            if (!tasks.begin(task, now)) {
                return Optional.empty();
            }
            TaskTable.Stored begun = tasks.find(task).orElseThrow();
            return Optional.of(
                    new Claim(begun.task(), new StepTable(db).of(begun.seq()), new LockTable(db).of(begun.seq())));
        });
    }

    @Override
    public void record(Id task, long fence, Transition transition, Instant now) {
        writer.write(db -> {
            record(db, task, owned(db, task, fence), transition, now);
            return true;
        });
    }

    private static void record(Session db, Id task, long seq, Transition transition, Instant now) throws SQLException {
        TaskState state = transition.state().orElse(TaskState.RUNNING);
        if (state == TaskState.WAITING) {
            throw new RefusedException("Task " + task + " was not changed: only the ledger lets a task wait.");
        }
        StepTable steps = new StepTable(db);
        if (transition.plan().isPresent()) {
            steps.replace(seq, transition.plan().get());
        }
        for (LedgerStep step : transition.steps()) {
            if (!steps.change(seq, step)) {
                throw new RefusedException("Task " + task + " was not changed: its plan has no step " + step.index()
                        + " (" + step.name() + ").");
            }
        }
        new TaskTable(db).apply(seq, transition, now);
        EventTable events = new EventTable(db);
        for (TaskEvent event : transition.events()) {
            events.add(seq, event);
        }
        if (state == TaskState.READY || state == TaskState.PARKED) {
            new QueueTable(db).offer(seq, now);
        } else if (state.ended() && state != TaskState.NEEDS_ATTENTION) {
            new Admission(db, now).free(seq);
        }
    }

    @Override
    public void relock(Id task, long fence, List<Lock> locks, Instant now) {
        writer.write(db -> {
            long seq = owned(db, task, fence);
            TaskTable tasks = new TaskTable(db);
            tasks.waitAnew(seq, now);
            new StepTable(db).forget(seq);
            new Admission(db, now).askInstead(seq, tasks.get(seq).priority(), locks);
            return true;
        });
    }

    private static long owned(Session db, Id task, long fence) throws SQLException {
        TaskTable tasks = new TaskTable(db);
        Optional<Long> seq = tasks.owned(task, fence);
        if (seq.isEmpty()) {
            if (tasks.find(task).isEmpty()) {
                throw new RefusedException("There is no task " + task + " in the ledger; nothing was written.");
            }
            throw new FencedException("ledger", "task " + task);
        }
        return seq.get();
    }

    @Override
    public Optional<LedgerTask> cancel(Id id, String why, Instant now) {
        return writer.write(db -> {
            TaskTable tasks = new TaskTable(db);
            Optional<TaskTable.Stored> found = tasks.find(id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            TaskTable.Stored stored = found.get();
            TaskState state = stored.task().state();
            if (!state.ended() && !stored.undoing() && stored.task().cancel().isEmpty()) {
                cancel(db, stored.seq(), state, why, now);
            } else if (state == TaskState.PARKED && !stored.undoing()) {
                // Asked before, and meanwhile it began to wait.
                tasks.cancel(
                        stored.seq(), TaskState.READY, stored.task().cancel().orElse(why), now);
                new QueueTable(db).hasten(stored.seq(), now);
            }
            return Optional.of(tasks.get(stored.seq()));
        });
    }

    private static void cancel(Session db, long seq, TaskState state, String why, Instant now) throws SQLException {
        EventTable events = new EventTable(db);
        QueueTable queue = new QueueTable(db);
        events.add(seq, now, Kind.CANCEL_REQUESTED, why);
        boolean idle = state == TaskState.WAITING || state == TaskState.READY;
        if (idle && !new StepTable(db).begun(seq)) {
            new TaskTable(db).cancel(seq, TaskState.CANCELLED, why, now);
            events.add(seq, now, Kind.ENDED, TaskState.CANCELLED + ": " + why);
            queue.withdraw(seq);
            new Admission(db, now).free(seq);
        } else if (state == TaskState.READY || state == TaskState.PARKED) {
            new TaskTable(db).cancel(seq, TaskState.READY, why, now);
            queue.hasten(seq, now);
        } else {
            new TaskTable(db).cancel(seq, state, why, now);
        }
    }

    @Override
    public boolean retry(Id id, Instant now) {
        return writer.write(db -> {
            TaskTable tasks = new TaskTable(db);
            Optional<TaskTable.Stored> stuck = needsAttention(tasks, id);
            if (stuck.isPresent()) {
                long seq = stuck.get().seq();
                boolean undoing = new StepTable(db).unstick(seq) || stuck.get().undoing();
                new EventTable(db).add(seq, now, Kind.LOG, "It is retried where it stopped.");
                tasks.retry(seq, undoing, now);
                new Admission(db, now).askAgain(seq);
            }
            return stuck.isPresent();
        });
    }

    @Override
    public boolean release(Id id, String why, Instant now) {
        return writer.write(db -> {
            Optional<TaskTable.Stored> stuck = needsAttention(new TaskTable(db), id);
            if (stuck.isPresent()) {
                new EventTable(db).add(stuck.get().seq(), now, Kind.LOG, "Its locks were released: " + why);
                new Admission(db, now).giveUp(stuck.get().seq());
            }
            return stuck.isPresent();
        });
    }

    private static Optional<TaskTable.Stored> needsAttention(TaskTable tasks, Id id) throws SQLException {
        return tasks.find(id).filter(stored -> stored.task().state() == TaskState.NEEDS_ATTENTION);
    }

    @Override
    public Optional<LedgerTask> find(Id task) {
        return readers.read(db -> new TaskTable(db).find(task).map(TaskTable.Stored::task));
    }

    @Override
    public Optional<LedgerTask> findByKey(String key) {
        return readers.read(db -> new TaskTable(db).findByKey(key).map(TaskTable.Stored::task));
    }

    @Override
    public List<LedgerTask> list(TaskQuery query) {
        return readers.read(db -> new TaskTable(db).list(query));
    }

    @Override
    public List<LedgerStep> steps(Id task) {
        return readers.read(db -> {
            Optional<TaskTable.Stored> stored = new TaskTable(db).find(task);
            return stored.isPresent() ? new StepTable(db).of(stored.get().seq()) : List.of();
        });
    }

    @Override
    public List<Id> holders(String lockKey) {
        return readers.read(db -> new LockTable(db).holders(lockKey));
    }

    @Override
    public int forget(Instant before, int most) {
        return writer.write(db -> {
            List<Long> old = new TaskTable(db).endedBefore(before, most);
            for (long seq : old) {
                new EventTable(db).forget(seq);
                new StepTable(db).forget(seq);
                new LockTable(db).delete(seq);
                new TaskTable(db).forget(seq);
            }
            return old.size();
        });
    }

    @Override
    public void append(Collection<TaskEvent> events) {
        List<TaskEvent> all = List.copyOf(events);
        writer.write(db -> {
            Map<Id, Optional<Long>> known = new HashMap<>();
            EventTable table = new EventTable(db);
            for (TaskEvent event : all) {
                Optional<Long> seq = known.get(event.task());
                if (seq == null) {
                    seq = new TaskTable(db).find(event.task()).map(TaskTable.Stored::seq);
                    known.put(event.task(), seq);
                }
                if (seq.isPresent()) {
                    table.add(seq.get(), event);
                }
            }
            return true;
        });
    }

    @Override
    public List<TaskEvent> events(Id task, long after, int limit) {
        return readers.read(db -> new EventTable(db).of(task, after, limit));
    }
}
