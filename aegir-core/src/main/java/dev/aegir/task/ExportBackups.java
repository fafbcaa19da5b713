// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import java.util.HashSet;
import java.util.List;

/**
 * Makes a directory of several stored backups, of sites and of codebases, on any server: one file of each, as {@link ExportBackup}
 * makes it, called by its id, and an index of them, {@code index.json}, in the documented format. {@link ImportSite} compares a file
 * that lies beside such an index with what that says. All of it comes or nothing. Results: {@code export.files}, {@code export.bytes}
 * of all of them, and {@code export.sha256} of the index.
 *
 * @param backups the ids of the backups; at least one, none twice
 * @param server the server
 * @param directory the directory; it must be missing, and nobody but root may be able to write the one that it is in
 */
public record ExportBackups(List<Id> backups, Name server, HostPath directory) implements Task {
    /** Validates and copies. */
    public ExportBackups {
        backups = List.copyOf(backups);
        if (backups.isEmpty() || new HashSet<>(backups).size() < backups.size()) {
            throw new InvalidValueException("backups", backups.toString(), "name at least one, and none twice");
        }
    }

    /**
     * By name.
     *
     * @param backups the ids of the backups
     * @param server the server's name
     * @param directory the directory's path
     */
    public ExportBackups(List<Id> backups, String server, String directory) {
        this(backups, Name.of(server), HostPath.of(directory));
    }

    @Override
    public String title() {
        return "export " + backups.size() + " backups to " + server + ":" + directory;
    }
}
