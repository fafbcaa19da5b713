// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.AegirException;

/** A backup does not bear the signature that it must, or what was signed is another backup. Not a byte of it was used. */
public final class ForgedBackupException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes it.
     *
     * @param message which backup, what is wrong with its signature, and what to do next
     */
    public ForgedBackupException(String message) {
        super(message);
    }
}
