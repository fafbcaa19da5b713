// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.Input;
import dev.aegir.model.Backup;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A backup whose parts are stored is complete: its manifest is written, everything is on the disk, and its directory gets the
 * name that only complete ones have.
 *
 * @param name the step's name
 * @param stored where
 * @param backup which
 * @param parts its parts, in order
 * @param protection who can read it, and who has made it
 */
record CompleteBackup(String name, Stored stored, Backup backup, List<String> parts, Protection protection)
        implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Instant at = context.recall(BeginBackup.begun(stored), Instant.class)
                .orElseThrow(() -> new RefusedException("The backup " + stored + " was never begun."));
        List<Backup.Part> all = new ArrayList<>();
        Map<String, String> facts = new TreeMap<>();
        List<String> words = new ArrayList<>(List.of(
                stored.part().value(), stored.complete().value(), stored.id().value()));
        for (String part : parts) {
            StorePart.Kept kept = context.recall(StorePart.kept(stored, part), StorePart.Kept.class)
                    .orElseThrow(
                            () -> new RefusedException("The part " + part + " of " + stored + " was never stored."));
            for (StorePart.File file : kept.files()) {
                all.add(file.part());
                words.addAll(List.of(file.part().file(), file.now()));
            }
            all.addAll(kept.layers().earlier());
            facts.putAll(kept.layers().facts());
            facts.put(part + ".entries", String.valueOf(kept.entries()));
            facts.put(part + ".bytes", String.valueOf(kept.bytes()));
            facts.put(part + ".left-out", String.valueOf(kept.leftOut()));
            if (kept.leftOut() == 0) {
                Layers.within(part, kept.paths(), facts);
            }
            facts.put(part + ".changed-meanwhile", String.valueOf(kept.changed()));
            if (protection.encrypts()) {
                facts.put(part + Layers.RECIPIENTS, String.join(",", protection.recipients()));
                facts.put(part + Layers.SEEN, kept.seen());
            }
        }
        Backup.Contents contents = new Backup.Contents(at, all, facts);
        String manifest = Manifest.of(backup, contents);
        context.host(stored.server())
                .run(
                        ArchiveScripts.command("finish", words),
                        Input.text(signature(context, manifest) + "\n" + manifest))
                .orThrow();
        context.remember(backup.contentsFact(), contents);
    }

    /** In base64; a hyphen when backups are not signed. */
    private String signature(StepContext context, String manifest) {
        if (protection.signing().isEmpty()) {
            return "-";
        }
        SecretRef key = protection.signing().get();
        byte[] text = manifest.getBytes(StandardCharsets.UTF_8);
        byte[] signature = Signatures.sign(key, context.secret(key), text);
        if (!protection.signers().isEmpty() && !Signatures.valid(protection.signers(), text, signature)) {
            throw new RefusedException("The secret " + key + " is not the private key of any of " + protection.signers()
                    + ", so nobody would accept what it signs: set signed-by in the service of " + stored + ".");
        }
        return Base64.getEncoder().encodeToString(signature);
    }
}
