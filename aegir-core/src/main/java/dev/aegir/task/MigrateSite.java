// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Site;
import java.util.List;

/**
 * Moves a site to other services, to another codebase, or both. Files are brought while it goes on serving; then, for as
 * short a time as what has changed since and the database take, its visitors see that it will be back, and nothing of it
 * can be written. It is opened where it is now, and its former server hands on whoever still asks there. So no write that was
 * acknowledged is lost, and none is made to the former database afterwards.
 *
 * <p>Until it is opened anything that goes wrong is taken back, and the site serves as before. What it had stays where it was
 * until {@link RetireMigration}. Results: {@code freeze.milliseconds}, {@code copied.files.bytes}, {@code dump.tables} and
 * more.
 *
 * <p>Another codebase must have every package that the site has switched on, none of them older, and none with an older
 * state of the database: this is known once the codebase was scanned and the site verified. Its database is then brought to
 * what that code expects: on a copy, so that the former stays as it was.
 *
 * @param site the site as the inventory has it, but for its services and its codebase
 * @param check a command that must succeed, run as the site's account where it will serve, before it is opened there: the
 *     words; none for no check
 */
public record MigrateSite(Site site, List<String> check) implements Task {
    /** Copies. */
    public MigrateSite {
        check = List.copyOf(check);
    }

    /**
     * Without a check of one's own.
     *
     * @param site the site with the services it shall have
     */
    public MigrateSite(Site site) {
        this(site, List.of());
    }

    @Override
    public String title() {
        return "migrate site " + site.name() + " to " + site.services().values();
    }
}
