// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import java.util.Optional;

/**
 * Makes a site what it was when a backup was taken, or a part of it. Everything is brought beside what the site has: a new database,
 * and its files in directories of their own. Then the site is frozen, a safety backup is taken, and one is put in place of the
 * other. When anything fails before that is done, the site is as it was; the safety backup stays in any case, and its id is the
 * result {@code backup.id}.
 *
 * <p>A single path is a file or a directory below one that the site writes, such as {@code files/2026/a.txt}; directories on the
 * way to it must be there, and be no links. A single table is of a database whose engine can switch tables, has no triggers, and no
 * foreign key leads to it or from it: what is left of the others would not fit.
 *
 * <p>Before an enabled site is open again it answers over HTTP, as {@link MigrateSite} says, whatever it answered before: a restore after
 * which it does not is taken back. Where the fault is not in what is restored, the site's setting {@code probe} says {@code off}.
 *
 * <p>A database that was backed up with another codebase must be of the same application; the site's codebase must have what is switched on
 * in it, in no older state, and updates it before the site has to work. A single table is not updated.
 *
 * @param site the site's name
 * @param backup the backup's id; it must be one of this site
 * @param what what is brought back
 * @param part which path, or which table, when it is one; absent otherwise
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 * @param withSafety whether a safety backup is taken; without, a site that is broken beyond being backed up can be restored
 */
public record RestoreSite(DomainName site, Id backup, What what, Optional<String> part, Id safety, boolean withSafety)
        implements Task {
    private static final int LONGEST_TABLE = 64;

    /** What of a site is brought back. */
    public enum What {
        /** Database and files. */
        ALL,
        /** The database; the files stay. */
        DATABASE,
        /** The files; the database stays. */
        FILES,
        /** One file, or one directory with all that is in it. */
        PATH,
        /** One table of the database. */
        TABLE
    }

    /** Validates. */
    public RestoreSite {
        if (part.isPresent() != (what == What.PATH || what == What.TABLE)) {
            throw new InvalidValueException(
                    "part of a site", part.orElse(""), "a path or a table has a name, and nothing else has");
        }
        if (what == What.PATH) {
            part.ifPresent(RestoreSite::requirePath);
        } else {
            part.ifPresent(RestoreSite::requireTable);
        }
    }

    /**
     * More than a single path or table.
     *
     * @param site the site's name
     * @param backup the backup's id
     * @param what what is brought back
     * @param safety the id of the safety backup
     * @param withSafety whether a safety backup is taken
     */
    public RestoreSite(DomainName site, Id backup, What what, Id safety, boolean withSafety) {
        this(site, backup, what, Optional.empty(), safety, withSafety);
    }

    static void requirePath(String path) {
        if (path.isEmpty()) {
            throw new InvalidValueException("path", path, "it is empty");
        }
        HostPath.of("/").resolve(path); // Refuses what would lead out.
    }

    static void requireTable(String name) {
        if (name.isBlank()
                || name.length() > LONGEST_TABLE
                || name.endsWith(" ")
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("table", name, "it is no name of a table");
        }
    }

    /**
     * All of a site.
     *
     * @param site the site's name
     * @param backup the backup's id
     * @return the task
     */
    public static RestoreSite of(String site, Id backup) {
        return new RestoreSite(DomainName.of(site), backup, What.ALL, Id.next(), true);
    }

    /**
     * This task for a part of the site.
     *
     * @param whole what is brought back: all, the database or the files
     * @return a copy
     */
    public RestoreSite only(What whole) {
        return new RestoreSite(site, backup, whole, safety, withSafety);
    }

    /**
     * This task for one file or directory; everything else stays.
     *
     * @param path the path below the site's own directory, such as {@code files/2026/a.txt}
     * @return a copy
     */
    public RestoreSite onlyPath(String path) {
        return new RestoreSite(site, backup, What.PATH, Optional.of(path), safety, withSafety);
    }

    /**
     * This task for one table; everything else stays.
     *
     * @param table its name
     * @return a copy
     */
    public RestoreSite onlyTable(String table) {
        return new RestoreSite(site, backup, What.TABLE, Optional.of(table), safety, withSafety);
    }

    /**
     * This task without a safety backup, for a site that cannot be backed up any more. What the site has is lost then.
     *
     * @return a copy
     */
    public RestoreSite withoutSafetyBackup() {
        return new RestoreSite(site, backup, what, part, safety, false);
    }

    @Override
    public String title() {
        return "restore " + part.map(name -> name + " of ").orElse("") + "site " + site + " from backup " + backup;
    }
}
