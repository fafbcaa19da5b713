// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Gives a site another name, also in what its application has stored. Meanwhile its visitors see that it will be back.
 *
 * @param site the site's name
 * @param name the name it shall have
 * @param redirect whether the former name leads to it
 */
public record RenameSite(DomainName site, DomainName name, boolean redirect) implements Task {
    /** Makes it. */
    public RenameSite {}

    /**
     * By name; the former name leads to the new one.
     *
     * @param site the site's name
     * @param name the name it shall have
     */
    public RenameSite(String site, String name) {
        this(DomainName.of(site), DomainName.of(name), true);
    }

    @Override
    public String title() {
        return "rename site " + site + " to " + name;
    }
}
