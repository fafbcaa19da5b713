// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Removes a site from its services and from the inventory.
 *
 * @param site the site's name
 */
public record DeleteSite(DomainName site) implements Task {
    /** Makes it. */
    public DeleteSite {}

    /**
     * By name.
     *
     * @param site the name
     */
    public DeleteSite(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "delete site " + site;
    }
}
