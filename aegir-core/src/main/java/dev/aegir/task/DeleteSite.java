// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;

/**
 * Removes a site from its services and from the inventory. A site that is bound to a backup service is backed up before, and its
 * backups stay.
 *
 * @param site the site's name
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 * @param withSafety whether a safety backup is taken of a site that is bound to a backup service
 */
public record DeleteSite(DomainName site, Id safety, boolean withSafety) implements Task {
    /** Makes it. */
    public DeleteSite {}

    /**
     * By name.
     *
     * @param site the name
     */
    public DeleteSite(DomainName site) {
        this(site, Id.next(), true);
    }

    /**
     * By name.
     *
     * @param site the name
     */
    public DeleteSite(String site) {
        this(DomainName.of(site));
    }

    /**
     * This task without a safety backup, for a site that cannot be backed up, as when it was never installed to the end.
     *
     * @return a copy
     */
    public DeleteSite withoutSafetyBackup() {
        return new DeleteSite(site, safety, false);
    }

    @Override
    public String title() {
        return "delete site " + site;
    }
}
