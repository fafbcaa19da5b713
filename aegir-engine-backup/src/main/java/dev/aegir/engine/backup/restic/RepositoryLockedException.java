// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.AegirException;

/**
 * Somebody else was at work in a repository for longer than is waited for. Nothing was changed; locks of what has died are
 * removed when they are found, so whoever holds this one lives, or ran on another server less than half an hour ago.
 */
public final class RepositoryLockedException extends AegirException {
    private static final long serialVersionUID = 1L;

    RepositoryLockedException(String message) {
        super(message);
    }
}
