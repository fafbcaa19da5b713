// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.Release;
import dev.aegir.model.Server;

/**
 * A codebase on a server, for its application.
 *
 * @param codebase the codebase
 * @param release the codebase as it lies on the server
 * @param server the server
 */
public record ScanRequest(Codebase codebase, Release release, Server server) {
    /** Makes it. */
    public ScanRequest {}

    /**
     * The directory that is served.
     *
     * @return the codebase's web root in the release
     */
    public HostPath root() {
        return release.path().resolve(codebase.webRoot());
    }
}
