// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.AegirException;

/**
 * The store could not be read or written: its disk is full, its file is damaged, its server does not answer. What was asked
 * is not known to have been done; asking again is safe. The store stays usable once the cause is gone.
 */
public final class StoreException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message and a cause.
     *
     * @param message what could not be done, to which store, and what to look at
     * @param cause what led to it
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * With a message.
     *
     * @param message what could not be done, to which store, and what to look at
     */
    public StoreException(String message) {
        super(message);
    }
}
