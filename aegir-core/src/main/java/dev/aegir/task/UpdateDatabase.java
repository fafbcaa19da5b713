// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Brings a site's database to what its code expects. Meanwhile its visitors see that it is in maintenance, and its cron does
 * not run. When the update fails half way the site stays so, and the task needs attention: the application has no way back.
 *
 * @param site the site's name
 */
public record UpdateDatabase(DomainName site) implements Task {
    /** Makes it. */
    public UpdateDatabase {}

    /**
     * By name.
     *
     * @param site the name
     */
    public UpdateDatabase(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "update database of site " + site;
    }
}
