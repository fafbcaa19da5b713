// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.FencedException;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import dev.aegir.task.Stage;
import dev.aegir.task.Step;
import dev.aegir.task.StepState;
import dev.aegir.task.Task;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Duration;
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
    static final List<Duration> RETRIES = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60));
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

    /** Stops a step that is under way, unless it is too late to take the task back. */
    void cancel() {
        if (!forward.pastCommit()) {
            run.threads().stop();
        }
    }

    /** Stops whatever is under way, because this process ends. */
    void close() {
        run.threads().stop();
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
                backward.go();
            } else if (task.onCrash() == CrashPolicy.UNDO
                    && !run.begunHere().containsAll(startedOf(steps))
                    && !committed(steps)) {
                backward.takeBack("its executor died, and it was to be taken back then", List.of());
            } else {
                forward.go();
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
        return run.commitStage() >= 0
                && steps.stream()
                        .filter(step -> step.stage() <= run.commitStage())
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
            if (!covers(run.locks(), planned.locks())) {
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
            run.planned(planned.plan().commitStage().orElse(-1));
        } catch (FencedException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            end(TaskState.ROLLED_BACK, Optional.of(run.describe(e)), List.of());
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

    private void end(TaskState state, Optional<String> cause, List<TaskEvent> events) {
        run.end(state, cause, List.of(), events);
    }
}
