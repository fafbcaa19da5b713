// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Retention;
import java.time.Instant;

/**
 * Deletes the backups of a site that are no longer to be kept.
 *
 * @param site the site's name
 * @param retention what is kept
 * @param now the time that ages are counted to
 */
public record PruneBackups(DomainName site, Retention retention, Instant now) implements Task {
    /** Makes it. */
    public PruneBackups {}

    /**
     * By name, and by the clock of this machine.
     *
     * @param site the site's name
     * @param retention what is kept
     */
    public PruneBackups(String site, Retention retention) {
        this(DomainName.of(site), retention, Instant.now());
    }

    @Override
    public String title() {
        return "prune backups of site " + site;
    }
}
