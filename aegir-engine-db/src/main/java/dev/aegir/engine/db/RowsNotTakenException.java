// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;

/** Rows beside this program did not arrive, or not exactly as they are. It never leaves {@link Loading}. */
final class RowsNotTakenException extends AegirException {
    private static final long serialVersionUID = 1L;

    private final DatabaseServerException said;

    RowsNotTakenException(DatabaseServerException said) {
        super(String.valueOf(said.getMessage()), said);
        this.said = said;
    }

    /** What the server said. */
    DatabaseServerException said() {
        return said;
    }
}
