// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;

/** A database server refused a statement, or could not be asked. The message has no statement in it, and so no secret. */
public final class DatabaseServerException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final String code;

    /**
     * What a server said.
     *
     * @param message what happened, to what, and where
     * @param code the server's code for it: MariaDB's error number, PostgreSQL's SQLSTATE; empty when the server did not
     *     come to say anything
     */
    DatabaseServerException(String message, String code) {
        super(message);
        this.code = code;
    }

    /**
     * The server's code for what went wrong.
     *
     * @return MariaDB's error number such as {@code 1007}, or PostgreSQL's SQLSTATE such as {@code 42P04}; empty when the
     *     server did not come to say anything
     */
    public String code() {
        return code;
    }
}
