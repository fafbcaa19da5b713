// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.AegirException;

/** An archive has something in it that must not be unpacked. Not a byte of it was. */
public final class UnsafeArchiveException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes it.
     *
     * @param message what happened, to what, on which server
     */
    public UnsafeArchiveException(String message) {
        super(message);
    }
}
