// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;

/**
 * Deletes a backup.
 *
 * @param backup the backup's id
 * @param evenLast whether it may be the last one that a site or codebase can be restored from
 */
public record DeleteBackup(Id backup, boolean evenLast) implements Task {
    /** Makes it. */
    public DeleteBackup {}

    /**
     * Of which others are left.
     *
     * @param backup the backup's id
     */
    public DeleteBackup(Id backup) {
        this(backup, false);
    }

    @Override
    public String title() {
        return "delete backup " + backup;
    }
}
