// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.FencedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.task.Step;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the steps of a task back, in the exact reverse of their order. */
final class Backward {
    private static final Logger LOG = LoggerFactory.getLogger(Backward.class);
    private static final String UNDO_TRIES = "undo.tries";

    private final RunState run;
    private final Journal journal;
    private final StageSteps steps;

    Backward(RunState run, StageSteps steps) {
        this.run = run;
        this.journal = run.journal();
        this.steps = steps;
    }

    /** Writes that the task is taken back from now on, and why; then does it. */
    void takeBack(String cause, List<Went> failed) throws InterruptedException {
        List<LedgerStep> changed = new ArrayList<>();
        List<TaskEvent> events = new ArrayList<>();
        for (Went went : failed) {
            String why = run.describe(went.why().orElseThrow());
            changed.add(journal.step(went.index()).failed(StepState.FAILED, why));
            events.add(
                    journal.event(Kind.STEP_FAILED, journal.step(went.index()).name(), why));
        }
        journal.writeInto(TaskState.UNDOING, Optional.of(cause), changed, events);
        go();
    }

    /** Goes on taking back where the journal stands. */
    void go() throws InterruptedException {
        run.threads().reopen();
        List<LedgerStep> reverse = new ArrayList<>(journal.steps());
        Collections.reverse(reverse);
        List<LedgerStep> finished = new ArrayList<>();
        List<TaskEvent> events = new ArrayList<>();
        for (LedgerStep each : reverse) {
            LedgerStep step = journal.step(each.index());
            if (step.state() == StepState.PENDING || step.state() == StepState.UNDONE) {
                continue;
            }
            if (steps.untouched(step.index())) {
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
        LedgerTask now = run.now();
        boolean failed = journal.steps().stream().anyMatch(step -> step.error().isPresent());
        TaskState state = now.cancel().isPresent() && !failed ? TaskState.CANCELLED : TaskState.ROLLED_BACK;
        run.end(state, now.cause(), finished, events);
    }

    private Optional<Throwable> undo(LedgerStep row) throws InterruptedException {
        try {
            Step step = run.parts().codec().decode(row.type(), row.json());
            run.threads().enter();
            try {
                step.undo(run.context(row.index()));
            } finally {
                run.threads().exit();
            }
            return Optional.empty();
        } catch (FencedException e) {
            throw e;
        } catch (InterruptedException e) {
            if (run.parts().closing()) {
                throw e;
            }
            return Optional.of(e);
        } catch (Throwable e) {
            LOG.debug(
                    "Step {} of task {} could not be undone",
                    row.name(),
                    run.task().id(),
                    e);
            return Optional.of(e);
        }
    }

    private void cannotUndo(LedgerStep step, Throwable failure) {
        int tries = journal.fact(UNDO_TRIES).map(Integer::parseInt).orElse(0);
        String why = run.describe(failure);
        if (failure instanceof HostUnreachableException && tries < TaskRun.RETRIES.size()) {
            Duration delay = TaskRun.RETRIES.get(tries);
            Map<String, String> facts = new HashMap<>(step.facts());
            facts.put(UNDO_TRIES, Integer.toString(tries + 1));
            journal.park(
                    run.parts().clock().instant().plus(delay),
                    List.of(step.facts(facts)),
                    journal.event(Kind.PARKED, step.name(), why + "; taken back again in " + delay.toSeconds() + " s"));
            return;
        }
        String left = journal.steps().stream()
                .filter(s -> s.state() != StepState.PENDING && s.state() != StepState.UNDONE)
                .map(s -> '"' + s.name() + '"')
                .collect(Collectors.joining(", "));
        String cause = run.now().cause().orElse("it failed") + "\nTaking it back stopped at step \"" + step.name()
                + "\": " + why + "\nLeft as they are: " + left
                + ".\nMend what stands in the way, then let the task go on (retry), or free its locks (release).";
        run.end(
                TaskState.NEEDS_ATTENTION,
                Optional.of(cause),
                List.of(step.failed(StepState.STUCK, why)),
                List.of(journal.event(Kind.STEP_FAILED, step.name(), why)));
    }
}
