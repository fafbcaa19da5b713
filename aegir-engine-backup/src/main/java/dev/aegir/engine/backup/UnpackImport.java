// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.FoundArchive.Piece;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.engine.backup.internal.Room;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.spi.ImportRequest;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;

/**
 * What was found in an archive from elsewhere is in the empty directories that are for it, as their account.
 *
 * @param name the step's name
 * @param request the archive
 * @param tree the directories
 */
record UnpackImport(String name, ImportRequest request, Tree tree) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                tree.server().value(),
                tree.directory().value(),
                "from " + request.server() + ":" + request.file()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).isPresent()) {
            Room.clear(
                    context.host(tree.server()),
                    tree,
                    false); // Begun before a crash: what is there was never accepted.
        }
        Room.missing(context.host(tree.server()), tree); // refuses what is not empty
        context.remember(begun(), true);
        for (Piece piece : LookAtImport.found(context, request).pieces()) {
            unpack(context, piece);
        }
    }

    private void unpack(StepContext context, Piece piece) throws InterruptedException {
        if (!tree.paths().contains(piece.target())) {
            throw new RefusedException("The archive " + request.file() + " has files for " + piece.target() + ", and "
                    + tree.title() + " writes only " + tree.paths() + ".");
        }
        // The oldest first; the last of them has all directories and links.
        for (int i = 0; i < piece.layers().size(); i++) {
            List<String> which = new ArrayList<>(List.of(piece.tree(), String.valueOf(i), piece.prefix()));
            which.addAll(piece.without());
            unpack(context, piece, "layer", piece.layers().get(i), which);
        }
        unpack(context, piece, "tree", piece.inner(), List.of());
    }

    private void unpack(StepContext context, Piece piece, String verb, String inner, List<String> which)
            throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                verb,
                tree.account().orElse(""),
                tree.directory().child(piece.target()).value(),
                String.valueOf(piece.bytes()),
                String.valueOf(piece.components()),
                piece.prefix()));
        piece.without().forEach(each -> words.add("--exclude=" + each));
        Host source = context.host(request.server());
        Ended ended = Programs.pipe(
                source,
                ForeignArchive.reading(request, verb, inner, which.toArray(String[]::new)),
                Opening.of(context, request.identity(), request.file(), inner, piece.tree())
                        .line(),
                context.host(tree.server()),
                ArchiveScripts.command("land", words),
                Input.none());
        if (ended.exit() != 0
                || !List.of("open", "pack", "zstd", "tar", "modes").stream().allMatch(ended::well)
                || ended.ended().getOrDefault("source", 0) != 0) {
            throw new BackupFailedException("The files " + piece.prefix() + " of " + request.server() + ":"
                    + request.file() + " could not be unpacked into " + tree + ": " + ended.why());
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).isPresent()) {
            Room.clear(context.host(tree.server()), tree, false);
        }
    }

    private String begun() {
        return "import." + request.site() + ".unpacked";
    }
}
