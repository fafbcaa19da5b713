// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Gives a site the content of another: its database, its files, or both, such as those of the public site to the one for staging. The
 * site stays what it is: its name, id, code, services, credentials, environment and settings. Its source goes on serving meanwhile
 * and is not changed.
 *
 * <p>Everything is brought beside what the site has. Then it is closed, a safety backup is taken when it is bound to a backup service,
 * and one is put in place of the other. It answers over HTTP before it is served again, as {@link MigrateSite} says. When anything fails
 * before that it is as it was; the safety backup stays, and its id is the result {@code backup.id}.
 *
 * <p>Single tables are brought by {@link #onlyTables}, everything but single tables by {@link #exceptTables}: all of them or none. The
 * source's whole database is brought beside, gets the site's name, is updated and sanitised as it would be otherwise; then the tables
 * change places while the site is closed. Where its application can, its caches are cleared. That needs a database whose engine can
 * switch tables ({@link dev.aegir.spi.TableEngine}), and tables that no foreign key leads to or from. A table that the source does not
 * have, or that the site does not have and shall keep, is refused before anything is made. What other tables say of the rows of these is
 * not looked at.
 *
 * <p>A single file or directory is brought by {@link #onlyPath}; the directories on the way to it must be there, and be no links.
 *
 * <p>Content goes down: into a lower environment, where it is sanitised as {@link CloneSite} does by the settings of the site that gets
 * it, or into an equal one that is not the public's. Up, or over what the public sees, it goes only when that is said, and only to a
 * site that is bound to a backup service.
 *
 * @param source any name of the site that has the content
 * @param target any name of the site that gets it
 * @param content what it gets
 * @param tables which tables of the database; absent for all
 * @param path which file or directory, such as {@code files/2026}; absent for all files
 * @param evenUp whether content may go up, or over what the public sees
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 */
public record SyncSite(
        DomainName source,
        DomainName target,
        Content content,
        Optional<Tables> tables,
        Optional<String> path,
        boolean evenUp,
        Id safety)
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

    /**
     * Some tables of a database.
     *
     * @param kept whether these are what the site keeps, and the others are brought; otherwise these are brought
     * @param names their names; at least one, none twice
     */
    public record Tables(boolean kept, List<String> names) {
        /** Validates and copies. */
        public Tables {
            names = List.copyOf(names);
            names.forEach(RestoreSite::requireTable);
            if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
                throw new InvalidValueException("tables", names.toString(), "name at least one, and none twice");
            }
        }
    }

    /** Validates. */
    public SyncSite {
        path.ifPresent(RestoreSite::requirePath);
        if (content == Content.FILES && tables.isPresent() || content == Content.DATABASE && path.isPresent()) {
            throw new InvalidValueException(
                    "content", content.toString(), "tables are of the database, and paths are of the files");
        }
    }

    /**
     * Database and files, down.
     *
     * @param source any name of the site that has the content
     * @param target any name of the site that gets it
     */
    public SyncSite(String source, String target) {
        this(
                DomainName.of(source),
                DomainName.of(target),
                Content.ALL,
                Optional.empty(),
                Optional.empty(),
                false,
                Id.next());
    }

    /**
     * This task for a part of the content.
     *
     * @param part what the site gets
     * @return a copy
     */
    public SyncSite only(Content part) {
        return new SyncSite(source, target, part, tables, path, evenUp, safety);
    }

    /**
     * This task for some tables; all others stay, and so do the files but for an {@link #onlyPath}.
     *
     * @param names the names of the tables
     * @return a copy
     */
    public SyncSite onlyTables(String... names) {
        return new SyncSite(
                source,
                target,
                path.isPresent() ? Content.ALL : Content.DATABASE,
                Optional.of(new Tables(false, List.of(names))),
                path,
                evenUp,
                safety);
    }

    /**
     * This task for all tables but some, which stay as the site has them.
     *
     * @param names the names of the tables
     * @return a copy
     */
    public SyncSite exceptTables(String... names) {
        return new SyncSite(
                source, target, content, Optional.of(new Tables(true, List.of(names))), path, evenUp, safety);
    }

    /**
     * This task for one file or directory; all others stay, and so does the database but for what tables were named.
     *
     * @param name the path below the site's own directory, such as {@code files/2026}
     * @return a copy
     */
    public SyncSite onlyPath(String name) {
        return new SyncSite(
                source,
                target,
                tables.isPresent() ? Content.ALL : Content.FILES,
                tables,
                Optional.of(name),
                evenUp,
                safety);
    }

    /**
     * This task, even if content goes up or over what the public sees.
     *
     * @return a copy
     */
    public SyncSite up() {
        return new SyncSite(source, target, content, tables, path, true, safety);
    }

    @Override
    public String title() {
        return "sync content of site " + source + " to " + target;
    }
}
