// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;

/**
 * A database or an account of the name that a site wants, or wants to have removed, is not the site's: it bears another
 * owner's mark or none. It was neither taken over nor dropped; nothing was changed.
 */
public final class ForeignDatabaseException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses.
     *
     * @param message what belongs to whom, where, and what to do next
     */
    ForeignDatabaseException(String message) {
        super(message);
    }
}
