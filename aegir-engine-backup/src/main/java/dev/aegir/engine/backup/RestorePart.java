// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.engine.backup.internal.Room;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One part of a backup is unpacked where it is wanted, as the account whose files these will be. Before a byte lands, the part is
 * proved to be what was stored, every entry of it is inspected, and there is room. Taken back, what was unpacked is gone.
 *
 * @param name the step's name
 * @param stored where the backup is
 * @param part which part
 * @param entries how many entries it has, and may have
 * @param bytes how many bytes its files have, and may have
 * @param strict whether the archive came from elsewhere
 * @param tree where it goes
 */
record RestorePart(String name, Stored stored, Backup.Part part, long entries, long bytes, boolean strict, Tree tree)
        implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                tree.server().value(),
                tree.directory().value(),
                "from " + part.file() + " of the backup " + stored.id()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host source = context.host(stored.server());
        Host target = context.host(tree.server());
        if (context.recall(made(), Boolean.class).isPresent()) {
            clear(context); // Begun before a crash: what is there was never accepted.
        }
        boolean missing = Room.missing(target, tree);
        Archive.prove(source, stored, List.of(part));
        Inspection inspection = new Inspection(strict, tree.paths(), new Inspection.Limits(entries, bytes));
        HostPath archive = stored.complete().child(Archive.file(part));
        Archive.inspect(source, archive, inspection);
        if (inspection.entries() != entries || inspection.bytes() != bytes) {
            throw new DamagedBackupException("The part " + part.name() + " of the backup " + stored + " has "
                    + inspection.entries() + " entries and " + inspection.bytes() + " bytes where " + entries + " and "
                    + bytes + " were stored.");
        }
        inspection.summary().ifPresent(context::log);
        context.remember(made(), missing);
        Room.make(target, tree);
        unpack(context, archive, inspection);
    }

    private void unpack(StepContext context, HostPath archive, Inspection inspection) throws InterruptedException {
        Host source = context.host(stored.server());
        Host target = context.host(tree.server());
        List<String> words = new ArrayList<>(List.of(
                archive.value(), tree.account().orElse(""), tree.directory().value(), String.valueOf(bytes)));
        inspection.leftOut().forEach(name -> words.add("--exclude=" + name));
        Ended ended = stored.server().equals(tree.server())
                ? Programs.once(context, target, "unpack", ArchiveScripts.command("unpack", words("both", words)))
                : Programs.pipe(
                        source,
                        ArchiveScripts.command("unpack", words("send", words)),
                        target,
                        ArchiveScripts.command("unpack", words("unpack", words)));
        if (ended.exit() != 0
                || !ended.well("zstd")
                || !ended.well("tar")
                || ended.ended().getOrDefault("source", 0) != 0) {
            throw new BackupFailedException("The part " + part.name() + " of the backup " + stored
                    + " could not be unpacked into " + tree + ": " + ended.why());
        }
    }

    private static List<String> words(String verb, List<String> others) {
        return Stream.concat(Stream.of(verb), others.stream()).toList();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        clear(context);
    }

    private void clear(StepContext context) throws InterruptedException {
        boolean begun = context.recall(made(), Boolean.class).isPresent();
        if (begun) {
            Programs.stop(context, context.host(tree.server()), "unpack");
            boolean missing = context.recall(made(), Boolean.class).orElse(false);
            Room.clear(context.host(tree.server()), tree, missing);
        }
    }

    private String made() {
        return "backup." + stored.id() + ".restored." + part.name() + "."
                + tree.directory().value().hashCode();
    }
}
