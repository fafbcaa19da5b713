// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/**
 * The host cannot be reached, or the connection to it broke. What was under way may or may not have happened; steps find
 * out by looking when they run again.
 */
public final class HostUnreachableException extends HostException {
    private static final long serialVersionUID = 1L;
    private final boolean nothingSent;

    /**
     * With a message and a cause.
     *
     * @param server the server's name
     * @param message what happened and what to look at
     * @param cause what led to it
     */
    public HostUnreachableException(String server, String message, Throwable cause) {
        this(server, message, cause, false);
    }

    /**
     * With a message and a cause.
     *
     * @param server the server's name
     * @param message what happened and what to look at
     * @param cause what led to it
     * @param nothingSent whether it is certain that no part of what was asked has reached the host
     */
    public HostUnreachableException(String server, String message, Throwable cause, boolean nothingSent) {
        super(server, message, cause);
        this.nothingSent = nothingSent;
    }

    /**
     * With a message.
     *
     * @param server the server's name
     * @param message what happened and what to look at
     */
    public HostUnreachableException(String server, String message) {
        super(server, message);
        nothingSent = false;
    }

    /**
     * Whether it is certain that no part of what was asked has reached the host, as when no connection could be opened.
     *
     * @return whether nothing can have happened
     */
    public boolean nothingSent() {
        return nothingSent;
    }

    @Override
    public boolean mayPass() {
        return true;
    }
}
