// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * What was asked cannot be done as things are: a name is taken, a codebase is locked, an engine is unknown, the world is
 * no longer as the approved plan saw it. Nothing was changed.
 */
public final class RefusedException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses.
     *
     * @param message what was refused, why, and what to do next
     */
    public RefusedException(String message) {
        super(message);
    }
}
