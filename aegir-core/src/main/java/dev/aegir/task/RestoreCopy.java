// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import dev.aegir.model.Site;

/**
 * Makes a new site of what a backup has, under another name and on whatever services it is bound to. The site that was backed up
 * is not touched, and need not be there any more.
 *
 * <p>Nothing of it runs regularly before it is whole. For a lower environment than the backup's site had, it is sanitised before
 * anybody can reach it, and without cron and mail, as {@link CloneSite} says. It answers over HTTP before it is published, as {@link
 * MigrateSite} says, or is taken back. Other code than the backup was taken with must be of the same application and have what is
 * switched on, in no older state; the database is then updated to what the code expects.
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
