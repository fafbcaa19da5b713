// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/** A command took longer than it may and was killed. */
public final class CommandTimeoutException extends HostException {
    private static final long serialVersionUID = 1L;

    /**
     * For a command.
     *
     * @param server the server's name
     * @param command what was run
     */
    public CommandTimeoutException(String server, Command command) {
        super(
                server,
                "\"" + command + "\" took longer than " + command.timeout().toSeconds() + " s and was killed");
    }
}
