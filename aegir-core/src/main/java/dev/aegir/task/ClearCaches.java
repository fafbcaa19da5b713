// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Empties the caches of a site's application.
 *
 * @param site the site's name
 */
public record ClearCaches(DomainName site) implements Task {
    /** Makes it. */
    public ClearCaches {}

    /**
     * By name.
     *
     * @param site the name
     */
    public ClearCaches(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "clear caches of site " + site;
    }
}
