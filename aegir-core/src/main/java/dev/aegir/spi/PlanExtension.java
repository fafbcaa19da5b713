// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.task.Plan;
import dev.aegir.task.Task;

/**
 * Adds to the plans of other people's tasks: steps {@linkplain Plan#before before} and {@linkplain Plan#after after} named
 * ones, or a refusal. Asked for every plan, in the order of registration. Stateless.
 */
public interface PlanExtension extends StepSource {
    /**
     * Extends a plan.
     *
     * @param task what is planned
     * @param plan the plan so far
     * @param planner what to plan with
     * @return the plan, as it is or longer
     * @throws dev.aegir.model.RefusedException when a policy forbids it
     */
    Plan extend(Task task, Plan plan, Planner planner);
}
