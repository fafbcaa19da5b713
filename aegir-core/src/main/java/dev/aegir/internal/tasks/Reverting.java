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
        Site site = planner.site(task.site());
        Site former = Former.of(site)
                .orElseThrow(() -> new RefusedException("The site " + site.name()
                        + " has left nothing behind to go back to: it was not migrated, or that is retired."));
        if (Former.isRetiring(site)) {
            throw new RefusedException(
                    "What the site " + site.name()
                            + " has left behind is being removed, and no longer whole. Retire it, and restore a backup instead.");
        } else if (!Former.isCalled(site)) {
            throw new RefusedException("The site " + site.name() + " was renamed since it was migrated, and what it has"
                    + " left behind knows itself by the other name. Rename it back first, or restore a backup.");
        } else if (leavesWrites(site, former) && !task.evenLosing()) {
            throw new RefusedException(
                    "What was written to the site " + site.name() + " since it was moved is only where"
                            + " it is now, and would not be served any more. Retire what it has left behind and move it with"
                            + " MigrateSite, which brings all of that along; or say losingWrites().");
        }
        return Migration.back(
                site,
                Former.known(former, site),
                task.withSafety() ? Optional.of(task.safety()) : Optional.empty(),
                planner);
    }

    /** Whether there is another way back, which brings along what was written since. */
    private static boolean leavesWrites(Site site, Site former) {
        return !SitePlans.http(site).server().equals(SitePlans.http(former).server())
                || !site.service(ServiceKind.DB).equals(former.service(ServiceKind.DB));
    }
}
