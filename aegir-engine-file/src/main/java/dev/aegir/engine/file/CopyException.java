// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.model.AegirException;
import dev.aegir.model.Name;

/** Files could not be copied. What was copied so far stays, and is not copied again when the same is tried once more. */
public final class CopyException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final Problem problem;

    /** What is wrong. */
    public enum Problem {
        /** A server has no rsync. */
        NO_RSYNC,
        /** The target's disk, or what its account may use of it, is full. */
        FULL,
        /** A file or directory could not be read or written. */
        UNREADABLE,
        /** The program that reads the source ended early. */
        SOURCE_ENDED,
        /** The program that writes the target ended early. */
        TARGET_ENDED,
        /** One of the two said nothing for too long. */
        SILENCE,
        /** The source does not get to the target, and there shall be no other way. */
        NO_WAY,
        /** The target's program asks for something that no rsync of this engine would ask for. */
        STRANGE
    }

    CopyException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    static CopyException missing(Name server) {
        return new CopyException(
                Problem.NO_RSYNC,
                server + " has no rsync, by which files are copied. Install it there (Debian's package rsync), then try"
                        + " again.");
    }

    /**
     * What is wrong.
     *
     * @return the problem
     */
    public Problem problem() {
        return problem;
    }
}
