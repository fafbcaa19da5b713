// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;

/**
 * Deletes a backup.
 *
 * @param backup the backup's id
 * @param evenLast whether it may be the last one that a site or codebase can be restored from; and whether it is forgotten though
 *     what keeps it is away, such as a disk that is lost for good: the task needs attention then
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
