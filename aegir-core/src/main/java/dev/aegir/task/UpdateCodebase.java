// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Codebase;

/**
 * Gives a codebase other settings, such as schedules of its backups. Its code never changes.
 *
 * @param codebase the codebase with all the settings it shall have; found by its name
 */
public record UpdateCodebase(Codebase codebase) implements Task {
    /** Makes it. */
    public UpdateCodebase {}

    @Override
    public String title() {
        return "update codebase " + codebase.name();
    }
}
