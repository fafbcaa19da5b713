// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;

/**
 * Makes one file of a stored backup, in the documented format, on any server. It is written under another name, read back and
 * compared with the backup's manifest, and then renamed. Its results are {@code export.sha256} and {@code export.bytes}.
 *
 * @param backup the backup's id
 * @param server the server
 * @param file the file; there must be none, and nobody but root may be able to write the directory it is in
 */
public record ExportBackup(Id backup, Name server, HostPath file) implements Task {
    /** Makes it. */
    public ExportBackup {}

    /**
     * By name.
     *
     * @param backup the backup's id
     * @param server the server's name
     * @param file the file's path
     */
    public ExportBackup(Id backup, String server, String file) {
        this(backup, Name.of(server), HostPath.of(file));
    }

    @Override
    public String title() {
        return "export backup " + backup + " to " + server + ":" + file;
    }
}
