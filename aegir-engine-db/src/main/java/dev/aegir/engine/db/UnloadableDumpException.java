// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;

/**
 * A dump has a statement that is longer than the database server takes ({@code max_allowed_packet}). Found before the server is
 * given any of it.
 */
public final class UnloadableDumpException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final long limit;

    /**
     * Refuses.
     *
     * @param limit how many bytes the server takes
     * @param offset where the statement begins in the dump
     */
    UnloadableDumpException(long limit, long offset) {
        super("The dump has a statement, which begins at byte " + offset + ", of more than the " + limit
                + " bytes that this database server takes (max_allowed_packet). Set max_allowed_packet higher on the server, or"
                + " make the dump with a smaller --net-buffer-length.");
        this.limit = limit;
    }

    /**
     * What the server takes.
     *
     * @return bytes
     */
    public long limit() {
        return limit;
    }
}
