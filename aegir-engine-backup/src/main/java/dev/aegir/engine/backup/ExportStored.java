// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A stored backup is one file, of root's alone: its manifest first, then its parts as they are. What was written is read back
 * before it gets its name.
 *
 * @param name the step's name
 * @param stored where the backup is
 * @param parts its parts
 * @param server where the file goes
 * @param file the file; there must be none
 * @param signers who must have signed it
 */
record ExportStored(
        String name, Stored stored, List<Backup.Part> parts, Name server, HostPath file, List<String> signers)
        implements Step {
    ExportStored {
        parts = List.copyOf(parts);
        signers = List.copyOf(signers);
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Change.Kind.CREATE, server.value(), file.value(), "of the backup " + stored));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        try {
            export(context);
        } catch (DamagedBackupException e) {
            // Or is it only away?
            stored.store().require(context);
            throw e;
        }
    }

    private void export(StepContext context) throws InterruptedException {
        Host source = context.host(stored.server());
        Host target = context.host(server);
        SignedManifest.require(source, stored, signers, parts);
        boolean signed = SignedManifest.read(source, stored).signature().isPresent();
        String done = "";
        if (context.recall(begun(), Boolean.class).isPresent()) {
            // It may have got its name before a crash.
            CommandResult there = target.run(ArchiveScripts.command("export", words("check", signed)));
            done = there.succeeded() ? there.stdout() : "";
        }
        if (done.isEmpty()) {
            Archive.prove(source, stored, parts);
            context.remember(begun(), true);
            done = written(source, target, signed);
        }
        List<String> said = done.lines().toList();
        if (said.size() != 2) {
            throw new BackupFailedException("What was written to " + server + ":" + file + " could not be read back.");
        }
        context.remember(written(), said.get(0));
        context.results(Map.of("export.sha256", said.get(0), "export.bytes", said.get(1)));
    }

    private String written(Host source, Host target, boolean signed) throws InterruptedException {
        List<String> sending = new ArrayList<>(
                List.of("send", stored.complete().value(), stored.id().value(), SignedManifest.MANIFEST));
        if (signed) {
            sending.add(SignedManifest.SIGNATURE);
        }
        parts.forEach(part -> sending.add(Archive.file(part)));
        Ended ended = Programs.pipe(
                source,
                ArchiveScripts.command("export", sending),
                target,
                ArchiveScripts.command("export", words("keep", signed)));
        if (ended.exit() != 0 || !ended.well("tar") || ended.ended().getOrDefault("source", 0) != 0) {
            throw new BackupFailedException(
                    "The backup " + stored + " could not be written to " + server + ":" + file + ": " + ended.why());
        }
        return ended.output();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).isPresent()) {
            CommandResult result = context.host(server)
                    .run(ArchiveScripts.command(
                            "export",
                            "undo",
                            file.value(),
                            part(),
                            context.recall(written(), String.class).orElse("-")));
            if (!result.succeeded()) {
                throw new RefusedException(server + ": " + result.stderr().strip());
            }
        }
    }

    private List<String> words(String verb, boolean signed) {
        List<String> words = new ArrayList<>(List.of(verb, file.value(), part(), SignedManifest.MANIFEST, "-"));
        if (signed) {
            words.addAll(List.of(SignedManifest.SIGNATURE, "-"));
        }
        parts.forEach(part -> words.addAll(List.of(Archive.file(part), part.sha256())));
        return words;
    }

    private String part() {
        return ".aegir-export-" + stored.id();
    }

    private String begun() {
        return "export." + stored.id() + "." + server + "." + file.value().hashCode();
    }

    private String written() {
        return begun() + ".sha256";
    }
}
