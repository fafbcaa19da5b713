// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.AegirException;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Doubt;
import dev.aegir.task.Lock;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Plan;
import dev.aegir.task.Stage;
import dev.aegir.task.Step;
import dev.aegir.task.StepState;
import dev.aegir.task.Task;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner's work on one task: plans it if it is not planned, runs its steps from where the journal stands, and takes them
 * back when one fails. Everything is written before it is relied on, so that the next owner can go on from any point.
 */
final class TaskRun {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRun.class);
    private static final List<Duration> RETRIES = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60));
    private static final String UNDO_TRIES = "undo.tries";

    private final TaskRunner parts;
    private final LedgerTask task;
    private final List<Lock> locks;
    private final Redactor redactor = new Redactor();
    private final Journal journal;
    private final StepThreads threads = new StepThreads();
    private final Set<Integer> begunHere = Collections.synchronizedSet(new HashSet<>());
    private final Set<Integer> untouched = Collections.synchronizedSet(new HashSet<>());
    private int commitStage;
    private volatile boolean pastCommit;

    TaskRun(TaskRunner parts, Claim claim) {
        this.parts = parts;
        this.task = claim.task();
        this.locks = claim.locks();
        this.journal = new Journal(parts.ledger(), claim, parts.clock(), redactor, parts::announce);
        this.commitStage = task.commitStage();
    }

    Journal journal() {
        return journal;
    }

    /** Stops a step that is under way, unless it is too late to take the task back. */
    void cancel() {
        if (!pastCommit) {
            threads.stop();
        }
    }

    /** Stops whatever is under way, because this process ends. */
    void close() {
        threads.stop();
    }

    /** Works until the task has ended, waits, or belongs to somebody else. */
    void go() throws InterruptedException {
        journal.say(journal.event(Kind.BEGUN, "", journal.steps().isEmpty() ? "" : "going on after an interruption"));
        try {
            if (journal.steps().isEmpty() && !plan()) {
                return;
            }
            List<LedgerStep> steps = journal.steps();
            if (task.state() == TaskState.UNDOING || steps.stream().anyMatch(TaskRun::beingUndone)) {
                undo();
            } else if (task.onCrash() == CrashPolicy.UNDO
                    && !begunHere.containsAll(startedOf(steps))
                    && !committed(steps)) {
                takeBack("its executor died, and it was to be taken back then", List.of());
            } else {
                forward();
            }
        } catch (FencedException e) {
            LOG.debug("Task {} belongs to somebody else now: {}", task.id(), e.getMessage());
        }
    }

    private static boolean beingUndone(LedgerStep step) {
        return step.state() == StepState.UNDOING
                || step.state() == StepState.UNDONE
                || step.state() == StepState.FAILED;
    }

    private static Set<Integer> startedOf(List<LedgerStep> steps) {
        return steps.stream()
                .filter(step -> step.state() == StepState.STARTED)
                .map(LedgerStep::index)
                .collect(Collectors.toSet());
    }

    private boolean committed(List<LedgerStep> steps) {
        return commitStage >= 0
                && steps.stream()
                        .filter(step -> step.stage() <= commitStage)
                        .allMatch(step -> step.state() == StepState.DONE);
    }

    /** Plans the task and writes the plan; says whether there is something to run. */
    private boolean plan() throws InterruptedException {
        if (task.cancel().isPresent()) {
            end(TaskState.CANCELLED, task.cancel(), List.of());
            return false;
        }
        List<LedgerStep> rows = new ArrayList<>();
        try {
            TaskHandler<?> handler = parts.registry().handler(task.type());
            Task what = Json.read(task.json(), handler.type());
            Planned planned = parts.planning().plan(what);
            if (!covers(locks, planned.locks())) {
                parts.ledger()
                        .relock(
                                task.id(),
                                journal.fence(),
                                planned.locks(),
                                parts.clock().instant());
                return false;
            }
            if (task.approved().isPresent()) {
                String hash = parts.planning().preview(what, planned).hash();
                if (!hash.equals(task.approved().get())) {
                    end(
                            TaskState.ROLLED_BACK,
                            Optional.of("What it would do now is not what was approved: the plan's hash is " + hash
                                    + ", approved was " + task.approved().get() + ". Look at a new preview."),
                            List.of());
                    return false;
                }
            }
            rows.addAll(rows(planned.plan()));
            commitStage = planned.plan().commitStage().orElse(-1);
        } catch (FencedException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            end(TaskState.ROLLED_BACK, Optional.of(describe(e)), List.of());
            return false;
        }
        List<TaskEvent> events = new ArrayList<>();
        events.add(journal.event(Kind.PLANNED, "", rows.size() + (rows.size() == 1 ? " step" : " steps")));
        if (rows.isEmpty()) {
            end(TaskState.SUCCEEDED, Optional.empty(), events);
            return false;
        }
        for (LedgerStep step : List.copyOf(rows)) {
            if (step.stage() == 0) {
                rows.set(step.index(), begun(step));
                events.add(started(step, rows.size()));
            }
        }
        journal.writePlan(rows, commitStage, events);
        return true;
    }

    private static boolean covers(List<Lock> held, List<Lock> needed) {
        Map<String, Lock> byKey = held.stream().collect(Collectors.toMap(Lock::key, lock -> lock));
        return needed.stream().allMatch(lock -> {
            Lock have = byKey.get(lock.key());
            return have != null && have.sharers() <= lock.sharers();
        });
    }

    private List<LedgerStep> rows(Plan plan) {
        List<LedgerStep> rows = new ArrayList<>();
        int number = 0;
        for (Stage stage : plan.stages()) {
            for (Step step : stage.steps()) {
                StepCodec.Stored stored = parts.codec().encode(step);
                rows.add(new LedgerStep(
                        rows.size(),
                        number,
                        step.name(),
                        stored.type(),
                        stored.json(),
                        StepState.PENDING,
                        0,
                        Map.of(),
                        Optional.empty()));
            }
            number++;
        }
        return rows;
    }

    private LedgerStep begun(LedgerStep step) {
        begunHere.add(step.index());
        return step.begun();
    }

    private TaskEvent started(LedgerStep step, int of) {
        return journal.event(Kind.STEP_STARTED, step.name(), "step " + (step.index() + 1) + " of " + of);
    }

    // ---- forward -------------------------------------------------------------------------------------------------

    private void forward() throws InterruptedException {
        int stages = journal.steps().stream().mapToInt(LedgerStep::stage).max().orElse(-1) + 1;
        for (int stage = 0; stage < stages; stage++) {
            pastCommit = commitStage >= 0 && stage > commitStage;
            List<LedgerStep> open = open(stage);
            if (open.isEmpty()) {
                continue;
            }
            Optional<String> cancelled = cancelRequested();
            if (cancelled.isPresent() && !pastCommit) {
                takeBack(cancelled.get(), List.of());
                return;
            }
            List<LedgerStep> fresh = open.stream()
                    .filter(step -> step.state() == StepState.PENDING)
                    .toList();
            if (!fresh.isEmpty()) {
                begin(fresh);
            }
            if (!runStage(open.stream().map(LedgerStep::index).toList(), stage + 1 == stages)) {
                return;
            }
        }
    }

    private List<LedgerStep> open(int stage) {
        return journal.steps().stream()
                .filter(step -> step.stage() == stage && step.state() != StepState.DONE)
                .toList();
    }

    private Optional<String> cancelRequested() {
        return parts.ledger().find(task.id()).flatMap(LedgerTask::cancel);
    }

    private void begin(List<LedgerStep> fresh) {
        int of = journal.steps().size();
        journal.write(
                fresh.stream().map(this::begun).toList(),
                fresh.stream().map(step -> started(step, of)).toArray(TaskEvent[]::new));
    }

    /** How a step went. */
    private record Went(int index, Result result, Optional<Throwable> why) {
        enum Result {
            DONE,
            FAILED,
            NOT_YET,
            STUCK,
            STOPPED
        }

        static Went done(int index) {
            return new Went(index, Result.DONE, Optional.empty());
        }
    }

    /** Runs the open steps of a stage; says whether to go on with the next. */
    private boolean runStage(List<Integer> indexes, boolean last) throws InterruptedException {
        List<Went> all = indexes.size() == 1
                ? List.of(run(indexes.get(0)))
                : together(indexes.stream()
                        .<Callable<Went>>map(index -> () -> run(index))
                        .toList());
        List<LedgerStep> done = of(all, Went.Result.DONE).stream()
                .map(went -> journal.step(went.index()).state(StepState.DONE))
                .toList();
        List<TaskEvent> events = new ArrayList<>();
        done.forEach(step -> events.add(journal.event(Kind.STEP_DONE, step.name(), "")));
        if (done.size() == all.size()) {
            return stageDone(done, events, last);
        }
        List<Went> stopped = of(all, Went.Result.STOPPED);
        if (!stopped.isEmpty() && parts.closing()) {
            journal.write(done, events.toArray(TaskEvent[]::new));
            throw new InterruptedException("closing");
        }
        List<Went> failed = new ArrayList<>(of(all, Went.Result.FAILED));
        List<Went> stuck = of(all, Went.Result.STUCK);
        if (!stuck.isEmpty()) {
            needsAttention(stuck, done, events);
        } else if (!stopped.isEmpty() && !pastCommit) {
            journal.write(done, events.toArray(TaskEvent[]::new));
            takeBack(cancelRequested().orElse("it was interrupted"), failed);
        } else if (!failed.isEmpty() && !pastCommit) {
            journal.write(done, events.toArray(TaskEvent[]::new));
            takeBack(describe(failed.get(0).why().orElseThrow()), failed);
        } else if (!failed.isEmpty() || !stopped.isEmpty()) {
            failed.addAll(stopped);
            tryAgainLater(failed, done, events);
        } else {
            park(of(all, Went.Result.NOT_YET), done, events);
        }
        return false;
    }

    private static List<Went> of(List<Went> all, Went.Result result) {
        return all.stream().filter(went -> went.result() == result).toList();
    }

    /** Writes that a stage is done and, in the same write, that the next is begun or the task has succeeded. */
    private boolean stageDone(List<LedgerStep> done, List<TaskEvent> events, boolean last) {
        if (last) {
            end(TaskState.SUCCEEDED, Optional.empty(), done, events);
            return false;
        }
        int stage = done.get(0).stage();
        boolean takingBack = cancelRequested().isPresent() && (commitStage < 0 || stage < commitStage);
        List<LedgerStep> changed = new ArrayList<>(done);
        if (!takingBack) {
            int of = journal.steps().size();
            for (LedgerStep next : open(stage + 1)) {
                changed.add(begun(next));
                events.add(started(next, of));
            }
        }
        journal.write(changed, events.toArray(TaskEvent[]::new));
        return true;
    }

    private List<Went> together(List<Callable<Went>> calls) throws InterruptedException {
        List<Future<Went>> futures = calls.stream().map(parts.pool()::submit).toList();
        List<Went> all = new ArrayList<>();
        for (Future<Went> future : futures) {
            try {
                all.add(future.get());
            } catch (ExecutionException e) {
                // run() turns whatever a step throws into a result; what arrives here is the ledger's.
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                threads.stop();
                throw e;
            }
        }
        return all;
    }

    private Went run(int index) {
        LedgerStep row = journal.step(index);
        RunContext context = context(index);
        try {
            Step step = parts.codec().decode(row.type(), row.json());
            if (!begunHere.contains(index)) {
                Optional<Went> decided = decide(step, row, context);
                if (decided.isPresent()) {
                    return decided.get();
                }
            }
            threads.enter();
            try {
                step.run(context);
            } finally {
                threads.exit();
            }
            return Went.done(index);
        } catch (FencedException e) {
            throw e;
        } catch (NotYetException e) {
            return new Went(index, Went.Result.NOT_YET, Optional.of(e));
        } catch (InterruptedException e) {
            return new Went(index, Went.Result.STOPPED, Optional.of(e));
        } catch (Throwable e) {
            // Whatever a step throws, an Error of its own making too, is that step's failure and nobody else's.
            boolean first = journal.step(index).attempt() == 1;
            if (first && !context.touched() && journal.step(index).facts().isEmpty()) {
                untouched.add(index);
            }
            LOG.debug("Step {} of task {} failed", row.name(), task.id(), e);
            return new Went(index, Went.Result.FAILED, Optional.of(e));
        }
    }

    /** Decides about a step during which a former owner died; nothing when it shall run again. */
    private Optional<Went> decide(Step step, LedgerStep row, RunContext context) throws Exception {
        Doubt doubt;
        threads.enter();
        try {
            doubt = step.inDoubt(context);
        } finally {
            threads.exit();
        }
        journal.say(journal.event(Kind.STEP_IN_DOUBT, row.name(), doubt.name()));
        int index = row.index();
        return switch (doubt) {
            case DONE -> Optional.of(Went.done(index));
            case UNDO ->
                Optional.of(new Went(
                        index,
                        Went.Result.FAILED,
                        Optional.of(new dev.aegir.model.RefusedException(
                                "It was interrupted and cannot be gone on with."))));
            case ASK ->
                Optional.of(new Went(
                        index,
                        Went.Result.STUCK,
                        Optional.of(new dev.aegir.model.RefusedException(
                                "It was interrupted, and only a person can tell whether it is done."))));
            case RUN_AGAIN -> {
                LedgerStep again = begun(journal.step(index));
                journal.write(List.of(again), started(again, journal.steps().size()));
                yield Optional.empty();
            }
        };
    }

    private void needsAttention(List<Went> stuck, List<LedgerStep> done, List<TaskEvent> events) {
        List<LedgerStep> changed = new ArrayList<>(done);
        StringBuilder cause = new StringBuilder();
        for (Went went : stuck) {
            String why = describe(went.why().orElseThrow());
            LedgerStep step = journal.step(went.index()).failed(StepState.STUCK, redactor.redact(why));
            changed.add(step);
            events.add(journal.event(Kind.STEP_FAILED, step.name(), why));
            cause.append("Step \"")
                    .append(step.name())
                    .append("\": ")
                    .append(why)
                    .append('\n');
        }
        cause.append("Look at what is left, mend it, then let the task go on (retry), or free its locks (release).");
        end(TaskState.NEEDS_ATTENTION, Optional.of(cause.toString()), changed, events);
    }

    /** After the commit point nothing is taken back: failed steps are run again, less and less often, then a person asked. */
    private void tryAgainLater(List<Went> failed, List<LedgerStep> done, List<TaskEvent> events) {
        int attempts = failed.stream()
                .mapToInt(went -> journal.step(went.index()).attempt())
                .max()
                .orElse(1);
        if (attempts > RETRIES.size()) {
            needsAttention(failed, done, events);
            return;
        }
        List<LedgerStep> changed = new ArrayList<>(done);
        for (Went went : failed) {
            String why = describe(went.why().orElseThrow());
            changed.add(journal.step(went.index()).failed(StepState.PENDING, redactor.redact(why)));
            events.add(
                    journal.event(Kind.STEP_FAILED, journal.step(went.index()).name(), why));
        }
        Duration delay = RETRIES.get(attempts - 1);
        journal.write(List.of(), events.toArray(TaskEvent[]::new));
        journal.park(
                parts.clock().instant().plus(delay),
                changed,
                journal.event(Kind.PARKED, "", "too late to take it back; tried again in " + delay.toSeconds() + " s"));
    }

    private void park(List<Went> waiting, List<LedgerStep> done, List<TaskEvent> events) {
        List<LedgerStep> changed = new ArrayList<>(done);
        Instant until = Instant.MAX;
        String why = "";
        for (Went went : waiting) {
            NotYetException wait = (NotYetException) went.why().orElseThrow();
            changed.add(journal.step(went.index()).state(StepState.PENDING));
            if (wait.until().isBefore(until)) {
                until = wait.until();
                why = wait.getMessage();
            }
        }
        journal.write(List.of(), events.toArray(TaskEvent[]::new));
        journal.park(until, changed, journal.event(Kind.PARKED, "", why + " (until " + until + ")"));
    }

    // ---- back ----------------------------------------------------------------------------------------------------

    private void takeBack(String cause, List<Went> failed) throws InterruptedException {
        List<LedgerStep> changed = new ArrayList<>();
        List<TaskEvent> events = new ArrayList<>();
        for (Went went : failed) {
            String why = describe(went.why().orElseThrow());
            changed.add(journal.step(went.index()).failed(StepState.FAILED, redactor.redact(why)));
            events.add(
                    journal.event(Kind.STEP_FAILED, journal.step(went.index()).name(), why));
        }
        journal.writeInto(TaskState.UNDOING, Optional.of(cause), changed, events);
        undo();
    }

    private void undo() throws InterruptedException {
        threads.reopen();
        List<LedgerStep> reverse = new ArrayList<>(journal.steps());
        Collections.reverse(reverse);
        List<LedgerStep> finished = new ArrayList<>();
        List<TaskEvent> events = new ArrayList<>();
        for (LedgerStep each : reverse) {
            LedgerStep step = journal.step(each.index());
            if (step.state() == StepState.PENDING || step.state() == StepState.UNDONE) {
                continue;
            }
            if (untouched.contains(step.index())) {
                finished.add(step.state(StepState.UNDONE));
                events.add(journal.event(Kind.STEP_UNDONE, step.name(), "it had not changed anything"));
                continue;
            }
            finished.add(step.state(StepState.UNDOING));
            events.add(journal.event(Kind.STEP_UNDOING, step.name(), ""));
            journal.write(finished, events.toArray(TaskEvent[]::new));
            finished.clear();
            events.clear();
            Optional<Throwable> failure = undo(step);
            if (failure.isPresent()) {
                cannotUndo(journal.step(step.index()), failure.get());
                return;
            }
            finished.add(journal.step(step.index()).state(StepState.UNDONE));
            events.add(journal.event(Kind.STEP_UNDONE, step.name(), ""));
        }
        LedgerTask now = parts.ledger().find(task.id()).orElse(task);
        boolean failed = journal.steps().stream().anyMatch(step -> step.error().isPresent());
        TaskState state = now.cancel().isPresent() && !failed ? TaskState.CANCELLED : TaskState.ROLLED_BACK;
        end(state, now.cause(), finished, events);
    }

    private Optional<Throwable> undo(LedgerStep row) throws InterruptedException {
        try {
            Step step = parts.codec().decode(row.type(), row.json());
            threads.enter();
            try {
                step.undo(context(row.index()));
            } finally {
                threads.exit();
            }
            return Optional.empty();
        } catch (FencedException e) {
            throw e;
        } catch (InterruptedException e) {
            if (parts.closing()) {
                throw e;
            }
            return Optional.of(e);
        } catch (Throwable e) {
            LOG.debug("Step {} of task {} could not be undone", row.name(), task.id(), e);
            return Optional.of(e);
        }
    }

    private void cannotUndo(LedgerStep step, Throwable failure) {
        int tries = journal.fact(UNDO_TRIES).map(Integer::parseInt).orElse(0);
        String why = describe(failure);
        if (failure instanceof HostUnreachableException && tries < RETRIES.size()) {
            Duration delay = RETRIES.get(tries);
            Map<String, String> facts = new java.util.HashMap<>(step.facts());
            facts.put(UNDO_TRIES, Integer.toString(tries + 1));
            journal.park(
                    parts.clock().instant().plus(delay),
                    List.of(step.facts(facts)),
                    journal.event(Kind.PARKED, step.name(), why + "; taken back again in " + delay.toSeconds() + " s"));
            return;
        }
        LedgerTask now = parts.ledger().find(task.id()).orElse(task);
        String left = journal.steps().stream()
                .filter(s -> s.state() != StepState.PENDING && s.state() != StepState.UNDONE)
                .map(s -> '"' + s.name() + '"')
                .collect(Collectors.joining(", "));
        String cause = now.cause().orElse("it failed") + "\nTaking it back stopped at step \"" + step.name() + "\": "
                + why + "\nLeft as they are: " + left
                + ".\nMend what stands in the way, then let the task go on (retry), or free its locks (release).";
        end(
                TaskState.NEEDS_ATTENTION,
                Optional.of(cause),
                List.of(step.failed(StepState.STUCK, redactor.redact(why))),
                List.of(journal.event(Kind.STEP_FAILED, step.name(), why)));
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    private void end(TaskState state, Optional<String> cause, List<TaskEvent> events) {
        end(state, cause, List.of(), events);
    }

    private void end(TaskState state, Optional<String> cause, List<LedgerStep> steps, List<TaskEvent> events) {
        List<TaskEvent> all = new ArrayList<>(events);
        all.add(journal.event(
                Kind.ENDED, "", state + cause.map(text -> ": " + text).orElse("")));
        journal.writeInto(state, cause, steps, all);
    }

    private RunContext context(int index) {
        return new RunContext(
                journal, index, fence(), parts.hosts(), parts.documents(), parts.secrets(), redactor, parts.clock());
    }

    /** The host refuses older owners of what this task has to itself. */
    private Fence fence() {
        String resource = locks.stream()
                .sorted()
                .filter(lock -> lock.sharers() == 1)
                .map(Lock::key)
                .findFirst()
                .orElse("task:" + task.id());
        return new Fence(resource.replaceAll("[^A-Za-z0-9:._-]", "_"), journal.fence());
    }

    private String describe(Throwable failure) {
        String text = failure instanceof AegirException
                ? failure.getMessage()
                : failure.getClass().getSimpleName()
                        + (failure.getMessage() == null ? "" : ": " + failure.getMessage());
        return redactor.redact(text);
    }
}
