// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Site;

/**
 * Puts a new site on its services. Installing exactly what is there already changes nothing; a site of that name that is
 * different is refused.
 *
 * @param site the site, bound to its services
 */
public record InstallSite(Site site) implements Task {
    /** Makes it. */
    public InstallSite {}

    @Override
    public String title() {
        return "install site " + site.name();
    }
}
