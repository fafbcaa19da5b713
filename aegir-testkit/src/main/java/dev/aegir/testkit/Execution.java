// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import dev.aegir.host.Input;
import java.util.Set;

/**
 * A command that ran on a fake host.
 *
 * @param command the command
 * @param input what it read
 * @param use what it was run for
 * @param exit its exit code
 * @param seen the host as it was when the command began
 * @param paths the real paths of the files of the transaction it was part of; empty for a command run by itself
 */
public record Execution(Command command, Input input, Use use, int exit, HostSnapshot seen, Set<String> paths) {
    /** What a command is run for. */
    public enum Use {
        /** By itself. */
        RUN,
        /** As a transaction's check of its new files. */
        CHECK,
        /** To make a transaction's files effective. */
        ACTIVATE,
        /** To prove that a transaction's files are effective. */
        CONFIRM
    }

    /** Copies. */
    public Execution {
        paths = Set.copyOf(paths);
    }

    /**
     * Whether the exit code is 0.
     *
     * @return whether it succeeded
     */
    public boolean succeeded() {
        return exit == 0;
    }
}
