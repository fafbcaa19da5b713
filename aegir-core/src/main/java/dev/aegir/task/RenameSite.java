// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;

/**
 * Gives a site another name, also in what its application has stored. What it has stored is changed in a copy of its database, which is
 * begun while the site is open; then, for as long as the rest of that takes, visitors see that it will be back. Until it is open under
 * its new name anything that goes wrong is taken back, and its database is the one that it was. Afterwards that is removed.
 *
 * <p>A site that is bound to a backup service is backed up before anything else, while it is open. That backup stays whatever comes of
 * the task, and its id is the result {@code backup.id}.
 *
 * @param site the site's name
 * @param name the name it shall have
 * @param redirect whether the former name leads to it
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 * @param withSafety whether a safety backup is taken of a site that is bound to a backup service
 */
public record RenameSite(DomainName site, DomainName name, boolean redirect, Id safety, boolean withSafety)
        implements Task {
    /** Makes it. */
    public RenameSite {}

    /**
     * With a safety backup.
     *
     * @param site the site's name
     * @param name the name it shall have
     * @param redirect whether the former name leads to it
     */
    public RenameSite(DomainName site, DomainName name, boolean redirect) {
        this(site, name, redirect, Id.next(), true);
    }

    /**
     * By name; the former name leads to the new one.
     *
     * @param site the site's name
     * @param name the name it shall have
     */
    public RenameSite(String site, String name) {
        this(DomainName.of(site), DomainName.of(name), true);
    }

    /**
     * This task without a safety backup.
     *
     * @return a copy
     */
    public RenameSite withoutSafetyBackup() {
        return new RenameSite(site, name, redirect, safety, false);
    }

    @Override
    public String title() {
        return "rename site " + site + " to " + name;
    }
}
