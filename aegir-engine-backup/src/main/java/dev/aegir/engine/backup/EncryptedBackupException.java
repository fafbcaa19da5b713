// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.AegirException;

/** A backup is encrypted, and what opens it is not there or is of another key. Nothing was changed; the backup may be whole. */
public final class EncryptedBackupException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes it.
     *
     * @param message which backup, which secret is missing or does not fit, and what to do next
     */
    public EncryptedBackupException(String message) {
        super(message);
    }
}
