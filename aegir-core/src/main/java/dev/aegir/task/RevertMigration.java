// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;

/**
 * Takes a site back to where it was before {@link MigrateSite} or {@link UpgradeSite}: to the code, the services and the database that
 * it has left behind. It is possible until {@link RetireMigration} has removed these.
 *
 * <p>Nothing is brought along: of what was written since, only files stay that are in the same place. The rest is left behind in its
 * turn, with the database that the site has now, until that is retired; before, this task can be done again, the other way. When the
 * site is bound to a backup service all of it is backed up while the site is closed, and the result {@code backup.id} says as what.
 *
 * <p>A site that was moved to another server or database service is taken back only with {@link #losingWrites()}. Where nothing may
 * be lost, retire what it has left behind and move it back with {@link MigrateSite}.
 *
 * @param site the site's name
 * @param evenLosing whether what was written since may be left where it is
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 * @param withSafety whether a safety backup is taken of a site that is bound to a backup service
 */
public record RevertMigration(DomainName site, boolean evenLosing, Id safety, boolean withSafety) implements Task {
    /** Makes it. */
    public RevertMigration {}

    /**
     * By name.
     *
     * @param site the name
     */
    public RevertMigration(String site) {
        this(DomainName.of(site), false, Id.next(), true);
    }

    /**
     * This task, even if what was written since the site was moved is not served any more.
     *
     * @return a copy
     */
    public RevertMigration losingWrites() {
        return new RevertMigration(site, true, safety, withSafety);
    }

    /**
     * This task without a safety backup.
     *
     * @return a copy
     */
    public RevertMigration withoutSafetyBackup() {
        return new RevertMigration(site, evenLosing, safety, false);
    }

    @Override
    public String title() {
        return "take site " + site + " back to where it was";
    }
}
