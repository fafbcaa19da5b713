// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.AegirException;

/** What is stored is not what was stored: something is missing, or has another length or checksum. Nothing of it is used. */
public final class DamagedBackupException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes it.
     *
     * @param message what happened, to what, on which server
     */
    public DamagedBackupException(String message) {
        super(message);
    }
}
