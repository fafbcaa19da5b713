// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Serves a site again.
 *
 * @param site the site's name
 */
public record EnableSite(DomainName site) implements Task {
    /** Makes it. */
    public EnableSite {}

    /**
     * By name.
     *
     * @param site the name
     */
    public EnableSite(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "enable site " + site;
    }
}
