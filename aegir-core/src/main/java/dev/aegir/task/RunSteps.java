// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.internal.Json;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs steps of your own, one after the other, as any other task: previewed, journaled, taken back when one fails. Their
 * classes are those of {@code dev.aegir.task} or declared by something that is registered.
 *
 * @param title what it is, for people
 * @param locks what it needs to have to itself or to share
 * @param steps the steps, as they are stored
 */
public record RunSteps(String title, List<Lock> locks, List<StoredStep> steps) implements Task {
    /**
     * A step as it is stored.
     *
     * @param type the name of its class
     * @param json its components
     */
    public record StoredStep(String type, String json) {
        /** Makes it. */
        public StoredStep {}
    }

    /** Copies. */
    public RunSteps {
        locks = List.copyOf(locks);
        steps = List.copyOf(steps);
    }

    /**
     * Steps of your own.
     *
     * @param title what it is, for people
     * @param locks what it needs
     * @param steps the steps
     * @return the task
     */
    public static RunSteps of(String title, List<Lock> locks, Step... steps) {
        return new RunSteps(
                title,
                locks,
                Stream.of(steps)
                        .map(step -> new StoredStep(step.getClass().getName(), Json.write(step)))
                        .toList());
    }
}
