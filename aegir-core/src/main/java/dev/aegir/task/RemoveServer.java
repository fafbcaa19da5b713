// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Takes a server out of the inventory; nothing on it is touched. Refused while sites or codebases are there.
 *
 * @param server the server's name
 */
public record RemoveServer(Name server) implements Task {
    /** Makes it. */
    public RemoveServer {}

    /**
     * By name.
     *
     * @param server the name
     */
    public RemoveServer(String server) {
        this(Name.of(server));
    }

    @Override
    public String title() {
        return "remove server " + server;
    }
}
