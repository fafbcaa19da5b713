// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import dev.aegir.model.Site;

/**
 * Makes a new site of what a backup has, under another name and on whatever services it is bound to. The site that was backed up
 * is not touched, and need not be there any more.
 *
 * @param backup the backup's id
 * @param copy the new site, with an id and a name of its own
 */
public record RestoreCopy(Id backup, Site copy) implements Task {
    /** Makes it. */
    public RestoreCopy {}

    @Override
    public String title() {
        return "restore backup " + backup + " as site " + copy.name();
    }
}
