// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Puts a site behind a page that says it will be back, or takes it out from there.
 *
 * @param site the site's name
 * @param on which
 */
public record SetMaintenance(DomainName site, boolean on) implements Task {
    /** Makes it. */
    public SetMaintenance {}

    /**
     * By name.
     *
     * @param site the name
     * @param on which
     */
    public SetMaintenance(String site, boolean on) {
        this(DomainName.of(site), on);
    }

    @Override
    public String title() {
        return (on ? "begin" : "end") + " maintenance of site " + site;
    }
}
