// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import dev.aegir.model.Retention;
import java.time.Instant;

/**
 * Deletes the backups of a site or codebase that are no longer to be kept, whether it is still there or gone.
 *
 * @param owner the id of the site or codebase
 * @param retention what is kept
 * @param now the time that ages are counted to
 */
public record PruneBackupsOf(Id owner, Retention retention, Instant now) implements Task {
    /** Makes it. */
    public PruneBackupsOf {}

    /**
     * By the clock of this machine.
     *
     * @param owner the id of the site or codebase
     * @param retention what is kept
     */
    public PruneBackupsOf(Id owner, Retention retention) {
        this(owner, retention, Instant.now());
    }

    @Override
    public String title() {
        return "prune backups of " + owner;
    }
}
