// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Name;
import java.util.List;

/**
 * Moves a site to another codebase where it is, as {@link MigrateSite} does.
 *
 * @param site the site's name
 * @param codebase the codebase
 * @param check a command that must succeed before the site is opened with it; none for no check
 */
public record UpgradeSite(DomainName site, Name codebase, List<String> check) implements Task {
    /** Copies. */
    public UpgradeSite {
        check = List.copyOf(check);
    }

    /**
     * By name.
     *
     * @param site the site's name
     * @param codebase the codebase's name
     */
    public UpgradeSite(String site, String codebase) {
        this(DomainName.of(site), Name.of(codebase), List.of());
    }

    @Override
    public String title() {
        return "upgrade site " + site + " to " + codebase;
    }
}
