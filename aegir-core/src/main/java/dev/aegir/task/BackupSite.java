// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Backup;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.ServiceRef;
import java.util.Optional;

/**
 * Takes a backup of a site: what it writes, and its database. The result {@code backup.id} says which it is.
 *
 * @param site the site's name
 * @param id the backup's id, so that the task is the same backup whenever it is planned
 * @param service where it goes; absent for the service the site is bound to
 * @param reason why
 * @param consistency whether nobody may write the site meanwhile
 */
public record BackupSite(
        DomainName site, Id id, Optional<ServiceRef> service, Backup.Reason reason, Backup.Consistency consistency)
        implements Task {
    /** Makes it. */
    public BackupSite {}

    /**
     * A backup somebody wants, in the service that the site is bound to, while the site is served.
     *
     * @param site the site's name
     * @return the task
     */
    public static BackupSite of(String site) {
        return new BackupSite(
                DomainName.of(site), Id.next(), Optional.empty(), Backup.Reason.MANUAL, Backup.Consistency.LIVE);
    }

    /**
     * This task for another service.
     *
     * @param other the service, such as {@code backup1/backup}
     * @return a copy
     */
    public BackupSite to(String other) {
        return new BackupSite(site, id, Optional.of(ServiceRef.of(other)), reason, consistency);
    }

    /**
     * This task with the site frozen meanwhile: a page says that it will be back, and nothing of it runs, so that files and
     * database are of one moment.
     *
     * @return a copy
     */
    public BackupSite frozen() {
        return new BackupSite(site, id, service, reason, Backup.Consistency.FROZEN);
    }

    /**
     * This task because it was time.
     *
     * @return a copy
     */
    public BackupSite scheduled() {
        return new BackupSite(site, id, service, Backup.Reason.SCHEDULED, consistency);
    }

    @Override
    public String title() {
        return "back up site " + site;
    }
}
