// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.AegirException;

/**
 * Files could not be stored, or not be brought back. What the store had, it still has; what was sent so far is not sent again when
 * the same is tried once more.
 */
public final class FileStoreException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final Problem problem;

    /** What is wrong. */
    public enum Problem {
        /** The store does not answer, or not as it should, though it was asked several times. */
        UNREACHABLE,
        /** The store does not let us in, or is not the one that is meant. */
        REFUSED,
        /** There is no room: in the store, or on the server that files are brought to. */
        FULL,
        /** A file or directory of the site could not be read or written. */
        UNREADABLE,
        /** What is stored is not what was stored, or would not stay where it belongs. Nothing of it is used. */
        DAMAGED,
        /** Nothing is stored there. */
        NOTHING,
        /** Somebody else has written the same there meanwhile. Nothing of theirs was touched. */
        CHANGED
    }

    FileStoreException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    FileStoreException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
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
