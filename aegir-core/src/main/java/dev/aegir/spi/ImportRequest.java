// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import java.util.List;
import java.util.Optional;

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
 * @param identity the secret that opens what is encrypted in it
 * @param signedBy the public keys of which one must have signed it, with commas between; absent when that is not asked for
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
        long mostBytes,
        Optional<SecretRef> identity,
        Optional<String> signedBy) {
    /** Copies. */
    public ImportRequest {
        rules = List.copyOf(rules);
        directories = List.copyOf(directories);
    }
}
