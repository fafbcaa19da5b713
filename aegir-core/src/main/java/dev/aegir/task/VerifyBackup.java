// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Backup;
import dev.aegir.model.Id;

/**
 * Proves that a backup is what it was, and keeps how far that was done. One that is found damaged counts as not verified at all
 * from then on.
 *
 * @param backup the backup's id
 * @param level how far; at most {@link Backup.Level#FULL}
 */
public record VerifyBackup(Id backup, Backup.Level level) implements Task {
    /** Makes it. */
    public VerifyBackup {}

    @Override
    public String title() {
        return "verify backup " + backup;
    }
}
