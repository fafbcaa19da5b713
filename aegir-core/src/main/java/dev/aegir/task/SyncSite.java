// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;

/**
 * Gives a site the content of another: its database, its files, or both, such as those of the public site to the one for staging. The
 * site stays what it is: its name, id, code, services, credentials, environment and settings. Its source goes on serving meanwhile
 * and is not changed.
 *
 * <p>Everything is brought beside what the site has. Then it is closed, a safety backup is taken when it is bound to a backup service,
 * and one is put in place of the other. It answers over HTTP before it is served again, as {@link MigrateSite} says. When anything fails
 * before that it is as it was; the safety backup stays, and its id is the result {@code backup.id}.
 *
 * <p>Content goes down: into a lower environment, where it is sanitised as {@link CloneSite} does by the settings of the site that gets
 * it, or into an equal one that is not the public's. Up, or over what the public sees, it goes only when that is said, and only to a
 * site that is bound to a backup service.
 *
 * @param source any name of the site that has the content
 * @param target any name of the site that gets it
 * @param content what it gets
 * @param evenUp whether content may go up, or over what the public sees
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 */
public record SyncSite(DomainName source, DomainName target, Content content, boolean evenUp, Id safety)
        implements Task {
    /** What a site gets. */
    public enum Content {
        /** Database and files. */
        ALL,
        /** The database; its own files stay. */
        DATABASE,
        /** The files; its own database stays. */
        FILES
    }

    /** Makes it. */
    public SyncSite {}

    /**
     * Database and files, down.
     *
     * @param source any name of the site that has the content
     * @param target any name of the site that gets it
     */
    public SyncSite(String source, String target) {
        this(DomainName.of(source), DomainName.of(target), Content.ALL, false, Id.next());
    }

    /**
     * This task for a part of the content.
     *
     * @param part what the site gets
     * @return a copy
     */
    public SyncSite only(Content part) {
        return new SyncSite(source, target, part, evenUp, safety);
    }

    /**
     * This task, even if content goes up or over what the public sees.
     *
     * @return a copy
     */
    public SyncSite up() {
        return new SyncSite(source, target, content, true, safety);
    }

    @Override
    public String title() {
        return "sync content of site " + source + " to " + target;
    }
}
