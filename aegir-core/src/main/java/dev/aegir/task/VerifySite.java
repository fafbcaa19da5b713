// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Makes everything a site needs as it should be.
 *
 * @param site the site's name
 */
public record VerifySite(DomainName site) implements Task {
    /** Makes it. */
    public VerifySite {}

    /**
     * By name.
     *
     * @param site the name
     */
    public VerifySite(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "verify site " + site;
    }
}
