// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.AegirException;

/**
 * What keeps the backups of a service is not there, or another is in its place: nothing is mounted, or its settings lead elsewhere.
 * Nobody knows anything about the backups then; they are as they were, in the inventory too.
 */
public final class StoreAwayException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes it.
     *
     * @param message what is away, from which server
     */
    public StoreAwayException(String message) {
        super(message);
    }
}
