// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;

/** A single table cannot be put in the place of another: what is left of the database would not fit, or there is none. */
public final class TableNotSwitchableException extends AegirException {
    private static final long serialVersionUID = 1L;

    TableNotSwitchableException(String message) {
        super(message);
    }
}
