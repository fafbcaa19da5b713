// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.engine.backup.internal.Room;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A tree is stored as one part of a backup that is not complete yet: an archive, and the checksum of every file as it was on the
 * source, so that a comparison later proves the whole way. The archive is read back to its end before it counts.
 *
 * @param name the step's name
 * @param stored where
 * @param part what it is called
 * @param tree what is stored
 * @param frozen whether nobody can write the tree meanwhile
 * @param level how hard it is compressed, 1 to 19
 */
record StorePart(String name, Stored stored, String part, Tree tree, boolean frozen, int level) implements Step {
    /**
     * What was stored.
     *
     * @param archive the archive
     * @param sums the checksums
     * @param archiveNow what the archive is called for now
     * @param sumsNow what the file of checksums is called for now
     * @param entries how many files, directories and links
     * @param bytes the length of all files
     * @param leftOut how many entries no restore will bring back
     * @param changed whether files were written meanwhile
     */
    record Kept(
            Backup.Part archive,
            Backup.Part sums,
            String archiveNow,
            String sumsNow,
            long entries,
            long bytes,
            int leftOut,
            boolean changed) {}

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                stored.server().value(),
                stored.complete().child(part + ".tar.zst").value(),
                "of " + tree));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        // What was begun before a crash may still be writing, and so has a name of its own.
        String suffix = "." + context.attempt();
        String archive = part + ".tar.zst";
        String sums = part + ".sums.zst";
        Result files = store(context, archive + suffix, "files");
        Result checksums = store(context, sums + suffix, "sums");
        Inspection inspection = new Inspection(false, tree.paths(), Inspection.Limits.NONE);
        Archive.inspect(context.host(stored.server()), stored.part().child(archive + suffix), inspection);
        inspection.summary().ifPresent(context::log);
        if (files.changed()) {
            context.log("files of " + tree + " were written while they were read");
        }
        context.remember(
                kept(stored, part),
                new Kept(
                        new Backup.Part(part, archive, files.bytes(), files.sha256()),
                        new Backup.Part(part + Archive.SUMS, sums, checksums.bytes(), checksums.sha256()),
                        archive + suffix,
                        sums + suffix,
                        inspection.entries(),
                        inspection.bytes(),
                        inspection.leftOut().size(),
                        files.changed() || checksums.changed()));
        context.results(Map.of(
                "backup." + part + ".entries", String.valueOf(inspection.entries()),
                "backup." + part + ".bytes", String.valueOf(inspection.bytes()),
                "backup." + part + ".stored", String.valueOf(files.bytes())));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        for (String what : List.of("files", "sums")) {
            Programs.stop(context, context.host(stored.server()), what);
        }
    }

    static String kept(Stored stored, String part) {
        return "backup." + stored.id() + ".part." + part;
    }

    private record Result(String sha256, long bytes, boolean changed) {}

    private Result store(StepContext context, String file, String what) throws InterruptedException {
        HostPath path = stored.part().child(file);
        Host target = context.host(stored.server());
        Ended ended = tree.server().equals(stored.server())
                ? Programs.once(context, target, what, command("both", path, what))
                : Programs.pipe(
                        context.host(tree.server()), command("pack", path, what), target, command("keep", path, what));
        // tar: 1 is for files that were written or removed meanwhile, and so is it with find.
        int read = ended.ended().getOrDefault(what, -1);
        boolean changed = read == 1 && !frozen;
        boolean whole = (read == 0 || changed)
                && ended.exit() == 0
                && List.of("zstd", "tee", "sha256sum", "sync").stream().allMatch(ended::well)
                && ended.ended().getOrDefault("source", 0) == 0;
        List<String> output = ended.output().lines().toList();
        if (!whole
                || output.size() != 2
                || !output.get(0).matches("[0-9a-f]{64} +-")
                || !output.get(1).matches("[0-9]{1,18}")) {
            throw new BackupFailedException("The " + what + " of " + tree + " could not be stored on " + stored.server()
                    + ": " + ended.why()
                    + (read == 1 && frozen ? " (nobody should be able to write them while the site is frozen)" : ""));
        }
        return new Result(output.get(0).substring(0, 64), Long.parseLong(output.get(1)), changed);
    }

    private Command command(String verb, HostPath path, String what) {
        List<String> words = new ArrayList<>(List.of(
                verb,
                path.value(),
                what,
                String.valueOf(level),
                tree.account().orElse(""),
                tree.directory().value()));
        words.addAll(Room.paths(tree.paths()));
        return ArchiveScripts.command("store", words);
    }
}
