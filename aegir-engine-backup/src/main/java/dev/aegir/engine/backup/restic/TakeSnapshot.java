// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aegir.engine.backup.BackupFailedException;
import dev.aegir.engine.backup.DamagedBackupException;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Room;
import dev.aegir.engine.backup.internal.Scripts;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The trees of one server are one snapshot, which was read back: its directories by restic or, where the repository is a directory
 * of the same server and the trees were still, all files that the repository has got for it. Taken back, it is forgotten, unless the backup came
 * into the inventory: then it is of use whatever else has failed.
 *
 * @param name the step's name
 * @param repository where it goes
 * @param owner whose backup it is
 * @param id the backup's id
 * @param frozen whether nobody can write the trees meanwhile
 * @param server where the trees are
 * @param parts the trees, by what they are
 */
record TakeSnapshot(
        String name, Repository repository, Id owner, Id id, boolean frozen, Name server, Map<String, Tree> parts)
        implements Step {
    /** How often a snapshot is tried of what is removed while it is read. */
    private static final int TRIES = 3;

    /** What is mounted is for this alone. */
    private static final List<String> IN_VIEW = List.of("unshare", "--mount", "--propagation", "private", "--");

    /** Of restic: nothing was made. */
    private static final int FATAL = 1;

    private static final int UNREADABLE = 3;
    private static final int ENOENT = 2;

    TakeSnapshot {
        parts = Collections.unmodifiableMap(new TreeMap<>(parts));
    }

    /**
     * What was stored.
     *
     * @param snapshot its id
     * @param entries how many files, directories and links, by part
     * @param bytes the length of all files, by part
     * @param changed whether something was written meanwhile
     */
    record Kept(String snapshot, Map<String, Long> entries, Map<String, Long> bytes, boolean changed) {
        Kept {
            entries = Collections.unmodifiableMap(new TreeMap<>(entries));
            bytes = Collections.unmodifiableMap(new TreeMap<>(bytes));
        }
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                repository.server().value(),
                repository + ", backup " + id,
                "of " + String.join(", ", parts.keySet()) + " on " + server));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (context.recall(begun(id), Instant.class).isEmpty()) {
            context.remember(begun(id), context.now());
        }
        Restic restic = Restic.on(context, repository, server);
        Optional<Kept> found = context.attempt() > 1 ? found(context, restic) : Optional.empty();
        Kept kept = found.isPresent() ? found.get() : taken(context, restic);
        context.remember(kept(id, server), kept);
        Map<String, String> results = new TreeMap<>();
        for (String part : parts.keySet()) {
            results.put(
                    "backup." + part + ".entries", String.valueOf(kept.entries().get(part)));
            results.put("backup." + part + ".bytes", String.valueOf(kept.bytes().get(part)));
        }
        context.results(results);
    }

    /** What was made before a crash is not made twice, when it has all there is. */
    private Optional<Kept> found(StepContext context, Restic restic) throws InterruptedException {
        stop(context, restic);
        List<String> snapshots = Tags.find(restic, tags(), true);
        if (snapshots.size() == 1) {
            Kept kept = listed(restic, snapshots.get(0), !frozen);
            boolean whole = true;
            for (Map.Entry<String, Tree> part : parts.entrySet()) {
                whole &= entries(restic, part.getValue()) == kept.entries().getOrDefault(part.getKey(), -1L);
            }
            if (whole) {
                context.log("restic had made the snapshot " + kept.snapshot() + " before it was interrupted");
                return Optional.of(kept);
            }
        }
        forget(restic, snapshots);
        return Optional.empty();
    }

    private static long entries(Restic restic, Tree tree) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(tree.directory().value()));
        words.addAll(Room.paths(tree.paths()));
        return Long.parseLong(restic.host()
                .run(Scripts.command(Restic.class, "restic", List.of("count"), words))
                .orThrow()
                .stdout()
                .strip());
    }

    private Kept taken(StepContext context, Restic restic) throws InterruptedException {
        for (int go = 1; ; go++) {
            context.remember(nothing(), false);
            Programs.Ended ended = once(context, restic, "take" + go);
            List<JsonNode> said = Json.lines(ended.output());
            boolean changed =
                    said.stream().anyMatch(line -> line.path("changed").asBoolean(false));
            if (ended.exit() == 0) {
                if (changed && frozen) {
                    throw new BackupFailedException("Files of " + places() + " were written while they were read, and"
                            + " nobody should be able to write them while the site is frozen.");
                }
                Optional<ReadBack> read = ReadBack.of(said, repository, parts.keySet());
                return read.isPresent()
                        ? new Kept(
                                read.get().snapshot(),
                                read.get().entries(),
                                read.get().bytes(),
                                changed)
                        : listed(restic, id(said, restic), changed);
            }
            List<JsonNode> errors = Json.lines(ended.complaints()).stream()
                    .filter(line -> line.path("message_type").asText().equals("error"))
                    .toList();
            boolean gone = ended.exit() == UNREADABLE
                    && !errors.isEmpty()
                    && errors.stream()
                            .allMatch(line -> line.path("error").path("Err").asInt() == ENOENT);
            if (frozen || !gone || go == TRIES) {
                throw failed(restic, ended, errors);
            }
            context.log(
                    "files of " + places() + " were removed while they were read: " + names(errors) + "; once more");
            forget(restic, Tags.find(restic, tags(), false));
        }
    }

    /** Whoever takes this back need not look for a snapshot where restic could not even make one. */
    private Programs.Ended once(StepContext context, Restic restic, String what) throws InterruptedException {
        try {
            Programs.Ended ended = restic.once(what, IN_VIEW, "take", words());
            if (ended.exit() == FATAL) {
                context.remember(nothing(), true);
            }
            return ended;
        } catch (RepositoryLockedException e) {
            context.remember(nothing(), true);
            throw e;
        }
    }

    private BackupFailedException failed(Restic restic, Programs.Ended ended, List<JsonNode> errors) {
        return new BackupFailedException(
                restic.host().server() + ": " + places() + " could not be backed up to " + repository + ": "
                        + (ended.exit() == UNREADABLE
                                ? "restic could not read " + names(errors) + ", and a backup without them is none."
                                : ended.why()));
    }

    private static List<String> names(List<JsonNode> errors) {
        return errors.stream()
                .map(line -> line.path("item").asText() + " ("
                        + line.path("error").path("Op").asText() + ": errno "
                        + line.path("error").path("Err").asText() + ")")
                .distinct()
                .toList();
    }

    private String id(List<JsonNode> said, Restic restic) {
        return said.stream()
                .map(line -> line.path("snapshot_id").asText())
                .filter(snapshot -> !snapshot.isEmpty())
                .findFirst()
                .orElseThrow(() -> new BackupFailedException(
                        restic.host().server() + ": restic did not say which snapshot it made in " + repository + "."));
    }

    /** Reads it back. */
    private Kept listed(Restic restic, String snapshot, boolean changed) throws InterruptedException {
        Listing listing = Listing.of(restic, snapshot);
        Snapshot made = listing.snapshot()
                .filter(present -> present.tags().containsAll(tags()))
                .orElseThrow(() -> new DamagedBackupException("The snapshot " + snapshot + " of the backup " + id
                        + " is not in " + repository + " although restic has said so."));
        Map<String, Long> entries = new TreeMap<>();
        Map<String, Long> bytes = new TreeMap<>();
        for (String part : parts.keySet()) {
            entries.put(part, listing.count(part).entries());
            bytes.put(part, listing.count(part).bytes());
        }
        return new Kept(made.id(), entries, bytes, changed);
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of(owner.value(), Tags.joined(tags())));
        parts.forEach((part, tree) -> {
            words.addAll(List.of(
                    part,
                    tree.account().orElse(""),
                    tree.directory().value(),
                    String.valueOf(tree.paths().size())));
            words.addAll(tree.paths());
        });
        return words;
    }

    /** A lock that a killed restic has left is removed where that restic ran: nobody else can know that it is dead. */
    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(id), Instant.class).isEmpty()) {
            return;
        }
        Restic restic = Restic.on(context, repository, server);
        stop(context, restic);
        boolean nothing = context.recall(nothing(), Boolean.class).orElse(false);
        if (!nothing && context.inventory().backup(id).isEmpty()) {
            forget(restic, Tags.find(restic, tags(), true));
        }
    }

    private static void stop(StepContext context, Restic restic) throws InterruptedException {
        for (int go = 1; go <= TRIES; go++) {
            Programs.stop(context, restic.host(), "take" + go);
        }
    }

    private static void forget(Restic restic, List<String> snapshots) throws InterruptedException {
        if (!snapshots.isEmpty()) {
            restic.run("forget", snapshots);
        }
    }

    private List<String> tags() {
        return Tags.of(repository, owner, id);
    }

    private String places() {
        return String.join(" and ", parts.values().stream().map(Tree::toString).toList());
    }

    private String nothing() {
        return kept(id, server) + ".nothing";
    }

    static String begun(Id backup) {
        return "backup." + backup + ".begun";
    }

    static String kept(Id backup, Name server) {
        return "backup." + backup + ".snapshot." + server;
    }
}
