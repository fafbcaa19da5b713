// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.HostUnreachableException;
import dev.aegir.internal.Went.Result;
import dev.aegir.spi.LedgerStep;
import dev.aegir.task.NotYetException;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs the stages of a plan from where the journal stands, and writes what came of each. */
final class Forward {
    /** A step that wants to be run again at once would keep a thread and the journal busy for nothing. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

    private final RunState run;
    private final Journal journal;
    private final StageSteps steps;
    private final Backward backward;

    Forward(RunState run, Backward backward, StageSteps steps) {
        this.run = run;
        this.journal = run.journal();
        this.steps = steps;
        this.backward = backward;
    }

    void go() throws InterruptedException {
        int last = journal.steps().stream().mapToInt(LedgerStep::stage).max().orElse(-1);
        boolean told = false;
        for (int stage = 0; stage <= last; stage++) {
            if (pastCommit(stage)) {
                run.threads().seal();
            }
            List<LedgerStep> open = open(stage);
            if (open.isEmpty()) {
                continue;
            }
            if (run.threads().left()) {
                throw leaving(List.of(), List.of());
            }
            Optional<String> cancelled = run.cancelRequested();
            if (cancelled.isPresent() && !pastCommit(stage)) {
                backward.takeBack(cancelled.get(), true, List.of(), List.of(), List.of());
                return;
            }
            if (cancelled.isPresent() && !told) {
                told = true;
                journal.say(journal.event(
                        Kind.LOG, "", "It was asked to cancel, but is past its commit point: too late, it finishes."));
            }
            List<LedgerStep> fresh = open.stream()
                    .filter(step -> step.state() == StepState.PENDING)
                    .toList();
            if (!fresh.isEmpty()) {
                begin(fresh);
            }
            if (!runStage(stage, open.stream().map(LedgerStep::index).toList(), stage == last)) {
                return;
            }
        }
        // Only a journal that somebody else has written ends without an end.
        run.end(TaskState.SUCCEEDED, Optional.empty(), List.of(), List.of());
    }

    /** Whether it is too late to take the task back when it is at this stage. */
    private boolean pastCommit(int stage) {
        return run.commitStage() >= 0 && stage > run.commitStage();
    }

    private List<LedgerStep> open(int stage) {
        return journal.steps().stream()
                .filter(step -> step.stage() == stage && step.state() != StepState.DONE)
                .toList();
    }

    private void begin(List<LedgerStep> fresh) {
        int of = journal.steps().size();
        journal.write(
                fresh.stream().map(run::begun).toList(),
                fresh.stream().map(step -> run.started(step, of)).toList());
    }

    /** Writes what is done; the rest is for whoever owns the task next. */
    private InterruptedException leaving(List<LedgerStep> done, List<TaskEvent> events) {
        List<LedgerStep> changed = new ArrayList<>(done);
        changed.addAll(run.notBegun());
        if (!changed.isEmpty() || !events.isEmpty()) {
            journal.write(changed, events);
        }
        return new InterruptedException("this process ends");
    }

    /** Runs the open steps of a stage; says whether to go on with the next. */
    private boolean runStage(int stage, List<Integer> indexes, boolean last) throws InterruptedException {
        List<Went> all = steps.run(indexes);
        List<LedgerStep> done = Went.only(all, Result.DONE).stream()
                .map(went -> journal.step(went.index()).state(StepState.DONE))
                .toList();
        List<TaskEvent> events = new ArrayList<>();
        done.forEach(step -> events.add(journal.event(Kind.STEP_DONE, step.name(), "")));
        if (done.size() == all.size()) {
            return stageDone(stage, done, events, last);
        }
        boolean takeBack = !pastCommit(stage);
        List<Went> failed = Went.only(all, Result.FAILED, Result.STOPPED);
        if (run.threads().left() && !Went.only(all, Result.STOPPED).isEmpty()) {
            throw leaving(done, events);
        } else if (!Went.only(all, Result.STUCK).isEmpty()) {
            needsAttention(all, done, events);
        } else if (!failed.isEmpty() && takeBack) {
            takeBack(failed, done, events);
        } else if (!failed.isEmpty() || !Went.only(all, Result.UNKNOWN).isEmpty()) {
            tryAgainLater(all, done, events, takeBack);
        } else {
            park(all, done, events, takeBack);
        }
        return false;
    }

    /** Writes that a stage is done and, in the same write, that the next is begun or the task has succeeded. */
    private boolean stageDone(int stage, List<LedgerStep> done, List<TaskEvent> events, boolean last) {
        if (last) {
            run.end(TaskState.SUCCEEDED, Optional.empty(), done, events);
            return false;
        }
        boolean stopping = run.threads().left()
                || !pastCommit(stage + 1) && run.cancelRequested().isPresent();
        List<LedgerStep> changed = new ArrayList<>(done);
        if (!stopping) {
            int of = journal.steps().size();
            for (LedgerStep next : open(stage + 1)) {
                changed.add(run.begun(next));
                events.add(run.started(next, of));
            }
        }
        journal.write(changed, events);
        return true;
    }

    private void takeBack(List<Went> failed, List<LedgerStep> done, List<TaskEvent> events)
            throws InterruptedException {
        boolean stopped = !Went.only(failed, Result.STOPPED).isEmpty();
        Optional<String> cancel = stopped ? run.cancelRequested() : Optional.empty();
        String cause = cancel.orElseGet(() -> stopped
                ? "it was interrupted"
                : failed.stream()
                        .map(went ->
                                "Step \"" + journal.step(went.index()).name() + "\": " + run.describe(went.reason()))
                        .collect(Collectors.joining("\n")));
        backward.takeBack(cause, cancel.isPresent(), failed, done, events);
    }

    private void needsAttention(List<Went> all, List<LedgerStep> done, List<TaskEvent> events) {
        List<LedgerStep> changed = new ArrayList<>(done);
        StringBuilder cause = new StringBuilder();
        for (Went went : all) {
            switch (went.result()) {
                case DONE -> {}
                case NOT_YET -> changed.add(journal.step(went.index()).state(StepState.PENDING));
                default -> {
                    String why = run.describe(went.reason());
                    LedgerStep step = Marks.FAILURES.remove(
                            retried(went, journal.step(went.index()).failed(StepState.STUCK, why)));
                    changed.add(step);
                    events.add(journal.event(Kind.STEP_FAILED, step.name(), why));
                    cause.append("Step \"")
                            .append(step.name())
                            .append("\": ")
                            .append(why)
                            .append('\n');
                }
            }
        }
        cause.append("Look at what is left, mend it, then let the task go on (retry), or free its locks (release).");
        run.end(TaskState.NEEDS_ATTENTION, Optional.of(cause.toString()), changed, events);
    }

    /** A run that is known to have failed is not the one to find again; one we lost sight of is. */
    private static LedgerStep retried(Went went, LedgerStep step) {
        boolean known = went.result() == Result.FAILED && !(went.reason() instanceof HostUnreachableException);
        return known ? Marks.RETRIES.increment(step) : step;
    }

    /**
     * After the commit point nothing is taken back: failed steps are run again, less and less often, then a person is asked.
     * The same is done, anywhere, with steps in doubt that cannot be asked because their host is away.
     */
    private void tryAgainLater(List<Went> all, List<LedgerStep> done, List<TaskEvent> events, boolean mayTakeBack) {
        List<Went> failed = Went.only(all, Result.FAILED, Result.STOPPED, Result.UNKNOWN);
        int times = failed.stream()
                .mapToInt(went -> Marks.FAILURES.count(journal.step(went.index())))
                .max()
                .orElse(0);
        List<Duration> retries = run.parts().patience().retries();
        if (times >= retries.size()) {
            needsAttention(all, done, events);
            return;
        }
        List<LedgerStep> changed = new ArrayList<>(done);
        for (Went went : failed) {
            String why = run.describe(went.reason());
            // What is in doubt stays so; the others are known to have ended.
            StepState then = went.result() == Result.UNKNOWN ? StepState.STARTED : StepState.PENDING;
            LedgerStep step = retried(went, journal.step(went.index()).failed(then, why));
            changed.add(Marks.FAILURES.increment(step));
            events.add(journal.event(Kind.STEP_FAILED, step.name(), why));
        }
        for (Went went : Went.only(all, Result.NOT_YET)) {
            changed.add(journal.step(went.index()).state(StepState.PENDING));
        }
        Duration delay = retries.get(times);
        String why = mayTakeBack ? "it cannot be told whether a step is done" : "too late to take it back";
        events.add(journal.event(Kind.PARKED, "", why + "; tried again in " + delay.toSeconds() + " s"));
        park(run.parts().clock().instant().plus(delay), changed, events, mayTakeBack);
    }

    private void park(List<Went> all, List<LedgerStep> done, List<TaskEvent> events, boolean mayTakeBack) {
        List<LedgerStep> changed = new ArrayList<>(done);
        Instant until = Instant.MAX;
        String why = "";
        for (Went went : Went.only(all, Result.NOT_YET)) {
            NotYetException wait = (NotYetException) went.reason();
            changed.add(Marks.FAILURES.remove(journal.step(went.index()).state(StepState.PENDING)));
            if (wait.until().isBefore(until)) {
                until = wait.until();
                why = run.describe(wait);
            }
        }
        Instant soonest = run.parts().clock().instant().plus(SHORTEST_WAIT);
        Instant then = until.isBefore(soonest) ? soonest : until;
        events.add(journal.event(Kind.PARKED, "", why + " (until " + then + ")"));
        park(then, changed, events, mayTakeBack);
    }

    private void park(Instant until, List<LedgerStep> changed, List<TaskEvent> events, boolean mayTakeBack) {
        journal.park(until, changed, events);
        if (mayTakeBack) {
            // A wish to cancel that came while the step ran would be heeded only after the wait.
            run.cancelRequested()
                    .ifPresent(why -> run.parts()
                            .ledger()
                            .cancel(run.task().id(), why, run.parts().clock().instant()));
        }
    }
}
