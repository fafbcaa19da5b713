// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Removes what a migrated site has left behind: its former files, processes, account and database, and what hands on visitors
 * who still ask its former server. Do it once nobody asks there any more: until 24 hours after the move, or as long as the site's
 * setting {@code retire.after} says ({@code P7D}), it is refused unless {@link #now()} is said. It cannot be undone.
 *
 * @param site the site's name
 * @param atOnce whether it is done however short ago the site was moved
 */
public record RetireMigration(DomainName site, boolean atOnce) implements Task {
    /** Makes it. */
    public RetireMigration {}

    /**
     * By name.
     *
     * @param site the name
     */
    public RetireMigration(String site) {
        this(DomainName.of(site), false);
    }

    /**
     * This task, however short ago the site was moved.
     *
     * @return a copy
     */
    public RetireMigration now() {
        return new RetireMigration(site, true);
    }

    @Override
    public String title() {
        return "retire what site " + site + " has left behind";
    }
}
