// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Looks again at what a server has, and makes what Aegir keeps there as it should be: the preparation of its services and all
 * its sites, as one change.
 *
 * @param server the server's name
 */
public record VerifyServer(Name server) implements Task {
    /** Makes it. */
    public VerifyServer {}

    /**
     * By name.
     *
     * @param server the name
     */
    public VerifyServer(String server) {
        this(Name.of(server));
    }

    @Override
    public String title() {
        return "verify server " + server;
    }
}
