// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Gives a site a new database account with a new password. The old account works until the site was shown to work with the new
 * one.
 *
 * @param site the site's name
 */
public record RotateCredentials(DomainName site) implements Task {
    /** Makes it. */
    public RotateCredentials {}

    /**
     * By name.
     *
     * @param site the name
     */
    public RotateCredentials(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "rotate credentials of site " + site;
    }
}
