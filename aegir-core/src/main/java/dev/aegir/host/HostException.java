// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.AegirException;

/** Something went wrong on or on the way to a host. */
public abstract sealed class HostException extends AegirException
        permits HostUnreachableException,
                HostRefusedException,
                CommandFailedException,
                CommandTimeoutException,
                ConfigRejectedException,
                DriftException,
                FencedException {
    private static final long serialVersionUID = 1L;
    private final String server;

    /**
     * With a message.
     *
     * @param server the server's name
     * @param message what happened
     */
    protected HostException(String server, String message) {
        super(server + ": " + message);
        this.server = server;
    }

    /**
     * With a message and a cause.
     *
     * @param server the server's name
     * @param message what happened
     * @param cause what led to it
     */
    protected HostException(String server, String message, Throwable cause) {
        super(server + ": " + message, cause);
        this.server = server;
    }

    /**
     * The name of the server.
     *
     * @return the name
     */
    public String server() {
        return server;
    }
}
