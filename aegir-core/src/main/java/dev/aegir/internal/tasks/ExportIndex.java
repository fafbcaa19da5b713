// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Json;
import dev.aegir.model.Backup;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Site;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What lies in a directory of exported backups, as it is written there.
 *
 * @param format what it is
 * @param version of its format
 * @param backups what there is
 */
record ExportIndex(String format, int version, List<Entry> backups) {
    static final String FILE = "index.json";
    private static final String FORMAT = "aegir-export";
    private static final int VERSION = 1;

    /** Copies; what somebody has written may lack anything. */
    ExportIndex {
        backups = List.copyOf(backups);
    }

    /**
     * One file.
     *
     * @param file its name
     * @param bytes its length
     * @param sha256 its checksum
     * @param what what it is of
     */
    record Entry(String file, long bytes, String sha256, What what) {
        Entry {
            Objects.requireNonNull(file);
            Objects.requireNonNull(sha256);
            Objects.requireNonNull(what);
        }
    }

    /**
     * What a backup is of.
     *
     * @param backup the backup's id
     * @param owner the id of the site or codebase
     * @param title how people call that
     * @param at when the backup was begun
     * @param site who the site was; absent for a codebase
     */
    record What(Id backup, Id owner, String title, Optional<Instant> at, Optional<Was> site) {
        static What of(Backup backup) {
            return new What(
                    backup.id(),
                    backup.owner(),
                    backup.title(),
                    backup.contents().map(Backup.Contents::at),
                    backup.site().map(Was::of));
        }
    }

    /**
     * Who a site was.
     *
     * @param name its name
     * @param codebase its codebase
     * @param environment its environment
     */
    record Was(DomainName name, Name codebase, Environment environment) {
        static Was of(Site site) {
            return new Was(site.name(), site.codebase(), site.environment());
        }
    }

    static ExportIndex of(List<Entry> entries) {
        return new ExportIndex(FORMAT, VERSION, entries);
    }

    /** What somebody has written, if it is such an index. */
    static Optional<ExportIndex> read(String json) {
        try {
            ExportIndex index = Json.read(json, ExportIndex.class);
            return FORMAT.equals(index.format) ? Optional.of(index) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
