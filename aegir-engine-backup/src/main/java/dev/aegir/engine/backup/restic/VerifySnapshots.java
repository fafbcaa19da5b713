// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aegir.engine.backup.BackupFailedException;
import dev.aegir.engine.backup.DamagedBackupException;
import dev.aegir.engine.backup.internal.Entry;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.model.Backup;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A backup is proved to be what it was, where the repository is looked after. When it is not, that is remembered as its
 * {@link Backup#damagedFact} before this fails.
 *
 * @param name the step's name
 * @param repository where it is
 * @param backup which
 * @param level how far
 */
record VerifySnapshots(String name, Repository repository, Backup backup, Backup.Level level) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        try {
            verify(context);
        } catch (DamagedBackupException e) {
            context.remember(backup.damagedFact(), true);
            throw e;
        }
    }

    private void verify(StepContext context) throws InterruptedException {
        Backup.Contents contents = backup.contents()
                .orElseThrow(() -> new DamagedBackupException("The backup " + backup.id() + " was never complete."));
        Restic restic = Restic.keeping(context, repository);
        Set<String> snapshots =
                new TreeSet<>(contents.parts().stream().map(Parts::snapshot).toList());
        String sample = level == Backup.Level.SAMPLE ? repository.tuning().sample() : "";
        for (String snapshot : snapshots) {
            check(context, restic, snapshot, sample);
        }
        if (level == Backup.Level.FULL) {
            Map<String, Listing.Count> read = new TreeMap<>();
            for (String snapshot : snapshots) {
                read.putAll(read(restic, snapshot));
            }
            compare(context, contents, read);
        }
    }

    private void check(StepContext context, Restic restic, String snapshot, String sample) throws InterruptedException {
        Programs.Ended ended = restic.tried("check", List.of(snapshot, sample));
        List<JsonNode> said = Json.lines(ended.output());
        List<String> tags = Tags.of(repository, backup.owner(), backup.id());
        if (said.size() == 1
                && Snapshot.all(said.get(0)).stream()
                        .noneMatch(present ->
                                present.id().equals(snapshot) && present.tags().containsAll(tags))) {
            RequireRepository.require(context, restic, repository);
            throw new DamagedBackupException("The backup " + backup.id() + " is not in " + repository
                    + " any more: there is no snapshot " + snapshot + " that is tagged with " + tags + ".");
        }
        if (ended.complaints().contains("repository contains errors")) {
            throw new DamagedBackupException("The repository " + repository + ", and with it perhaps the backup "
                    + backup.id() + ", is damaged: " + ended.complaints().strip()
                    + "\nTake another backup elsewhere, and find out what happened to this disk.");
        }
        if (ended.exit() != 0 || said.size() != 1) {
            throw new BackupFailedException(
                    restic.host().server() + ": restic could not look at " + repository + ": " + ended.why());
        }
    }

    /** Every byte is decrypted and compared with its checksum on the way. */
    private Map<String, Listing.Count> read(Restic restic, String snapshot) throws InterruptedException {
        Map<String, Listing.Count> read = new TreeMap<>();
        Programs.Ended ended = restic.stream("read", List.of(snapshot), line -> {
            Entry entry = Entry.of(line)
                    .orElseThrow(() -> new BackupFailedException(
                            restic.host().server() + ": tar says what nobody understands: " + line));
            String[] path = entry.name().split("/", 2);
            if (path.length == 2 && !path[1].isEmpty()) {
                read.merge(path[0], Listing.Count.NONE.and(entry.bytes()), (all, one) -> all.and(one.bytes()));
            }
            return true;
        });
        if (!ended.well("restic")) {
            if (ended.complaints().contains("verification failed")
                    || ended.complaints().contains("invalid data")
                    || ended.complaints().contains("does not exist")) {
                throw new DamagedBackupException("The backup " + backup.id() + " in " + repository
                        + " is damaged; after " + read + " it cannot be read on: "
                        + ended.complaints().strip());
            }
            restic.checked(ended);
            throw new BackupFailedException(
                    restic.host().server() + ": the snapshot " + snapshot + " could not be read: " + ended.why());
        }
        return read;
    }

    private void compare(StepContext context, Backup.Contents contents, Map<String, Listing.Count> read) {
        Map<String, String> results = new TreeMap<>();
        for (Backup.Part part : contents.parts()) {
            Listing.Count noted = Parts.noted(contents, part.name());
            Listing.Count found = read.getOrDefault(part.name(), Listing.Count.NONE);
            results.put("verify." + part.name() + ".entries", String.valueOf(found.entries()));
            results.put("verify." + part.name() + ".bytes", String.valueOf(found.bytes()));
            if (!noted.equals(found)) {
                throw new DamagedBackupException("The part " + part.name() + " of the backup " + backup.id() + " in "
                        + repository + " has " + found + " that can be read, where " + noted + " were stored.");
            }
        }
        context.results(results);
    }
}
