// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/** A command that had to succeed did not. */
public final class CommandFailedException extends HostException {
    private static final long serialVersionUID = 1L;
    private final transient CommandResult result;

    /**
     * Made by {@link CommandResult#orThrow}.
     *
     * @param server the server's name
     * @param command what was run
     * @param result how it ended
     */
    public CommandFailedException(String server, Command command, CommandResult result) {
        super(server, "\"" + command + "\" ended with " + result.exit() + said(result));
        this.result = result;
    }

    /**
     * How the command ended.
     *
     * @return the result
     */
    public CommandResult result() {
        return result;
    }

    private static String said(CommandResult result) {
        String text = (result.stderr().isBlank() ? result.stdout() : result.stderr()).strip();
        if (text.isEmpty()) {
            return " and said nothing";
        }
        return ":\n" + (text.length() > 2000 ? "..." + text.substring(text.length() - 2000) : text);
    }
}
