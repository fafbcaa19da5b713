// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.Backup;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A backup whose snapshots are made is complete.
 *
 * @param name the step's name
 * @param backup which
 * @param servers where its trees are
 */
record CompleteSnapshots(String name, Backup backup, List<Name> servers) implements Step {
    CompleteSnapshots {
        servers = List.copyOf(servers);
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        Instant at = context.recall(TakeSnapshot.begun(backup.id()), Instant.class)
                .orElseThrow(() -> new RefusedException("The backup " + backup.id() + " was never begun."));
        List<Backup.Part> parts = new ArrayList<>();
        Map<String, String> facts = new TreeMap<>();
        for (Name server : servers) {
            TakeSnapshot.Kept kept = context.recall(TakeSnapshot.kept(backup.id(), server), TakeSnapshot.Kept.class)
                    .orElseThrow(() -> new RefusedException(
                            "What the backup " + backup.id() + " has of " + server + " was never stored."));
            kept.entries().forEach((part, entries) -> {
                long bytes = kept.bytes().getOrDefault(part, 0L);
                parts.add(new Backup.Part(part, kept.snapshot(), bytes, kept.snapshot()));
                facts.put(part + ".entries", String.valueOf(entries));
                facts.put(part + ".bytes", String.valueOf(bytes));
                facts.put(part + ".changed-meanwhile", String.valueOf(kept.changed()));
            });
        }
        parts.sort(Comparator.comparing(Backup.Part::name));
        context.remember(backup.contentsFact(), new Backup.Contents(at, parts, facts));
    }
}
