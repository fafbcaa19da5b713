// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.internal.Went.Result;
import dev.aegir.model.AegirException;
import dev.aegir.spi.LedgerStep;
import dev.aegir.task.NotYetException;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Takes the steps of a task back, in the exact reverse of their order. */
final class Backward {
    private final RunState run;
    private final Journal journal;
    private final StageSteps steps;

    Backward(RunState run, StageSteps steps) {
        this.run = run;
        this.journal = run.journal();
        this.steps = steps;
    }

    /**
     * Writes that the task is taken back from now on, and why; then does it.
     *
     * @param cause why
     * @param cancelled whether that was somebody's wish
     * @param failed the steps that did not end as they should
     * @param done what else changed
     * @param happened what happened so far
     */
    void takeBack(String cause, boolean cancelled, List<Went> failed, List<LedgerStep> done, List<TaskEvent> happened)
            throws InterruptedException {
        Map<Integer, LedgerStep> changed = new TreeMap<>();
        done.forEach(step -> changed.put(step.index(), step));
        run.notBegun().forEach(step -> changed.put(step.index(), step));
        List<TaskEvent> events = new ArrayList<>(happened);
        for (Went went : failed) {
            LedgerStep step = changed.getOrDefault(went.index(), journal.step(went.index()));
            if (went.result() == Result.FAILED) {
                String why = run.describe(went.reason());
                step = step.failed(StepState.FAILED, why);
                events.add(journal.event(Kind.STEP_FAILED, step.name(), why));
            }
            changed.put(went.index(), went.unreached() ? Marks.UNREACHED.put(step, "") : step);
        }
        LedgerStep first = Marks.CAUSE.put(
                changed.getOrDefault(0, journal.step(0)), run.redactor().redact(cause));
        changed.put(0, cancelled ? Marks.CANCELLED.put(first, "") : first);
        journal.writeInto(TaskState.UNDOING, Optional.of(cause), List.copyOf(changed.values()), events);
        go();
    }

    /** Goes on taking back where the journal stands. */
    void go() throws InterruptedException {
        run.threads().seal();
        List<LedgerStep> reverse = new ArrayList<>(journal.steps());
        Collections.reverse(reverse);
        List<LedgerStep> finished = new ArrayList<>();
        List<TaskEvent> events = new ArrayList<>();
        for (LedgerStep each : reverse) {
            LedgerStep step = journal.step(each.index());
            if (nothingLeftOf(step)) {
                continue;
            }
            if (run.threads().left()) {
                throw leaving(finished, events);
            }
            finished.add(step.state(StepState.UNDOING));
            events.add(journal.event(Kind.STEP_UNDOING, step.name(), ""));
            journal.write(finished, events);
            finished.clear();
            events.clear();
            Optional<Throwable> failure = steps.undo(step);
            if (failure.isPresent()) {
                if (run.threads().left()) {
                    throw leaving(List.of(), List.of());
                }
                cannotUndo(journal.step(step.index()), failure.get());
                return;
            }
            finished.add(journal.step(step.index()).state(StepState.UNDONE));
            events.add(journal.event(Kind.STEP_UNDONE, step.name(), ""));
        }
        LedgerStep first = journal.step(0);
        TaskState state = Marks.CANCELLED.on(first) ? TaskState.CANCELLED : TaskState.ROLLED_BACK;
        run.end(state, Optional.of(cause()), finished, events);
    }

    private InterruptedException leaving(List<LedgerStep> finished, List<TaskEvent> events) {
        if (!finished.isEmpty()) {
            journal.write(finished, events);
        }
        return new InterruptedException("this process ends");
    }

    private static boolean nothingLeftOf(LedgerStep step) {
        // One that waits to be run again, after a wait, has been run before.
        return step.state() == StepState.UNDONE || step.state() == StepState.PENDING && step.attempt() == 0;
    }

    private String cause() {
        return Marks.CAUSE.of(journal.step(0)).orElse("it failed");
    }

    private void cannotUndo(LedgerStep step, Throwable failure) {
        String why = run.describe(failure);
        List<Duration> retries = run.parts().patience().retries();
        int tries = Marks.UNDO_TRIES.count(step);
        Instant now = run.parts().clock().instant();
        if (failure instanceof NotYetException wait) {
            journal.park(
                    wait.until().isBefore(now.plusMillis(100)) ? now.plusMillis(100) : wait.until(),
                    List.of(),
                    List.of(journal.event(Kind.PARKED, step.name(), why + "; taken back again at " + wait.until())));
            return;
        }
        if (failure instanceof AegirException known && known.mayPass() && tries < retries.size()) {
            Duration delay = retries.get(tries);
            journal.park(
                    now.plus(delay),
                    List.of(Marks.UNDO_TRIES.increment(step)),
                    List.of(journal.event(
                            Kind.PARKED, step.name(), why + "; taken back again in " + delay.toSeconds() + " s")));
            return;
        }
        String left = journal.steps().stream()
                .filter(other -> !nothingLeftOf(other))
                .map(other -> '"' + other.name() + '"')
                .collect(Collectors.joining(", "));
        String cause = cause() + "\nTaking it back stopped at step \"" + step.name() + "\": " + why
                + "\nLeft as they are: " + left
                + ".\nMend what stands in the way, then let the task go on (retry), or free its locks (release).";
        run.end(
                TaskState.NEEDS_ATTENTION,
                Optional.of(cause),
                List.of(Marks.UNDO_TRIES.remove(step.failed(StepState.STUCK, why))),
                List.of(journal.event(Kind.STEP_FAILED, step.name(), why)));
    }
}
