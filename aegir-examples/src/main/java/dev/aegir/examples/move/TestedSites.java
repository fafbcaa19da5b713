// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import dev.aegir.host.Workbench;
import dev.aegir.model.Site;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Planner;
import dev.aegir.task.Plan;
import dev.aegir.task.RunCommand;
import dev.aegir.task.SiteMilestone;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Task;
import java.util.List;
import java.util.Optional;

/** No site is opened before the tests of the house have passed where it will be served. */
// tag::tests[]
public final class TestedSites implements PlanExtension {
    private final List<String> tests;

    public TestedSites(List<String> tests) {
        this.tests = List.copyOf(tests);
    }

    @Override
    public Plan extend(Task task, Plan plan, Planner planner) {
        Optional<SiteMilestone> ready = SiteMilestone.in(plan, Moment.READY);
        if (ready.isEmpty()) {
            return plan;
        }
        Site site = ready.get().site();
        Workbench there = planner.application(site).workbench();
        return plan.before(
                ready.get().name(), RunCommand.of("tests of " + site.name(), there.server(), there.command(tests)));
    }
}
// end::tests[]
