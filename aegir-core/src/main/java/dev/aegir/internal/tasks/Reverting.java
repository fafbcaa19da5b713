// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.spi.Planner;
import dev.aegir.task.Plan;
import dev.aegir.task.RevertMigration;
import java.util.Optional;

/** Plans how a site gets back to what it has left behind. */
final class Reverting {
    private Reverting() {}

    static Plan plan(RevertMigration task, Planner planner) {
        Site present = planner.site(task.site());
        Site left = Former.of(present)
                .orElseThrow(() -> new RefusedException("The site " + present.name()
                        + " has left nothing behind to go back to: it was not migrated, or that is retired."));
        if (Former.isRetiring(present)) {
            throw new RefusedException(
                    "What the site " + present.name()
                            + " has left behind is being removed, and no longer whole. Retire it, and restore a backup instead.");
        } else if (!Former.isCalled(present)) {
            throw new RefusedException(
                    "The site " + present.name() + " was renamed since it was migrated, and what it has"
                            + " left behind knows itself by the other name. Rename it back first, or restore a backup.");
        } else if (leavesWrites(present, left) && !task.evenLosing()) {
            throw new RefusedException(
                    "What was written to the site " + present.name() + " since it was moved is only where"
                            + " it is now, and would not be served any more. Retire what it has left behind and move it with"
                            + " MigrateSite, which brings all of that along; or say losingWrites().");
        }
        return Migration.back(
                present,
                Former.known(left, present),
                task.withSafety() ? Optional.of(task.safety()) : Optional.empty(),
                planner);
    }

    /** Whether there is another way back, which brings along what was written since. */
    private static boolean leavesWrites(Site present, Site left) {
        return !SitePlans.http(present).server().equals(SitePlans.http(left).server())
                || !present.service(ServiceKind.DB).equals(left.service(ServiceKind.DB));
    }
}
