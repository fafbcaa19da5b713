// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.HostUnreachableException;
import dev.aegir.spi.LedgerStep;
import dev.aegir.task.NotYetException;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the stages of a plan from where the journal stands, and writes what came of each. */
final class Forward {
    private final RunState run;
    private final Journal journal;
    private final StageSteps steps;
    private final Backward backward;
    private volatile boolean pastCommit;

    Forward(RunState run, Backward backward, StageSteps steps) {
        this.run = run;
        this.journal = run.journal();
        this.steps = steps;
        this.backward = backward;
    }

    /** Whether it is too late to take the task back. */
    boolean pastCommit() {
        return pastCommit;
    }

    void go() throws InterruptedException {
        int commitStage = run.commitStage();
        int stages = journal.steps().stream().mapToInt(LedgerStep::stage).max().orElse(-1) + 1;
        for (int stage = 0; stage < stages; stage++) {
            pastCommit = commitStage >= 0 && stage > commitStage;
            List<LedgerStep> open = open(stage);
            if (open.isEmpty()) {
                continue;
            }
            Optional<String> cancelled = run.cancelRequested();
            if (cancelled.isPresent() && !pastCommit) {
                backward.takeBack(cancelled.get(), List.of());
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

    private void begin(List<LedgerStep> fresh) {
        int of = journal.steps().size();
        journal.write(
                fresh.stream().map(run::begun).toList(),
                fresh.stream().map(step -> run.started(step, of)).toArray(TaskEvent[]::new));
    }

    /** Runs the open steps of a stage; says whether to go on with the next. */
    private boolean runStage(List<Integer> indexes, boolean last) throws InterruptedException {
        List<Went> all = steps.run(indexes);
        List<LedgerStep> done = Went.only(all, Went.Result.DONE).stream()
                .map(went -> journal.step(went.index()).state(StepState.DONE))
                .toList();
        List<TaskEvent> events = new ArrayList<>();
        done.forEach(step -> events.add(journal.event(Kind.STEP_DONE, step.name(), "")));
        if (done.size() == all.size()) {
            return stageDone(done, events, last);
        }
        List<Went> stopped = Went.only(all, Went.Result.STOPPED);
        if (!stopped.isEmpty() && run.parts().closing()) {
            journal.write(done, events.toArray(TaskEvent[]::new));
            throw new InterruptedException("closing");
        }
        List<Went> failed = new ArrayList<>(Went.only(all, Went.Result.FAILED));
        List<Went> stuck = Went.only(all, Went.Result.STUCK);
        if (!stuck.isEmpty()) {
            needsAttention(stuck, done, events);
        } else if (!stopped.isEmpty() && !pastCommit) {
            journal.write(done, events.toArray(TaskEvent[]::new));
            backward.takeBack(run.cancelRequested().orElse("it was interrupted"), failed);
        } else if (!failed.isEmpty() && !pastCommit) {
            journal.write(done, events.toArray(TaskEvent[]::new));
            backward.takeBack(run.describe(failed.get(0).why().orElseThrow()), failed);
        } else if (!failed.isEmpty() || !stopped.isEmpty()) {
            failed.addAll(stopped);
            tryAgainLater(failed, done, events);
        } else {
            park(Went.only(all, Went.Result.NOT_YET), done, events);
        }
        return false;
    }

    /** Writes that a stage is done and, in the same write, that the next is begun or the task has succeeded. */
    private boolean stageDone(List<LedgerStep> done, List<TaskEvent> events, boolean last) {
        if (last) {
            run.end(TaskState.SUCCEEDED, Optional.empty(), done, events);
            return false;
        }
        int stage = done.get(0).stage();
        int commitStage = run.commitStage();
        boolean takingBack = run.cancelRequested().isPresent() && (commitStage < 0 || stage < commitStage);
        List<LedgerStep> changed = new ArrayList<>(done);
        if (!takingBack) {
            int of = journal.steps().size();
            for (LedgerStep next : open(stage + 1)) {
                changed.add(run.begun(next));
                events.add(run.started(next, of));
            }
        }
        journal.write(changed, events.toArray(TaskEvent[]::new));
        return true;
    }

    private void needsAttention(List<Went> stuck, List<LedgerStep> done, List<TaskEvent> events) {
        List<LedgerStep> changed = new ArrayList<>(done);
        StringBuilder cause = new StringBuilder();
        for (Went went : stuck) {
            String why = run.describe(went.why().orElseThrow());
            LedgerStep step = journal.step(went.index()).failed(StepState.STUCK, why);
            changed.add(step);
            events.add(journal.event(Kind.STEP_FAILED, step.name(), why));
            cause.append("Step \"")
                    .append(step.name())
                    .append("\": ")
                    .append(why)
                    .append('\n');
        }
        cause.append("Look at what is left, mend it, then let the task go on (retry), or free its locks (release).");
        run.end(TaskState.NEEDS_ATTENTION, Optional.of(cause.toString()), changed, events);
    }

    /** After the commit point nothing is taken back: failed steps are run again, less and less often, then a person asked. */
    private void tryAgainLater(List<Went> failed, List<LedgerStep> done, List<TaskEvent> events) {
        int attempts = failed.stream()
                .mapToInt(went -> journal.step(went.index()).attempt())
                .max()
                .orElse(1);
        if (attempts > TaskRun.RETRIES.size()) {
            needsAttention(failed, done, events);
            return;
        }
        List<LedgerStep> changed = new ArrayList<>(done);
        for (Went went : failed) {
            String why = run.describe(went.why().orElseThrow());
            LedgerStep step = journal.step(went.index()).failed(StepState.PENDING, why);
            // A run that is known to have failed is not the one to find again; one we lost sight of is.
            boolean lost = went.why().orElseThrow() instanceof HostUnreachableException;
            changed.add(lost ? step : step.facts(retried(step)));
            events.add(journal.event(Kind.STEP_FAILED, step.name(), why));
        }
        Duration delay = TaskRun.RETRIES.get(attempts - 1);
        journal.write(List.of(), events.toArray(TaskEvent[]::new));
        journal.park(
                run.parts().clock().instant().plus(delay),
                changed,
                journal.event(Kind.PARKED, "", "too late to take it back; tried again in " + delay.toSeconds() + " s"));
    }

    private static Map<String, String> retried(LedgerStep step) {
        Map<String, String> facts = new HashMap<>(step.facts());
        facts.merge(RunContext.RETRIES, "1", (old, one) -> Integer.toString(Integer.parseInt(old) + 1));
        return facts;
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
}
