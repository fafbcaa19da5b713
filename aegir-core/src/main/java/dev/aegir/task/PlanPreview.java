// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import java.util.List;

/**
 * What a task would do now: its steps, what each would change, and a hash over all of it. A task submitted with that hash
 * refuses to run when the plan or the world has changed since.
 *
 * @param title what the task is
 * @param steps the steps with their changes, in order
 * @param locks what the task would lock
 * @param hash 64 hexadecimal digits: the SHA-256 of the plan and of everything it would change
 */
public record PlanPreview(String title, List<StepPreview> steps, List<Lock> locks, String hash) {
    /**
     * One step of it.
     *
     * @param name the step's name
     * @param stage the number of its stage, counted from 0; steps of one stage may run at the same time
     * @param commits whether nothing is taken back any more once it is done
     * @param changes what it would change
     */
    public record StepPreview(String name, int stage, boolean commits, List<Change> changes) {
        /** Copies. */
        public StepPreview {
            changes = List.copyOf(changes);
        }
    }

    /** Copies. */
    public PlanPreview {
        steps = List.copyOf(steps);
        locks = List.copyOf(locks);
    }

    /**
     * Everything that would change.
     *
     * @return the changes in order
     */
    public List<Change> changes() {
        return steps.stream().flatMap(step -> step.changes().stream()).toList();
    }

    /**
     * Whether everything is already as the task wants it.
     *
     * @return whether nothing would change
     */
    public boolean isEmpty() {
        return steps.stream().allMatch(step -> step.changes().isEmpty());
    }

    /** The whole preview as people read it. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("Plan: ").append(title).append('\n');
        int number = 0;
        for (StepPreview step : steps) {
            out.append(String.format("%3d. %s%n", ++number, step.name()));
            step.changes().forEach(change -> out.append(change.toString().indent(6)));
            if (step.commits()) {
                out.append("     --- point of no return: later steps are retried, nothing is taken back ---\n");
            }
        }
        out.append(isEmpty() ? "Nothing would change.\n" : "");
        return out.append("Hash: ").append(hash).append('\n').toString();
    }
}
