// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The manifest that lies beside stored parts, byte for byte, and its signature; both in base64.
 *
 * @param text the manifest
 * @param signature the signature, if there is one
 */
record SignedManifest(String text, Optional<String> signature) {
    /** The name of its file. */
    static final String MANIFEST = "manifest.json";

    /** The name of its signature's file. */
    static final String SIGNATURE = "manifest.json.sig";

    /** Reads that of a complete backup. */
    static SignedManifest read(Host host, Stored stored) throws InterruptedException {
        Programs.Ended ended = Programs.run(
                host,
                ArchiveScripts.command(
                        "manifest", stored.complete().value(), stored.id().value()));
        List<String> lines = ended.output().lines().toList();
        if (ended.exit() != 0 || lines.size() != 2) {
            throw new DamagedBackupException("The backup " + stored + " has no manifest that can be read: "
                    + ended.complaints().strip());
        }
        return of(lines.get(1), lines.get(0));
    }

    /** As scripts print them. */
    static SignedManifest of(String text, String signature) {
        return new SignedManifest(text, Optional.of(signature).filter(each -> !each.equals("-")));
    }

    /** What it says, when it is signed as it must be. */
    Manifest.Found found(Object backup, List<String> signers) {
        if (!signers.isEmpty()) {
            String signed = signature.orElseThrow(() -> new ForgedBackupException("The backup " + backup
                    + " is not signed, and must be. It was made before backups were signed, or somebody else has made"
                    + " it. Nothing was changed."));
            if (!Signatures.valid(signers, bytes(text), bytes(signed))) {
                throw new ForgedBackupException("The backup " + backup + " is not signed by any of " + signers
                        + ", or its manifest was changed since. Nothing was changed. Use another, and see who can write"
                        + " there.");
            }
        }
        return Manifest.read(new String(bytes(text), StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    /** That the backup of this id and owner was signed with exactly these parts, if it must be signed at all. */
    static void require(Host host, Stored stored, List<String> signers, Collection<Backup.Part> parts)
            throws InterruptedException {
        if (signers.isEmpty()) {
            return;
        }
        Manifest.Found found = read(host, stored).found(stored, signers);
        if (!found.id().equals(stored.id().value())
                || !found.owner().equals(stored.owner().value())) {
            throw new ForgedBackupException("What lies in place of the backup " + stored + " is the backup "
                    + found.id() + " of " + found.owner() + ", and signed as that. Nothing was changed.");
        }
        if (!found.contents().parts().containsAll(parts)) {
            throw new ForgedBackupException("The backup " + stored
                    + " was signed with other parts than the inventory knows of. Nothing was changed.");
        }
    }
}
