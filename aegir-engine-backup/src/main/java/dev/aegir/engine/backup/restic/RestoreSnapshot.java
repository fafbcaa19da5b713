// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.engine.backup.BackupFailedException;
import dev.aegir.engine.backup.DamagedBackupException;
import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Room;
import dev.aegir.engine.backup.internal.Scripts;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;

/**
 * One part of a snapshot is brought where it is wanted. Its id, which the inventory has, is a checksum over all that was backed up
 * here, and restic compares every byte with it. It writes into a directory beside that only this account can look into, and may
 * make no device there; only what was inspected there, and is as much as was stored, gets its owner and is renamed into its place.
 * Taken back, what was brought is gone.
 *
 * @param name the step's name
 * @param repository where the backup is
 * @param id the backup's id
 * @param part which part
 * @param snapshot the snapshot it is in
 * @param entries how many entries it has
 * @param bytes how many bytes its files have
 * @param tree where it goes
 */
record RestoreSnapshot(
        String name, Repository repository, Id id, String part, String snapshot, long entries, long bytes, Tree tree)
        implements Step {
    /** The kernel lets nobody make devices in it. */
    private static final List<String> WITHOUT_DEVICES =
            List.of("setpriv", "--inh-caps=-mknod", "--bounding-set=-mknod", "--");

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                tree.server().value(),
                tree.directory().value(),
                "from " + part + " of the backup " + id));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).isPresent()) {
            clear(context); // Begun before a crash: what is there was never accepted.
        }
        Restic restic = Restic.on(context, repository, tree.server());
        boolean missing = Room.missing(restic.host(), tree);
        context.remember(made(), missing);
        if (missing) {
            Room.make(restic.host(), tree);
        }
        bring(restic);
        Inspection inspection = inspect(restic.host());
        inspection.summary().ifPresent(context::log);
        accept(restic.host(), inspection.leftOut());
    }

    private void bring(Restic restic) throws InterruptedException {
        Programs.Ended ended = restic.once(
                "restore",
                WITHOUT_DEVICES,
                "restore",
                List.of(snapshot, part, tree.directory().value(), work(), String.valueOf(bytes)));
        if (ended.exit() == 0) {
            return;
        }
        if (ended.complaints().contains("no matching ID found")) {
            throw new DamagedBackupException("The backup " + id + " is not in " + repository
                    + " any more: there is no snapshot " + snapshot + ".");
        }
        String what = "The part " + part + " of the backup " + id + " in " + repository + " could not be brought to "
                + tree + ": " + ended.why();
        throw ended.complaints().contains("verification failed")
                        || ended.complaints().contains("invalid data returned")
                ? new DamagedBackupException(what)
                : new BackupFailedException(what);
    }

    private Inspection inspect(Host host) throws InterruptedException {
        Staged staged = new Staged(new Inspection(false, tree.paths(), Inspection.Limits.NONE));
        Programs.Ended ended = Programs.run(
                host,
                Scripts.command(
                        Restic.class,
                        "restic",
                        List.of("list"),
                        List.of(tree.directory().child(work()).child(part).value())),
                staged::next);
        if (ended.exit() != 0 || !ended.well("find") || !staged.whole()) {
            throw new BackupFailedException(
                    host.server() + ": what was brought to " + tree + " cannot be looked at: " + ended.why());
        }
        Listing.Count noted = new Listing.Count(entries, bytes);
        if (!staged.count().equals(noted)) {
            throw new DamagedBackupException("The part " + part + " of the backup " + id + " in " + repository + " has "
                    + staged.count() + " where " + noted + " were stored.");
        }
        return staged.inspection();
    }

    private void accept(Host host, List<String> leftOut) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                tree.directory().child(work()).child(part).value(),
                tree.directory().value(),
                tree.account().orElse(""),
                String.valueOf(leftOut.size())));
        words.addAll(leftOut);
        words.addAll(tree.paths());
        CommandResult result = host.run(Scripts.command(Restic.class, "restic", List.of("accept"), words));
        if (!result.succeeded()) {
            throw new BackupFailedException(host.server() + ": what was brought to " + tree
                    + " could not be put into its place: " + result.stderr().strip());
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        clear(context);
    }

    private void clear(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).isEmpty()) {
            return;
        }
        Host host = context.host(tree.server());
        Programs.stop(context, host, "restore");
        HostPath work = tree.directory().child(work());
        host.run(Scripts.command(Restic.class, "restic", List.of("clear"), List.of(work.value())))
                .orThrow();
        Room.clear(host, tree, context.recall(made(), Boolean.class).orElse(false));
    }

    private String work() {
        return ".restic-" + id + "-" + part;
    }

    private String made() {
        return "backup." + id + ".restored." + part + "."
                + tree.directory().value().hashCode();
    }
}
