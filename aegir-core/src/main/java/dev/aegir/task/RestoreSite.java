// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;

/**
 * Makes a site what it was when a backup was taken. Everything is brought beside what the site has: a new database, and its files
 * in directories of their own. Then the site is frozen, a safety backup is taken, and one is put in place of the other. When
 * anything fails before that is done, the site is as it was; the safety backup stays in any case, and its id is the result
 * {@code backup.id}.
 *
 * @param site the site's name
 * @param backup the backup's id; it must be one of this site
 * @param what what is brought back
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 * @param withSafety whether a safety backup is taken; without, a site that is broken beyond being backed up can be restored
 */
public record RestoreSite(DomainName site, Id backup, What what, Id safety, boolean withSafety) implements Task {
    /** What of a site is brought back. */
    public enum What {
        /** Database and files. */
        ALL,
        /** The database; the files stay. */
        DATABASE,
        /** The files; the database stays. */
        FILES
    }

    /** Makes it. */
    public RestoreSite {}

    /**
     * All of a site.
     *
     * @param site the site's name
     * @param backup the backup's id
     * @return the task
     */
    public static RestoreSite of(String site, Id backup) {
        return new RestoreSite(DomainName.of(site), backup, What.ALL, Id.next(), true);
    }

    /**
     * This task for a part of the site.
     *
     * @param part what is brought back
     * @return a copy
     */
    public RestoreSite only(What part) {
        return new RestoreSite(site, backup, part, safety, withSafety);
    }

    /**
     * This task without a safety backup, for a site that cannot be backed up any more. What the site has is lost then.
     *
     * @return a copy
     */
    public RestoreSite withoutSafetyBackup() {
        return new RestoreSite(site, backup, what, safety, false);
    }

    @Override
    public String title() {
        return "restore site " + site + " from backup " + backup;
    }
}
