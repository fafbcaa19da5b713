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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Runs tasks from the ledger of a store. Thread-safe. */
final class LedgerExecutor implements TaskExecutor {
    private static final int FORGOTTEN_AT_ONCE = 100;

    /** How often a task that may run in another process is looked at while somebody waits for it. */
    private static final long LOOK_MILLIS = 100;

    /** Longer waits than this, some decades, are not told apart. */
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private static final int TITLE_LIMIT = 500;

    private final Registry registry;
    private final Planning planning;
    private final Store store;
    private final TaskRunner runner;
    private final InstantSource clock;
    private final Object ended = new Object();
    private long endings;
    private volatile boolean closed;

    LedgerExecutor(
            Registry registry,
            StepCodec codec,
            Planning planning,
            Store store,
            Hosts hosts,
            SecretSource secrets,
            InstantSource clock,
            List<TaskListener> listeners,
            Patience patience,
            int threads) {
        this.registry = registry;
        this.planning = planning;
        this.store = store;
        this.clock = clock;
        List<TaskListener> all = new ArrayList<>(listeners);
        all.add(this::noteEnd);
        this.runner = new TaskRunner(
                registry, codec, planning, store.ledger(), store.documents(), hosts, secrets, clock, all, patience);
        if (threads > 0) {
            store.queue().listen(runner::run, threads);
        }
    }

    private void noteEnd(TaskEvent event) {
        if (event.kind() == Kind.ENDED) {
            synchronized (ended) {
                endings++;
                ended.notifyAll();
            }
        }
    }

    @Override
    public List<Id> submit(List<Submission> submissions) {
        if (closed) {
            throw new IllegalStateException("This instance is closed; nothing was submitted.");
        }
        List<Ledger.NewTask> tasks = new ArrayList<>();
        Set<Id> made = new HashSet<>();
        Set<Id> told = new HashSet<>();
        for (Submission submission : submissions) {
            Optional<LedgerTask> known = submission.key().flatMap(store.ledger()::findByKey);
            if (known.isPresent()) {
                tasks.add(new Ledger.NewTask(known.get(), List.of()));
            } else {
                Ledger.NewTask task = newTask(submission);
                tasks.add(task);
                made.add(task.task().id());
            }
        }
        runner.announceFirst(made);
        List<LedgerTask> accepted;
        try {
            accepted = store.ledger().submitAll(tasks);
            for (int i = 0; i < accepted.size(); i++) {
                // A key that was submitted before, or at the same time, finds the first task: nothing new happened to
                // that.
                Id id = accepted.get(i).id();
                if (id.equals(tasks.get(i).task().id()) && made.contains(id) && told.add(id)) {
                    announce(accepted.get(i), tasks.get(i));
                }
            }
        } finally {
            runner.announced(made);
        }
        return accepted.stream().map(LedgerTask::id).toList();
    }

    private Ledger.NewTask newTask(Submission submission) {
        TaskHandler<?> handler = registry.handler(submission.task());
        Planned planned = planning.plan(submission.task());
        String json = Json.write(submission.task());
        if (!Json.write(Json.read(json, handler.type())).equals(json)) {
            throw new RefusedException(
                    "The task " + handler.name() + " is not the same after it was stored and read: the"
                            + " components of " + handler.type().getName() + " must say all that it is.");
        }
        Instant now = clock.instant();
        LedgerTask task = new LedgerTask(
                Id.next(clock),
                submission.key(),
                handler.name(),
                Printable.cut(Printable.text(submission.task().title()), TITLE_LIMIT),
                json,
                submission.priority(),
                submission.approved(),
                submission.onCrash(),
                TaskState.WAITING,
                0,
                -1,
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                submission.notBefore());
        // A task for later gets its locks when its time has come; until then it is in nobody's way.
        boolean later = submission.notBefore().filter(now::isBefore).isPresent();
        return new Ledger.NewTask(task, later ? List.of() : planned.locks());
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
        String reason = Printable.text(why);
        LedgerTask before = store.ledger().find(task).orElseThrow(() -> unknown(task));
        LedgerTask row = store.ledger().cancel(task, reason, now).orElseThrow(() -> unknown(task));
        if (before.cancel().isEmpty() && row.cancel().isPresent()) {
            // The ledger has written these; the owner of a task that had one tells its end itself.
            runner.announce(new TaskEvent(0, task, now, Kind.CANCEL_REQUESTED, "", reason));
            if (row.state() == TaskState.CANCELLED && row.fence() == before.fence()) {
                runner.announce(new TaskEvent(0, task, now, Kind.ENDED, "", row.state() + ": " + reason));
            }
        }
        runner.cancel(task);
        return find(task).orElseThrow(() -> unknown(task));
    }

    @Override
    public void retry(Id task) {
        if (!store.ledger().retry(task, clock.instant())) {
            throw new RefusedException("Task " + task + " does not need attention; only such a task can be retried.");
        }
    }

    @Override
    public int forget(Duration age) {
        Instant before = clock.instant().minus(age);
        int all = 0;
        int some;
        do {
            // Little at a time: others write into the ledger meanwhile.
            some = store.ledger().forget(before, FORGOTTEN_AT_ONCE);
            all += some;
        } while (some == FORGOTTEN_AT_ONCE);
        return all;
    }

    @Override
    public void release(Id task, String why) {
        if (!store.ledger().release(task, Printable.text(why), clock.instant())) {
            throw new RefusedException("Task " + task + " does not need attention; its locks are its own.");
        }
    }

    @Override
    public TaskInfo await(Id task, Duration limit) throws InterruptedException {
        Duration bounded = limit.compareTo(FOR_EVER) > 0 ? FOR_EVER : limit;
        long deadline = System.nanoTime() + bounded.toNanos();
        while (true) {
            long seen;
            synchronized (ended) {
                seen = endings;
            }
            LedgerTask row = store.ledger().find(task).orElseThrow(() -> unknown(task));
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (row.state().ended() || left <= 0) {
                return info(row, store.ledger().steps(task));
            }
            synchronized (ended) {
                // Only when nothing has ended since it was looked at.
                if (seen == endings) {
                    ended.wait(Math.min(left, LOOK_MILLIS));
                }
            }
        }
    }

    private static RefusedException unknown(Id task) {
        return new RefusedException("There is no task " + task + ".");
    }

    @Override
    public void close() {
        closed = true;
        try {
            runner.close();
        } finally {
            store.close();
        }
    }
}
