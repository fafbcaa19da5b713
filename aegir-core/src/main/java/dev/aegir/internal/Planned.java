// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import java.util.List;

/** A plan, its steps as they are stored, in order, and what it locks. */
record Planned(Plan plan, List<StepCodec.Stored> stored, List<Lock> locks) {
    Planned {
        stored = List.copyOf(stored);
        locks = List.copyOf(locks);
    }
}
