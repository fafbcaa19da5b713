// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.RefusedException;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A task in an {@link InMemoryLedger}, which guards it. */
final class InMemoryTask {
    final long order;
    final List<TaskEvent> events = new ArrayList<>();
    LedgerTask task;
    List<Lock> locks;
    List<LedgerStep> steps = List.of();
    /** Whether it was being taken back when it was last run; it never goes forward again. */
    private boolean undoing;
    /** Of the stuck steps those that got stuck while they were taken back. */
    private final Set<Integer> stuckUndoing = new HashSet<>();

    InMemoryTask(long order, LedgerTask submitted, List<Lock> locks) {
        this.order = order;
        this.locks = locks;
        task = submitted;
        to(TaskState.WAITING, submitted.created());
    }

    int priority() {
        return task.priority();
    }

    boolean mayBegin(Instant now) {
        return switch (task.state()) {
            case READY, PARKED -> task.notBefore().map(at -> !at.isAfter(now)).orElse(true);
            case RUNNING, UNDOING -> true;
            default -> false;
        };
    }

    void begin(long fence, Instant now) {
        change(
                undoing ? TaskState.UNDOING : TaskState.RUNNING,
                fence,
                task.commitStage(),
                task.cancel(),
                task.cause(),
                now,
                Optional.empty());
    }

    void apply(Transition transition, Instant now) {
        TaskState state = transition.state().orElse(task.state());
        if (state == TaskState.WAITING) {
            throw new RefusedException("Task " + task.id() + " was not changed: only the ledger lets a task wait.");
        }
        List<LedgerStep> changed = new ArrayList<>(transition.plan().orElse(steps));
        for (LedgerStep step : transition.steps()) {
            if (step.index() >= changed.size()) {
                throw new RefusedException("Task " + task.id() + " was not changed: its plan has no step "
                        + step.index() + " (" + step.name() + ").");
            }
            LedgerStep before = changed.set(step.index(), step);
            if (step.state() == StepState.STUCK && before.state() == StepState.UNDOING) {
                stuckUndoing.add(step.index());
            }
        }
        steps = List.copyOf(changed);
        undoing = state == TaskState.UNDOING || undoing && state != TaskState.RUNNING;
        change(
                state,
                task.fence(),
                transition.plan().isPresent() ? transition.commitStage() : task.commitStage(),
                task.cancel(),
                transition.cause().or(task::cause),
                now,
                state == TaskState.PARKED ? Optional.of(transition.notBefore().orElse(now)) : Optional.empty());
    }

    void forgetPlan(List<Lock> others, Instant now) {
        locks = others;
        steps = List.of();
        undoing = false;
        change(TaskState.WAITING, task.fence(), -1, task.cancel(), task.cause(), now, Optional.empty());
    }

    /** Notes the wish. Returns whether it was new. */
    boolean cancel(String why, Instant now) {
        TaskState state = task.state();
        if (state.ended() || undoing || task.cancel().isPresent()) {
            return false;
        }
        boolean untouched = steps.stream().allMatch(s -> s.state() == StepState.PENDING && s.attempt() == 0);
        boolean idle = state == TaskState.WAITING || state == TaskState.READY;
        TaskState then = idle && untouched ? TaskState.CANCELLED : state == TaskState.PARKED ? TaskState.READY : state;
        change(
                then,
                task.fence(),
                task.commitStage(),
                Optional.of(why),
                then == TaskState.CANCELLED ? Optional.of(why) : task.cause(),
                now,
                Optional.empty());
        return true;
    }

    /** Ends a wait at once, unless it is one before the task is taken back further. Returns whether it did. */
    boolean wake(Instant now) {
        boolean waits = task.state() == TaskState.PARKED && !undoing;
        if (waits) {
            change(
                    TaskState.READY,
                    task.fence(),
                    task.commitStage(),
                    task.cancel(),
                    task.cause(),
                    now,
                    Optional.empty());
        }
        return waits;
    }

    void retry(Instant now) {
        List<LedgerStep> changed = new ArrayList<>();
        for (LedgerStep step : steps) {
            boolean back = stuckUndoing.contains(step.index());
            undoing |= back;
            changed.add(
                    step.state() == StepState.STUCK ? step.state(back ? StepState.UNDOING : StepState.STARTED) : step);
        }
        stuckUndoing.clear();
        steps = List.copyOf(changed);
        change(
                TaskState.WAITING,
                task.fence(),
                task.commitStage(),
                task.cancel(),
                undoing ? task.cause() : Optional.empty(),
                now,
                Optional.empty());
    }

    void to(TaskState state, Instant now) {
        change(state, task.fence(), task.commitStage(), task.cancel(), task.cause(), now, task.notBefore());
    }

    private void change(
            TaskState state,
            long fence,
            int commitStage,
            Optional<String> cancel,
            Optional<String> cause,
            Instant updated,
            Optional<Instant> notBefore) {
        task = new LedgerTask(
                task.id(),
                task.key(),
                task.type(),
                task.title(),
                task.json(),
                task.priority(),
                task.approved(),
                task.onCrash(),
                state,
                fence,
                commitStage,
                cancel,
                cause,
                task.created(),
                updated,
                notBefore);
    }
}
