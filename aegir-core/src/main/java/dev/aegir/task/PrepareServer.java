// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Makes the services of a server ready for sites.
 *
 * @param server the server's name
 */
public record PrepareServer(Name server) implements Task {
    /** Makes it. */
    public PrepareServer {}

    /**
     * By name.
     *
     * @param server the name
     */
    public PrepareServer(String server) {
        this(Name.of(server));
    }

    @Override
    public String title() {
        return "prepare server " + server;
    }
}
