// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A copy of what a site or a codebase consists of, kept elsewhere: what was taken, when, where it went, how consistent it is,
 * and how far it was verified. Immutable.
 *
 * @param id its identity, stamped on what is stored
 * @param owner the id of the site or codebase
 * @param title how people called it then
 * @param service the backup service that keeps it
 * @param reason why it was made
 * @param consistency whether the site was written meanwhile
 * @param site the site as it was; absent for a codebase's backup
 * @param base the backup that this one adds to, when it holds differences only
 * @param contents what is in it; absent until it is complete
 * @param verified how far it was verified, and when
 */
public record Backup(
        Id id,
        Id owner,
        String title,
        ServiceRef service,
        Reason reason,
        Consistency consistency,
        Optional<Site> site,
        Optional<Id> base,
        Optional<Contents> contents,
        Optional<Verified> verified)
        implements Resource {
    /** Why a backup was made. */
    public enum Reason {
        /** Somebody wanted it. */
        MANUAL,
        /** It was time. */
        SCHEDULED,
        /** Something else was about to change the site; a failure of that never deletes it. */
        SAFETY,
        /** It came from elsewhere: nothing in it is trusted. */
        IMPORTED
    }

    /** Whether what was taken is of one moment. */
    public enum Consistency {
        /** Nobody could write the site meanwhile. */
        FROZEN,
        /** The site was served meanwhile: its database is of one moment, its files of a later one. */
        LIVE
    }

    /** How far a backup was verified; each level includes those before it. */
    public enum Level {
        /** All parts are there, with the sizes and checksums that were recorded. */
        STRUCTURE,
        /** Some of it was read back and compared. */
        SAMPLE,
        /** All of it was read back, unpacked and compared. */
        FULL,
        /** It was restored into a site of its own, which answered, and was removed again. */
        DRILL
    }

    /**
     * When what was proved.
     *
     * @param level how far
     * @param at when
     */
    public record Verified(Level level, Instant at) {
        /** Makes it. */
        public Verified {}
    }

    /**
     * One stored part.
     *
     * @param name what it holds, such as {@code database}
     * @param file the name of the stored file
     * @param bytes its length
     * @param sha256 its checksum, in hexadecimal
     */
    public record Part(String name, String file, long bytes, String sha256) {
        /** Makes it. */
        public Part {}
    }

    /**
     * What is in a backup.
     *
     * @param at when it was begun
     * @param parts its parts by name
     * @param facts what was noted about it, such as {@code database.tables}
     */
    public record Contents(Instant at, List<Part> parts, Map<String, String> facts) {
        /** Copies. */
        public Contents {
            parts = List.copyOf(parts);
            facts = Collections.unmodifiableMap(new TreeMap<>(facts));
        }

        /**
         * A part.
         *
         * @param name what it holds
         * @return the part, if there is one
         */
        public Optional<Part> part(String name) {
            return parts.stream().filter(part -> part.name().equals(name)).findFirst();
        }
    }

    /** Makes it. */
    public Backup {}

    /**
     * The name of the fact that an engine remembers when it has taken a backup completely: its {@link Contents}.
     *
     * @return the fact's name
     */
    public String contentsFact() {
        return "backup." + id + ".contents";
    }

    /**
     * The name of the fact that an engine remembers, as {@code true}, when it finds that this backup is not what was stored.
     *
     * @return the fact's name
     */
    public String damagedFact() {
        return "backup." + id + ".damaged";
    }

    /**
     * This backup, complete.
     *
     * @param taken what is in it
     * @return a copy
     */
    public Backup complete(Contents taken) {
        return new Backup(id, owner, title, service, reason, consistency, site, base, Optional.of(taken), verified);
    }

    /**
     * This backup, which adds to an earlier one.
     *
     * @param earlier the earlier one, of the same owner
     * @return a copy
     */
    public Backup on(Backup earlier) {
        return new Backup(
                id, owner, title, service, reason, consistency, site, Optional.of(earlier.id()), contents, verified);
    }

    /**
     * This backup, verified.
     *
     * @param how how far, and when
     * @return a copy; a lower level than before does not lower it
     */
    public Backup verified(Verified how) {
        boolean less = verified.isPresent() && verified.get().level().compareTo(how.level()) > 0;
        return less
                ? this
                : new Backup(id, owner, title, service, reason, consistency, site, base, contents, Optional.of(how));
    }

    /**
     * This backup, which was found damaged.
     *
     * @return a copy that is not verified at all
     */
    public Backup unverified() {
        return new Backup(id, owner, title, service, reason, consistency, site, base, contents, Optional.empty());
    }

    /**
     * When it was taken.
     *
     * @return when, if it is complete
     */
    public Optional<Instant> at() {
        return contents.map(Contents::at);
    }
}
