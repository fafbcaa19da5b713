// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.Backup;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;

/** What the inventory has of a backup's parts. */
final class Parts {
    private Parts() {}

    /** The snapshot a part is in. */
    static String snapshot(Backup.Part part) {
        if (!part.sha256().matches("[0-9a-f]{64}") || !part.file().equals(part.sha256())) {
            throw new InvalidValueException("part", part.file(), "it is no snapshot of restic's");
        }
        return part.sha256();
    }

    /** How much there is of a part. */
    static Listing.Count noted(Backup.Contents contents, String part) {
        try {
            return new Listing.Count(
                    Long.parseLong(contents.facts().getOrDefault(part + ".entries", "")),
                    Long.parseLong(contents.facts().getOrDefault(part + ".bytes", "")));
        } catch (NumberFormatException e) {
            throw new RefusedException(
                    "The backup does not say how much it has of " + part + "; it was made by another engine.");
        }
    }
}
