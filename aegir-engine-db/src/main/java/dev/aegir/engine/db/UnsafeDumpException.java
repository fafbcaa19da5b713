// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;

/**
 * A dump has a statement that no dump of a site's database needs: a command for the client, another database, accounts and
 * rights, files of the server. Dumps are programs; this one was not run any further.
 */
public final class UnsafeDumpException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final long offset;

    /**
     * Refuses.
     *
     * @param what what it has, without its data
     * @param offset where, in bytes from the beginning
     */
    UnsafeDumpException(String what, long offset) {
        super("The dump has " + what + " at byte " + offset
                + ", which is refused: a dump of one database needs no such thing. Make the dump of that database alone, or take"
                + " the statement out of it.");
        this.offset = offset;
    }

    /**
     * Where in the dump.
     *
     * @return bytes from the beginning, at or shortly after the place
     */
    public long offset() {
        return offset;
    }
}
