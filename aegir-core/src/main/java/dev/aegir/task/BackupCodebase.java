// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.ServiceRef;

/**
 * Takes a backup of a codebase as it lies on its first server, for code that is nowhere else, such as an existing directory. The
 * result {@code backup.id} says which it is.
 *
 * @param codebase the codebase's name
 * @param id the backup's id, so that the task is the same backup whenever it is planned
 * @param service where it goes
 * @param reason why
 */
public record BackupCodebase(Name codebase, Id id, ServiceRef service, Backup.Reason reason) implements Task {
    /** Makes it. */
    public BackupCodebase {}

    /**
     * By name; a backup that somebody wants.
     *
     * @param codebase the codebase's name
     * @param service where it goes, such as {@code vault/backup}
     */
    public BackupCodebase(String codebase, String service) {
        this(Name.of(codebase), Id.next(), ServiceRef.of(service), Backup.Reason.MANUAL);
    }

    @Override
    public String title() {
        return "back up codebase " + codebase;
    }
}
