// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.spi.TaskHandler;
import dev.aegir.spi.TaskListener;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.StepInfo;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Runs tasks from the ledger of a store. Thread-safe. */
final class LedgerExecutor implements TaskExecutor {
    /** How often a task that may run in another process is looked at while somebody waits for it. */
    private static final long LOOK_MILLIS = 100;

    /** The fence of a task that nobody has owned yet. */
    private static final long NEW = 0;

    private final Registry registry;
    private final Planning planning;
    private final Store store;
    private final TaskRunner runner;
    private final InstantSource clock;
    private final Object ended = new Object();

    LedgerExecutor(
            Registry registry,
            StepCodec codec,
            Planning planning,
            Store store,
            Hosts hosts,
            SecretSource secrets,
            InstantSource clock,
            List<TaskListener> listeners,
            int threads) {
        this.registry = registry;
        this.planning = planning;
        this.store = store;
        this.clock = clock;
        List<TaskListener> all = new ArrayList<>(listeners);
        all.add(this::noteEnd);
        this.runner = new TaskRunner(
                registry, codec, planning, store.ledger(), store.documents(), hosts, secrets, clock, all);
        if (threads > 0) {
            store.queue().listen(runner::run, threads);
        }
    }

    private void noteEnd(TaskEvent event) {
        if (event.kind() == Kind.ENDED) {
            synchronized (ended) {
                ended.notifyAll();
            }
        }
    }

    @Override
    public List<Id> submit(List<Submission> submissions) {
        List<Ledger.NewTask> tasks = new ArrayList<>();
        for (Submission submission : submissions) {
            tasks.add(newTask(submission));
        }
        List<LedgerTask> accepted = store.ledger().submitAll(tasks);
        for (int i = 0; i < accepted.size(); i++) {
            // A key that was submitted before finds the first task, and nothing new happened to that.
            boolean isNew = accepted.get(i).id().equals(tasks.get(i).task().id())
                    && tasks.get(i).task().fence() == NEW;
            if (isNew) {
                announce(accepted.get(i), tasks.get(i));
            }
        }
        return accepted.stream().map(LedgerTask::id).toList();
    }

    private Ledger.NewTask newTask(Submission submission) {
        Optional<LedgerTask> known = submission.key().flatMap(store.ledger()::findByKey);
        if (known.isPresent()) {
            return new Ledger.NewTask(known.get(), List.of());
        }
        TaskHandler<?> handler = registry.handler(submission.task());
        Planned planned = planning.plan(submission.task());
        Instant now = clock.instant();
        LedgerTask task = new LedgerTask(
                Id.next(clock),
                submission.key(),
                handler.name(),
                submission.task().title(),
                Json.write(submission.task()),
                submission.priority(),
                submission.approved(),
                submission.onCrash(),
                TaskState.WAITING,
                NEW,
                -1,
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                submission.notBefore());
        return new Ledger.NewTask(task, planned.locks());
    }

    /** Tells the listeners; the ledger has written these events with the task. */
    private void announce(LedgerTask task, Ledger.NewTask submitted) {
        List<TaskEvent> events = new ArrayList<>();
        events.add(new TaskEvent(0, task.id(), task.created(), Kind.SUBMITTED, "", task.title()));
        if (task.state() == TaskState.WAITING) {
            String holders = submitted.locks().stream()
                    .map(lock -> lock.key() + " held by "
                            + store.ledger().holders(lock.key()).stream()
                                    .filter(holder -> !holder.equals(task.id()))
                                    .map(Id::value)
                                    .collect(Collectors.joining(", ")))
                    .filter(text -> !text.endsWith("held by "))
                    .collect(Collectors.joining("; "));
            events.add(new TaskEvent(0, task.id(), task.created(), Kind.WAITING, "", holders));
        }
        events.forEach(runner::announce);
    }

    @Override
    public Optional<TaskInfo> find(Id task) {
        return store.ledger().find(task).map(row -> info(row, store.ledger().steps(task)));
    }

    @Override
    public List<TaskInfo> list(TaskQuery query) {
        return store.ledger().list(query).stream()
                .map(row -> info(row, List.of()))
                .toList();
    }

    private static TaskInfo info(LedgerTask task, List<LedgerStep> steps) {
        Map<String, String> results = new TreeMap<>();
        for (LedgerStep step : steps) {
            step.facts().forEach((name, value) -> {
                if (name.startsWith(RunContext.RESULT)) {
                    results.put(name.substring(RunContext.RESULT.length()), value);
                }
            });
        }
        return new TaskInfo(
                task.id(),
                task.type(),
                task.title(),
                task.state(),
                task.cause(),
                task.created(),
                task.updated(),
                steps.stream()
                        .map(s -> new StepInfo(s.index() + 1, s.name(), s.state(), s.attempt(), s.error()))
                        .toList(),
                results);
    }

    @Override
    public List<TaskEvent> events(Id task, long after, int limit) {
        return store.ledger().events(task, after, limit);
    }

    @Override
    public TaskInfo cancel(Id task, String why) {
        Instant now = clock.instant();
        LedgerTask row = store.ledger().cancel(task, why, now).orElseThrow(() -> unknown(task));
        TaskEvent requested = new TaskEvent(0, task, now, Kind.CANCEL_REQUESTED, "", why);
        List<TaskEvent> events = new ArrayList<>(List.of(requested));
        if (row.state() == TaskState.CANCELLED) {
            events.add(new TaskEvent(0, task, now, Kind.ENDED, "", row.state() + ": " + why));
        } else {
            runner.cancel(task);
        }
        events.forEach(runner::announce);
        return find(task).orElseThrow(() -> unknown(task));
    }

    @Override
    public void retry(Id task) {
        if (!store.ledger().retry(task, clock.instant())) {
            throw new RefusedException("Task " + task + " does not need attention; only such a task can be retried.");
        }
    }

    @Override
    public void release(Id task, String why) {
        if (!store.ledger().release(task, why, clock.instant())) {
            throw new RefusedException("Task " + task + " does not need attention; its locks are its own.");
        }
    }

    @Override
    public TaskInfo await(Id task, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            synchronized (ended) {
                LedgerTask row = store.ledger().find(task).orElseThrow(() -> unknown(task));
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (row.state().ended() || left <= 0) {
                    break;
                }
                ended.wait(Math.min(left, LOOK_MILLIS));
            }
        }
        return find(task).orElseThrow(() -> unknown(task));
    }

    private static RefusedException unknown(Id task) {
        return new RefusedException("There is no task " + task + ".");
    }

    @Override
    public void close() {
        runner.close();
        store.close();
    }
}
