// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import java.nio.charset.StandardCharsets;

/** How a command ended. A non-zero exit is a result, not an error, until {@link #orThrow} is called. Immutable. */
public final class CommandResult {
    private final String server;
    private final Command command;
    private final int exit;
    private final byte[] stdout;
    private final byte[] stderr;
    private final boolean truncated;

    /**
     * Made by hosts.
     *
     * @param server the server's name, for messages
     * @param command what was run
     * @param exit the exit code; 128 and more for a signal
     * @param stdout what it printed, up to the command's limit
     * @param stderr what it complained about, up to the command's limit
     * @param truncated whether there was more than that
     */
    public CommandResult(String server, Command command, int exit, byte[] stdout, byte[] stderr, boolean truncated) {
        this.server = server;
        this.command = command;
        this.exit = exit;
        this.stdout = stdout.clone();
        this.stderr = stderr.clone();
        this.truncated = truncated;
    }

    /**
     * The exit code.
     *
     * @return 0 for success
     */
    public int exit() {
        return exit;
    }

    /**
     * Whether the exit code is 0.
     *
     * @return whether it succeeded
     */
    public boolean succeeded() {
        return exit == 0;
    }

    /**
     * What it printed.
     *
     * @return standard output read as UTF-8
     */
    public String stdout() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /**
     * What it printed, as it is.
     *
     * @return the bytes of standard output
     */
    public byte[] stdoutBytes() {
        return stdout.clone();
    }

    /**
     * What it complained about.
     *
     * @return standard error read as UTF-8
     */
    public String stderr() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    /**
     * Whether output was dropped because there was more than the command's limit.
     *
     * @return whether something is missing
     */
    public boolean truncated() {
        return truncated;
    }

    /**
     * This result, if the command succeeded.
     *
     * @return this
     * @throws CommandFailedException when the exit code is not 0
     */
    public CommandResult orThrow() {
        if (exit != 0) {
            throw new CommandFailedException(server, command, this);
        }
        return this;
    }
}
