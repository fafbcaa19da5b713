// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.task.Lock;
import java.util.List;

/**
 * A task that was taken over to be run.
 *
 * @param task the task, with its new fence, in the state {@code RUNNING} or {@code UNDOING}
 * @param steps its journal so far, in order; empty when it was not planned yet
 * @param locks the locks it holds
 */
public record Claim(LedgerTask task, List<LedgerStep> steps, List<Lock> locks) {
    /** Copies. */
    public Claim {
        steps = List.copyOf(steps);
        locks = List.copyOf(locks);
    }
}
