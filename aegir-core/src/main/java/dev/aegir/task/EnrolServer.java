// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Server;

/**
 * Takes a server into the inventory: its identity is proved, what it has is detected, and from then on services of it can be
 * used. A server that is enrolled already takes the new address, credential and services and keeps its identity; its host key
 * cannot be changed that way.
 *
 * @param server the server, with its host key where its backend needs one
 */
public record EnrolServer(Server server) implements Task {
    /** Makes it. */
    public EnrolServer {}

    @Override
    public String title() {
        return "enrol server " + server.name();
    }
}
