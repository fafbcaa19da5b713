// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import dev.aegir.host.Workbench;
import dev.aegir.model.Site;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Planner;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.Plan;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Task;
import java.util.List;

/** No site is opened on another server before the tests of the house have passed there. */
// tag::tests[]
public final class TestedMoves implements PlanExtension {
    private final List<String> tests;

    public TestedMoves(List<String> tests) {
        this.tests = List.copyOf(tests);
    }

    @Override
    public Plan extend(Task task, Plan plan, Planner planner) {
        if (!(task instanceof MigrateSite move)) {
            return plan;
        }
        Site site = move.site();
        Workbench there = planner.application(site).workbench();
        return plan.before(
                MigrateSite.beforeOpen(site.name()),
                RunCommand.of("tests of " + site.name(), there.server(), there.command(tests)));
    }
}
// end::tests[]
