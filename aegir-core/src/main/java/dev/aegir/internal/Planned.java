// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import java.util.List;

/** A plan and what it locks. */
record Planned(Plan plan, List<Lock> locks) {}
