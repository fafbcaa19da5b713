// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.AegirException;

/**
 * A backup could not be taken, or not be restored: a disk is full, a program was killed, a stream ended too early. What was
 * under way is deleted; what was there before is as it was.
 */
public final class BackupFailedException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes it.
     *
     * @param message what happened, to what, on which server
     */
    public BackupFailedException(String message) {
        super(message);
    }
}
