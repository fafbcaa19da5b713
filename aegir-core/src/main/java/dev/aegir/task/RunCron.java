// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;

/**
 * Runs what a site has run regularly, now.
 *
 * @param site the site's name
 */
public record RunCron(DomainName site) implements Task {
    /** Makes it. */
    public RunCron {}

    /**
     * By name.
     *
     * @param site the name
     */
    public RunCron(String site) {
        this(DomainName.of(site));
    }

    @Override
    public String title() {
        return "run cron of site " + site;
    }
}
