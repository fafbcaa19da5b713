// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import java.util.Optional;

/**
 * A step of a task and where it stands.
 *
 * @param number its number in the plan, counted from 1
 * @param name its name
 * @param state where it stands
 * @param attempts how often it was begun
 * @param error what went wrong with it
 */
public record StepInfo(int number, String name, StepState state, int attempts, Optional<String> error) {
    /** Makes it. */
    public StepInfo {}
}
