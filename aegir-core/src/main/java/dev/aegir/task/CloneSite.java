// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Site;

/**
 * Makes a site that has what another has: its code, its database, its files, on the same server or elsewhere, under a name of
 * its own. The other goes on serving meanwhile and is not changed.
 *
 * <p>A copy for a lower environment than its source's is sanitised before anybody can reach it: nothing of it runs regularly,
 * it sends no mail, nobody can pay, search engines are told to stay away, sessions, keys and passwords are of no use any more, and no
 * address of a person is left in its database but those that its setting {@code sanitise.keep} allows: addresses, or domains written
 * as {@code @example.net}, separated by commas. What its application knows of the settings {@code sanitise.empty} (tables) and {@code
 * sanitise.forget} (what is set in the database) is gone, too. The settings {@code cron} and {@code mail} of the copy may be set to
 * {@code on} to keep those.
 *
 * <p>A copy answers over HTTP before it is published, as {@link MigrateSite} says, or is taken back.
 *
 * @param source any name of the site
 * @param copy what it shall be: an id, name, environment and services of its own. Names and redirects that are the source's,
 *     and the names of its database and account, are left out.
 */
public record CloneSite(DomainName source, Site copy) implements Task {
    /** Makes it. */
    public CloneSite {}

    /**
     * By name.
     *
     * @param source the source's name
     * @param copy the copy
     */
    public CloneSite(String source, Site copy) {
        this(DomainName.of(source), copy);
    }

    @Override
    public String title() {
        return "clone site " + source + " as " + copy.name();
    }
}
