// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Site;

/**
 * Gives a site other aliases, redirects, environment or state. Its identity, name, codebase and services stay.
 *
 * @param site the site as it shall be; found by its name
 */
public record UpdateSite(Site site) implements Task {
    /** Makes it. */
    public UpdateSite {}

    @Override
    public String title() {
        return "update site " + site.name();
    }
}
