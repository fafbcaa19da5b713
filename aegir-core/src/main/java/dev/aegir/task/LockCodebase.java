// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Refuses new sites on a codebase from now on; those it has stay.
 *
 * @param codebase the codebase's name
 */
public record LockCodebase(Name codebase) implements Task {
    /** Makes it. */
    public LockCodebase {}

    /**
     * By name.
     *
     * @param codebase the name
     */
    public LockCodebase(String codebase) {
        this(Name.of(codebase));
    }

    @Override
    public String title() {
        return "lock codebase " + codebase;
    }
}
