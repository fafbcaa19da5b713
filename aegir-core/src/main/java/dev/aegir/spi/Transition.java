// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A change of a task in the ledger, made as a whole or not at all.
 *
 * @param plan all its steps, when it was just planned; replaces what there was
 * @param commitStage the plan's commit point, with {@code plan}; -1 for none
 * @param steps the steps that changed
 * @param state the task's new state
 * @param cause the task's new cause
 * @param notBefore with the state {@code PARKED}: when to go on
 * @param events what happened; their positions are given by the ledger
 */
public record Transition(
        Optional<List<LedgerStep>> plan,
        int commitStage,
        List<LedgerStep> steps,
        Optional<TaskState> state,
        Optional<String> cause,
        Optional<Instant> notBefore,
        List<TaskEvent> events) {
    /** Copies. */
    public Transition {
        plan = plan.map(List::copyOf);
        steps = List.copyOf(steps);
        events = List.copyOf(events);
    }

    /**
     * Some steps change.
     *
     * @param steps the steps as they are now
     * @param events what happened
     * @return the transition
     */
    public static Transition steps(List<LedgerStep> steps, List<TaskEvent> events) {
        return new Transition(
                Optional.empty(), -1, steps, Optional.empty(), Optional.empty(), Optional.empty(), events);
    }

    /**
     * The task was planned.
     *
     * @param steps all its steps
     * @param commitStage its commit point; -1 for none
     * @param events what happened
     * @return the transition
     */
    public static Transition planned(List<LedgerStep> steps, int commitStage, List<TaskEvent> events) {
        return new Transition(
                Optional.of(steps),
                commitStage,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                events);
    }

    /**
     * This transition into a state.
     *
     * @param newState the state
     * @param newCause why
     * @return a copy
     */
    public Transition into(TaskState newState, Optional<String> newCause) {
        return new Transition(plan, commitStage, steps, Optional.of(newState), newCause, notBefore, events);
    }

    /**
     * This transition into {@code PARKED}.
     *
     * @param until when to go on
     * @return a copy
     */
    public Transition parked(Instant until) {
        return new Transition(
                plan, commitStage, steps, Optional.of(TaskState.PARKED), cause, Optional.of(until), events);
    }
}
