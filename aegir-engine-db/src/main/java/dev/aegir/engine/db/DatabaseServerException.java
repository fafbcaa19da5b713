// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;
import java.util.Set;

/** A database server refused a statement, or could not be asked. The message has no statement in it, and so no secret. */
public final class DatabaseServerException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * No server at the socket or address; too many connections; it is shutting down, or goes away. PostgreSQL: class 08, and what it
     * says while it stops and starts (its manual, appendix A); MariaDB's error codes are in its knowledge base.
     */
    private static final Set<String> PASSING = Set.of(
            Reachable.NO_SERVER,
            "1040",
            "1053",
            "2002",
            "2003",
            "2006",
            "2013",
            "08001",
            "08006",
            "53300",
            "57P01",
            "57P02",
            "57P03");

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

    @Override
    public boolean mayPass() {
        return PASSING.contains(code);
    }
}
