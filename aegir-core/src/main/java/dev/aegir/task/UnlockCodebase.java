// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Allows new sites on a codebase again.
 *
 * @param codebase the codebase's name
 */
public record UnlockCodebase(Name codebase) implements Task {
    /** Makes it. */
    public UnlockCodebase {}

    /**
     * By name.
     *
     * @param codebase the name
     */
    public UnlockCodebase(String codebase) {
        this(Name.of(codebase));
    }

    @Override
    public String title() {
        return "unlock codebase " + codebase;
    }
}
