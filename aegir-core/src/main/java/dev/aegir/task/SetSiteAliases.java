// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import java.util.List;

/**
 * Gives a site other names.
 *
 * @param site the site's name
 * @param aliases all the names under which it is served just so
 * @param redirectedNames all the names that lead to its main name
 */
public record SetSiteAliases(DomainName site, List<DomainName> aliases, List<DomainName> redirectedNames)
        implements Task {
    /** Copies. */
    public SetSiteAliases {
        aliases = List.copyOf(aliases);
        redirectedNames = List.copyOf(redirectedNames);
    }

    @Override
    public String title() {
        return "set aliases of site " + site;
    }
}
