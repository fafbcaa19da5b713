// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import java.util.List;

/**
 * An archive that was made elsewhere, for whoever takes it apart.
 *
 * @param site the id of the site it becomes
 * @param server the server it lies on
 * @param file the archive, or a directory that the engine itself has stored
 * @param rules the formats it may have, beside the engine's own
 * @param own whether it may have the engine's own
 * @param directories the directories that the site writes
 * @param database whether the site has a database
 * @param mostEntries how many files, directories and links may be in it
 * @param mostBytes how many bytes all its files may come to
 */
public record ImportRequest(
        Id site,
        Name server,
        HostPath file,
        List<ImportRules> rules,
        boolean own,
        List<String> directories,
        boolean database,
        long mostEntries,
        long mostBytes) {
    /** Copies. */
    public ImportRequest {
        rules = List.copyOf(rules);
        directories = List.copyOf(directories);
    }
}
