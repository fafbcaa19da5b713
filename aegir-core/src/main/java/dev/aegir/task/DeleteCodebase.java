// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Removes a codebase from all its servers. Refused while sites run it.
 *
 * @param codebase the codebase's name
 */
public record DeleteCodebase(Name codebase) implements Task {
    /** Makes it. */
    public DeleteCodebase {}

    /**
     * By name.
     *
     * @param codebase the name
     */
    public DeleteCodebase(String codebase) {
        this(Name.of(codebase));
    }

    @Override
    public String title() {
        return "delete codebase " + codebase;
    }
}
