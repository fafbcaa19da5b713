// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.ServiceRef;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Proves that a site can be restored from a backup: it is restored into a site of its own, without cron and under a name that
 * leads nowhere, whose application must find itself whole and which must answer over HTTP, as {@link MigrateSite} says. Then that site is
 * removed again.
 *
 * @param backup the backup's id
 * @param scratch the id of the site that is made for it, so that the task is the same whenever it is planned
 * @param services where it is made, by kind; none for where the site was that was backed up
 */
public record DrillBackup(Id backup, Id scratch, Map<Name, ServiceRef> services) implements Task {
    /** Copies. */
    public DrillBackup {
        services = Collections.unmodifiableMap(new TreeMap<>(services));
    }

    /**
     * Where the site was that was backed up.
     *
     * @param backup the backup's id
     */
    public DrillBackup(Id backup) {
        this(backup, Id.next(), Map.of());
    }

    @Override
    public String title() {
        return "drill backup " + backup;
    }
}
