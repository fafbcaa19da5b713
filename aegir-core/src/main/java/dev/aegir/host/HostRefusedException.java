// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/**
 * The host is not the one that was enrolled, does not let us in, or lacks what we need to work on it (a shell, coreutils,
 * sudo). Trying again will not help; no command was sent.
 */
public final class HostRefusedException extends HostException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param server the server's name
     * @param message what was refused, and what to do
     */
    public HostRefusedException(String server, String message) {
        super(server, message);
    }

    /**
     * With a message and a cause.
     *
     * @param server the server's name
     * @param message what was refused, and what to do
     * @param cause what led to it
     */
    public HostRefusedException(String server, String message, Throwable cause) {
        super(server, message, cause);
    }
}
