// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.FencedException;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.StoreException;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Lock;
import dev.aegir.task.Stage;
import dev.aegir.task.Step;
import dev.aegir.task.StepState;
import dev.aegir.task.Task;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner's work on one task: plans it if it is not planned, runs its steps from where the journal stands, and takes them
 * back when one fails. Everything is written before it is relied on, so that the next owner can go on from any point.
 */
final class TaskRun {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRun.class);

    private final TaskRunner parts;
    private final LedgerTask task;
    private final RunState run;
    private final Journal journal;
    private final Forward forward;
    private final Backward backward;

    TaskRun(TaskRunner parts, Claim claim) {
        this.parts = parts;
        this.task = claim.task();
        this.run = new RunState(parts, claim);
        this.journal = run.journal();
        StageSteps steps = new StageSteps(run);
        this.backward = new Backward(run, steps);
        this.forward = new Forward(run, backward, steps);
    }

    Journal journal() {
        return journal;
    }

    /** Stops what is under way, unless it is too late to take the task back. */
    void cancel() {
        run.threads().cancel();
    }

    /** Stops whatever is under way, because this process ends. */
    void leave() {
        run.threads().leave();
    }

    /** Looks into the ledger for what other processes have done with the task meanwhile. */
    void look() {
        Optional<LedgerTask> now = parts.ledger().find(task.id());
        if (now.isPresent() && now.get().fence() != journal.fence()) {
            leave();
        } else if (now.flatMap(LedgerTask::cancel).isPresent()) {
            cancel();
        }
    }

    /** Works until the task has ended, waits, or belongs to somebody else. */
    void go() throws InterruptedException {
        try {
            journal.say(journal.event(Kind.BEGUN, "", began()));
            if (journal.steps().isEmpty() && !plan()) {
                return;
            }
            List<LedgerStep> steps = journal.steps();
            if (task.state() == TaskState.UNDOING || steps.stream().anyMatch(TaskRun::beingUndone)) {
                backward.go();
            } else if (task.onCrash() == CrashPolicy.UNDO
                    && !run.begunHere().containsAll(startedOf(steps))
                    && !committed(steps)) {
                backward.takeBack(
                        "its executor died, and it was to be taken back then", false, List.of(), List.of(), List.of());
            } else {
                forward.go();
            }
        } catch (FencedException e) {
            LOG.debug("Task {} belongs to somebody else now: {}", task.id(), e.getMessage());
        } catch (InterruptedException e) {
            if (parts.closing() || !run.lost()) {
                throw e;
            }
            LOG.debug("Task {} was taken over by somebody else, and was stopped here", task.id());
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            // An error of ours. Tried again it would happen again, so that the task never ended.
            LOG.error(
                    "Task {} cannot be gone on with", task.id(), run.redactor().redact(e));
            run.end(
                    TaskState.NEEDS_ATTENTION,
                    Optional.of("It cannot be gone on with, for a reason that lies in Aegir itself: " + run.describe(e)
                            + "\nLook at what is left, then let the task go on (retry), or free its locks (release)."),
                    List.of(),
                    List.of());
        }
    }

    private String began() {
        if (journal.steps().isEmpty()) {
            return "";
        }
        return journal.steps().stream()
                        .anyMatch(step -> step.state() == StepState.STARTED || step.state() == StepState.UNDOING)
                ? "going on after an interruption"
                : "going on";
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
        return run.commitStage() >= 0
                && steps.stream()
                        .filter(step -> step.stage() <= run.commitStage())
                        .allMatch(step -> step.state() == StepState.DONE);
    }

    /** What planning a task came to. */
    private sealed interface Outcome {
        /** A plan, if nothing speaks against it. */
        record Plans(Planned planned, Optional<String> refusal) implements Outcome {}

        /** Something was thrown. */
        record Thrown(Throwable why) implements Outcome {}
    }

    /** Plans the task and writes the plan; says whether there is something to run. */
    private boolean plan() throws InterruptedException {
        if (task.cancel().isPresent()) {
            end(TaskState.CANCELLED, task.cancel());
            return false;
        }
        Outcome outcome = run.calls()
                .one(this::outcome)
                .orElse(new Outcome.Thrown(new RefusedException("It did not stop planning when it was asked to.")));
        if (outcome instanceof Outcome.Plans plans) {
            return written(plans);
        }
        Throwable why = ((Outcome.Thrown) outcome).why();
        if (why instanceof StoreException store) {
            throw store;
        }
        if (run.threads().left()) {
            throw new InterruptedException("this process ends");
        }
        Optional<String> cancel = run.threads().stopping() ? run.cancelRequested() : Optional.empty();
        end(
                cancel.isPresent() ? TaskState.CANCELLED : TaskState.ROLLED_BACK,
                Optional.of(cancel.orElseGet(() -> run.describe(why))));
        return false;
    }

    private Outcome outcome() {
        try {
            run.threads().enter();
            try {
                Task what = Json.read(
                        task.json(), parts.registry().handler(task.type()).type());
                Planned planned = parts.planning().plan(what);
                // Without its locks it is planned once more, and looked at then.
                boolean looksNow = task.approved().isPresent() && covers(run.locks(), planned.locks());
                return new Outcome.Plans(planned, looksNow ? refusal(what, planned) : Optional.empty());
            } finally {
                run.threads().exit();
            }
        } catch (Throwable e) {
            return new Outcome.Thrown(e);
        }
    }

    private Optional<String> refusal(Task what, Planned planned) throws InterruptedException {
        String hash = parts.planning().preview(what, planned).hash();
        return task.approved()
                .filter(approved -> !approved.equals(hash))
                .map(approved -> "What it would do now is not what was approved: the plan's hash is " + hash
                        + ", approved was " + approved + ". Look at a new preview.");
    }

    private boolean written(Outcome.Plans plans) {
        Planned planned = plans.planned();
        if (!covers(run.locks(), planned.locks())) {
            parts.ledger()
                    .relock(
                            task.id(),
                            journal.fence(),
                            planned.locks(),
                            parts.clock().instant());
            return false;
        }
        if (plans.refusal().isPresent()) {
            end(TaskState.ROLLED_BACK, plans.refusal());
            return false;
        }
        List<LedgerStep> rows = rows(planned);
        List<TaskEvent> events = new ArrayList<>();
        events.add(journal.event(Kind.PLANNED, "", rows.size() + (rows.size() == 1 ? " step" : " steps")));
        if (rows.isEmpty()) {
            run.end(TaskState.SUCCEEDED, Optional.empty(), List.of(), events);
            return false;
        }
        run.planned(planned.plan().commitStage().orElse(-1));
        for (LedgerStep step : List.copyOf(rows)) {
            if (step.stage() == 0) {
                rows.set(step.index(), run.begun(step));
                events.add(run.started(step, rows.size()));
            }
        }
        journal.writePlan(rows, run.commitStage(), events);
        return true;
    }

    private static boolean covers(List<Lock> held, List<Lock> needed) {
        Map<String, Lock> byKey = held.stream().collect(Collectors.toMap(Lock::key, lock -> lock));
        return needed.stream().allMatch(lock -> {
            Lock have = byKey.get(lock.key());
            return have != null && have.sharers() <= lock.sharers();
        });
    }

    private static List<LedgerStep> rows(Planned planned) {
        List<LedgerStep> rows = new ArrayList<>();
        int number = 0;
        for (Stage stage : planned.plan().stages()) {
            for (Step step : stage.steps()) {
                StepCodec.Stored stored = planned.stored().get(rows.size());
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

    private void end(TaskState state, Optional<String> cause) {
        run.end(state, cause, List.of(), List.of());
    }
}
