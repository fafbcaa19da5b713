// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.util.List;

/**
 * How a command in a server ended.
 *
 * @param server the server's name
 * @param command the command's words
 * @param exit its exit code
 * @param stdout what it printed, as UTF-8
 * @param stderr what it complained about, as UTF-8
 */
public record ExecResult(String server, List<String> command, int exit, String stdout, String stderr) {
    /** Copies the words. */
    public ExecResult {
        command = List.copyOf(command);
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
     * This, or an exception when the command failed.
     *
     * @return this
     * @throws LabException with the exit code and the output
     */
    public ExecResult orThrow() {
        if (exit != 0) {
            String words = String.join(" ", command);
            throw new LabException("On lab server " + server + ", "
                    + (words.length() > 200 ? words.substring(0, 200) + "..." : words) + " ended with exit code " + exit
                    + "\n" + stderr + stdout);
        }
        return this;
    }
}
