// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.engine.backup.internal.Room;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One part of a backup is unpacked where it is wanted, as the account whose files these will be. Before a byte lands there, the part
 * is proved to be what was stored, every entry of it was inspected, then or now, and there is room. What was inspected when it was
 * stored is unpacked beside while it is proved, where that can be ended, and renamed into its place then. Taken back, what was
 * unpacked is gone.
 *
 * @param name the step's name
 * @param stored where the backup is
 * @param part which part
 * @param entries how many entries it has, and may have
 * @param bytes how many bytes its files have, and may have
 * @param strict whether the archive came from elsewhere
 * @param known whether what has its checksums was inspected when it was stored, and may all be unpacked here
 * @param tree where it goes
 * @param layers what it adds to; these are unpacked first
 * @param listed the file that says what comes from which layer; absent when there are none
 * @param protection what opens it, and who must have signed it
 */
record RestorePart(
        String name,
        Stored stored,
        Backup.Part part,
        long entries,
        long bytes,
        boolean strict,
        boolean known,
        Tree tree,
        Layers layers,
        Optional<Backup.Part> listed,
        Protection protection)
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
        try {
            restore(context);
        } catch (DamagedBackupException e) {
            // Or is it only away?
            stored.store().require(context);
            throw e;
        }
    }

    private void restore(StepContext context) throws InterruptedException {
        Host source = context.host(stored.server());
        Host target = context.host(tree.server());
        if (context.recall(made(), Boolean.class).isPresent()) {
            clear(context); // Begun before a crash: what is there was never accepted.
        }
        List<Backup.Part> needed = new ArrayList<>(List.of(part));
        listed.ifPresent(needed::add);
        for (int i = 0; i < layers.number(); i++) {
            needed.add(layers.archive(i));
        }
        SignedManifest.require(source, stored, protection.signers(), needed);
        Opening opening = Opening.of(context, protection.identity(), stored, needed);
        boolean missing = Room.missing(target, tree);
        List<String> leftOut = List.of();
        boolean beside =
                known && needed.stream().allMatch(this::here) && !tree.paths().contains("");
        if (!known) {
            Inspection inspection = inspected(context, opening, needed);
            inspection.summary().ifPresent(context::log);
            leftOut = inspection.leftOut();
        } else if (!beside) {
            Archive.prove(source, stored, needed);
        }
        context.remember(made(), missing);
        if (missing || !beside) {
            Room.make(target, tree); // looks once more: inspecting may have taken long
        }
        if (beside) {
            proved(context, opening, needed);
        } else {
            unpack(context, opening, tree, leftOut);
        }
    }

    private void proved(StepContext context, Opening opening, List<Backup.Part> needed) throws InterruptedException {
        Host host = context.host(tree.server());
        Room.Beside beside = new Room.Beside(host, tree, work());
        beside.make();
        try (Proof proof = Proof.begin(host, stored, needed, unpacking(context))) {
            try {
                unpack(context, opening, beside.tree(), List.of());
            } catch (BackupFailedException e) {
                // Because it was ended, or because of what is wrong with it.
                proof.require();
                throw e;
            }
            proof.require();
        } catch (DamagedBackupException e) {
            beside.clear();
            throw e;
        }
        beside.accept();
    }

    private List<Programs.Begun> unpacking(StepContext context) throws InterruptedException {
        Host target = context.host(tree.server());
        return Stream.concat(IntStream.range(0, layers.number()).mapToObj(String::valueOf), Stream.of(""))
                .map(number -> Programs.begun(context, target, key(number)))
                .toList();
    }

    private void unpack(StepContext context, Opening opening, Tree into, List<String> leftOut)
            throws InterruptedException {
        for (int i = 0; i < layers.number(); i++) {
            unpack(context, opening, layers.archive(i), layers.noted(i, ".bytes"), String.valueOf(i), into, List.of());
        }
        // Last, since it has all directories as they were, and all links.
        unpack(context, opening, part, bytes, "", into, leftOut);
    }

    /** Whether it is unpacked by a program on the server where it lies, which can be ended there. */
    private boolean here(Backup.Part archive) {
        return stored.server().equals(tree.server()) && !Opening.encrypted(archive);
    }

    /** All archives are proved and looked at; what was found in the part's own. */
    private Inspection inspected(StepContext context, Opening opening, List<Backup.Part> needed)
            throws InterruptedException {
        boolean away = opened(part);
        if (away) {
            Archive.prove(context.host(stored.server()), stored, needed);
        }
        // Otherwise all are proved while the first is inspected, which is the largest.
        List<Backup.Part> unproved = away ? List.of() : needed;
        for (int i = 0; i < layers.number(); i++) {
            looked(
                    context,
                    opening,
                    layers.archive(i),
                    new Inspection.Limits(layers.noted(i, ".entries"), layers.noted(i, ".bytes")),
                    i == 0 ? unproved : List.of());
        }
        return looked(
                        context,
                        opening,
                        part,
                        new Inspection.Limits(entries, bytes),
                        layers.number() == 0 ? unproved : List.of())
                .inspection();
    }

    /** Whether it is decrypted elsewhere than it is kept: whoever keeps backups never learns what opens them. */
    private boolean opened(Backup.Part archive) {
        return Opening.encrypted(archive) && !stored.server().equals(tree.server());
    }

    private Archive.Looked looked(
            StepContext context,
            Opening opening,
            Backup.Part archive,
            Inspection.Limits limits,
            List<Backup.Part> proved)
            throws InterruptedException {
        Host source = context.host(stored.server());
        HostPath path = Archive.path(stored, archive);
        Supplier<Inspection> fresh = () -> new Inspection(strict, tree.paths(), limits);
        Archive.Looked looked;
        if (opened(archive)) {
            looked = Archive.inspect(source, path, context.host(tree.server()), opening, fresh.get());
        } else if (strict) {
            looked = Archive.inspectAndProve(source, path, opening, fresh.get(), stored, proved);
        } else {
            looked = Archive.look(source, path, opening, fresh, stored, proved);
        }
        if (looked.entries() != limits.entries() || looked.bytes() != limits.bytes()) {
            throw new DamagedBackupException("The part " + archive.name() + " of the backup " + stored + " has "
                    + looked.entries() + " entries and " + looked.bytes() + " bytes where " + limits.entries()
                    + " and " + limits.bytes() + " were stored.");
        }
        return looked;
    }

    private void unpack(
            StepContext context,
            Opening opening,
            Backup.Part archive,
            long room,
            String number,
            Tree into,
            List<String> leftOut)
            throws InterruptedException {
        Host source = context.host(stored.server());
        Host target = context.host(tree.server());
        List<String> words = new ArrayList<>(List.of(
                Archive.path(stored, archive).value(),
                tree.account().orElse(""),
                into.directory().value(),
                String.valueOf(room),
                number,
                listed.map(file -> Archive.path(stored, file).value()).orElse("")));
        leftOut.forEach(name -> words.add("--exclude=" + name));
        // What a script that is run once reads lies on a disk for a moment.
        Ended ended = here(archive)
                ? Programs.once(context, target, key(number), ArchiveScripts.command("unpack", words("both", words)))
                : Programs.pipe(
                        source,
                        ArchiveScripts.command("unpack", words("send", words)),
                        Input.none(),
                        target,
                        ArchiveScripts.command("unpack", words("unpack", words)),
                        opening.line());
        if (ended.exit() != 0
                || !ended.well("zstd")
                || !ended.well("tar")
                || ended.ended().values().stream().anyMatch(exit -> exit != 0)) {
            throw new BackupFailedException("The part " + archive.name() + " of the backup " + stored
                    + " could not be unpacked into " + tree + ": " + ended.why());
        }
    }

    private static String key(String number) {
        return "unpack" + number;
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
            for (Programs.Begun each : unpacking(context)) {
                each.stop();
            }
            new Room.Beside(context.host(tree.server()), tree, work()).clear();
            boolean missing = context.recall(made(), Boolean.class).orElse(false);
            Room.clear(context.host(tree.server()), tree, missing);
        }
    }

    private String work() {
        return ".unpacked-" + stored.id() + "-" + part.name();
    }

    private String made() {
        return "backup." + stored.id() + ".restored." + part.name() + "."
                + tree.directory().value().hashCode();
    }
}
