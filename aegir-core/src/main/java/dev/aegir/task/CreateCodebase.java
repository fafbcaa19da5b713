// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Codebase;

/**
 * Brings a codebase to its servers. Its revision is resolved once and is the same everywhere.
 *
 * @param codebase the codebase, with the servers it shall be on
 */
public record CreateCodebase(Codebase codebase) implements Task {
    /** Makes it. */
    public CreateCodebase {}

    @Override
    public String title() {
        return "create codebase " + codebase.name();
    }
}
