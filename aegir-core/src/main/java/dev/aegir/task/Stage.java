// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.InvalidValueException;
import java.util.List;

/**
 * Steps that do not depend on each other, on different servers or resources; they may run at the same time.
 *
 * @param steps the steps; at least one
 */
public record Stage(List<Step> steps) {
    /** Validates and copies. */
    public Stage {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new InvalidValueException("stage", "", "it has no step");
        }
    }
}
