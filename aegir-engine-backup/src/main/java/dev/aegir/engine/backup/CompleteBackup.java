// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.Input;
import dev.aegir.model.Backup;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.ArrayList;
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
 */
record CompleteBackup(String name, Stored stored, Backup backup, List<String> parts) implements Step {
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
            facts.put(part + ".changed-meanwhile", String.valueOf(kept.changed()));
        }
        Backup.Contents contents = new Backup.Contents(at, all, facts);
        context.host(stored.server())
                .run(ArchiveScripts.command("finish", words), Input.text(Manifest.of(backup, contents)))
                .orThrow();
        context.remember(backup.contentsFact(), contents);
    }
}
