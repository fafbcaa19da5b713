// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.ServiceRef;

/**
 * Runs a site's code with another runtime service of the same server, such as another version of PHP.
 *
 * @param site the site's name
 * @param runtime the service, such as {@code web1/php83}
 */
public record ChangeRuntime(DomainName site, ServiceRef runtime) implements Task {
    /** Makes it. */
    public ChangeRuntime {}

    /**
     * By name.
     *
     * @param site the name
     * @param runtime the service
     */
    public ChangeRuntime(String site, String runtime) {
        this(DomainName.of(site), ServiceRef.of(runtime));
    }

    @Override
    public String title() {
        return "run site " + site + " with " + runtime;
    }
}
