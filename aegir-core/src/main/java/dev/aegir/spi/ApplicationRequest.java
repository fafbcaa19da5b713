// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Codebase;
import dev.aegir.model.Release;
import dev.aegir.model.Server;
import dev.aegir.model.Site;

/**
 * A site, for its application.
 *
 * @param site the site
 * @param codebase the codebase it runs
 * @param release the codebase as it lies on the server
 * @param server the server of its web service
 */
public record ApplicationRequest(Site site, Codebase codebase, Release release, Server server) {
    /** Makes it. */
    public ApplicationRequest {}
}
