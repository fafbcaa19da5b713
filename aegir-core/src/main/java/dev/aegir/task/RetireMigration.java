// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Removes what a migrated site has left behind: its former files, processes, account and database, and what hands on visitors
 * who still ask its former server. Do it once nobody asks there any more. It cannot be undone.
 *
 * @param site the site's name
 */
public record RetireMigration(DomainName site) implements Task {
    /** Makes it. */
    public RetireMigration {}

    /**
     * By name.
     *
     * @param site the name
     */
    public RetireMigration(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "retire what site " + site + " has left behind";
    }
}
