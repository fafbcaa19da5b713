// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Answers a site's names with a page that says it is disabled; nothing of it is lost.
 *
 * @param site the site's name
 */
public record DisableSite(DomainName site) implements Task {
    /** Makes it. */
    public DisableSite {}

    /**
     * By name.
     *
     * @param site the name
     */
    public DisableSite(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "disable site " + site;
    }
}
