// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Codebase;
import dev.aegir.model.Id;

/**
 * Brings what the backup of a codebase has to where a codebase expects it, and makes that known: a new one, or one that has lost its
 * directory. The directory must be missing or empty; all in it belongs to root then.
 *
 * @param backup the backup's id
 * @param codebase a codebase whose source is a directory, with the servers it shall be on
 */
public record RestoreCodebase(Id backup, Codebase codebase) implements Task {
    /** Makes it. */
    public RestoreCodebase {}

    @Override
    public String title() {
        return "restore backup " + backup + " as codebase " + codebase.name();
    }
}
