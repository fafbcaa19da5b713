// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.engine.backup.internal.Room;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A tree is stored as one part of a backup that is not complete yet: an archive, and the checksum of every file as it was on the
 * source, so that a comparison later proves the whole way. The archive is read back to its end before it counts.
 *
 * <p>Of what a site writes it is noted how each file looked. When an earlier backup is there to add to, only what looks different
 * since goes into the archive.
 *
 * @param name the step's name
 * @param stored where
 * @param part what it is called
 * @param tree what is stored
 * @param frozen whether nobody can write the tree meanwhile
 * @param level how hard it is compressed, 1 to 19
 * @param base the earlier backup, if this one may add to it
 * @param recipients whom it is encrypted to
 * @param cache where the server of the tree keeps what it has noted of encrypted ones
 */
record StorePart(
        String name,
        Stored stored,
        String part,
        Tree tree,
        boolean frozen,
        int level,
        Optional<Id> base,
        List<String> recipients,
        HostPath cache)
        implements Step {
    private static final String TREE = "tree";

    /**
     * What was stored.
     *
     * @param files the stored files
     * @param layers what they add to
     * @param entries how many files, directories and links are in the archive
     * @param bytes the length of all files in it
     * @param leftOut how many entries no restore will bring back
     * @param paths the directories that everything in the archive is below
     * @param changed whether files were written meanwhile
     * @param seen what the server of the tree calls what it has noted, after the part's own name
     */
    record Kept(
            List<File> files,
            Layers layers,
            long entries,
            long bytes,
            int leftOut,
            List<String> paths,
            boolean changed,
            String seen) {
        Kept {
            files = List.copyOf(files);
            paths = List.copyOf(paths);
        }
    }

    StorePart {
        recipients = List.copyOf(recipients);
    }

    /**
     * A stored file.
     *
     * @param part what it is
     * @param now what it is called for now
     */
    record File(Backup.Part part, String now) {}

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                stored.server().value(),
                stored.complete().child(file("files")).value(),
                "of " + tree
                        + base.map(id -> ", what has changed since the backup " + id)
                                .orElse("")));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<Backup> before = before(context);
        Layers layers = before.flatMap(backup -> Layers.on(backup, part)).orElse(Layers.NONE);
        // What was begun before a crash may still be writing, and so has a name of its own.
        String now = "." + context.attempt();
        boolean local = tree.server().equals(stored.server());
        boolean watched = kinds().contains(TREE) && !frozen;
        long begun = watched && !local ? second(context) : 0;
        Result result = store(context, now, layers, before);
        if (result.gone(layers)) {
            // Names that tar was told of must be there when it comes to them; without, it takes what it finds.
            context.log("files of " + tree + " were deleted while they were read: all of it is stored");
            now = "." + context.attempt() + ".all";
            layers = Layers.NONE;
            result = store(context, now, layers, Optional.empty());
        }
        result.requireWhole();
        Archive.Looked look = recipients.isEmpty() ? readBack(context, result, now) : looked(context, result, now);
        Inspection inspection = look.inspection();
        inspection.summary().ifPresent(context::log);
        if (result.changed()) {
            context.log("files of " + tree + " were written while they were read");
        }
        boolean moved = watched && (local ? result.moved() : moved(context, begun));
        List<File> files = new ArrayList<>();
        for (String kind : kinds()) {
            if (kind.equals(TREE) && moved) {
                context.log(
                        "directories of " + tree + " were written while they were read: nothing will be added to this");
                continue;
            }
            Backup.Part file = result.part(kind);
            files.add(new File(file, file.file() + now));
        }
        context.remember(
                kept(stored, part),
                new Kept(
                        files,
                        layers,
                        look.entries(),
                        look.bytes(),
                        inspection.leftOut().size(),
                        tree.paths(),
                        result.changed(),
                        now));
        context.results(Map.of(
                "backup." + part + ".entries", String.valueOf(look.entries()),
                "backup." + part + ".bytes", String.valueOf(look.bytes()),
                "backup." + part + ".stored",
                        String.valueOf(result.part("files").bytes()),
                "backup." + part + ".earlier", String.valueOf(layers.number())));
    }

    private Archive.Looked readBack(StepContext context, Result result, String now) throws InterruptedException {
        Archive.Written written =
                Archive.readBack(context.host(stored.server()), stored, file("files") + now, tree.paths());
        result.archive(written.stored());
        return written.looked();
    }

    /**
     * Nobody can look into an encrypted archive where it is stored: it was looked at on its way, and what is stored is read back
     * and compared with what was sent.
     */
    private Archive.Looked looked(StepContext context, Result result, String now) throws InterruptedException {
        Inspection inspection = new Inspection(false, tree.paths(), Inspection.Limits.NONE);
        long[] counted = {-1, -1};
        for (String line : result.said()) {
            if (line.startsWith("entry ")) {
                inspection.next(line.substring("entry ".length()));
            } else if (line.matches("counted [0-9]{1,18} [0-9]{1,18}")) {
                String[] words = line.split(" ");
                counted[0] = Long.parseLong(words[1]);
                counted[1] = Long.parseLong(words[2]);
            }
        }
        if (counted[0] < inspection.entries()) {
            throw new BackupFailedException(
                    "The part " + part + " of " + tree + " was not counted while it was stored: " + result.why);
        }
        Archive.prove(
                context.host(stored.server()),
                stored,
                stored.part(),
                kinds().stream()
                        .map(result::part)
                        .map(each -> new Backup.Part(each.name(), each.file() + now, each.bytes(), each.sha256()))
                        .toList());
        return new Archive.Looked(inspection, counted[0], counted[1]);
    }

    /** The earlier backup, if it still is one that was not found damaged. */
    private Optional<Backup> before(StepContext context) throws InterruptedException {
        Optional<Backup> found = base.flatMap(context.inventory()::backup)
                .filter(backup -> backup.owner().equals(stored.owner())
                        && backup.verified().isPresent()
                        && Layers.on(backup, part).isPresent());
        if (found.isEmpty() || recipients.isEmpty()) {
            return found;
        }
        Command look = new Script("", 0, found).command("seen", "tree");
        if (context.host(tree.server()).run(look).succeeded()) {
            return found;
        }
        context.log("what was noted of the files at the backup " + found.get().id() + " is no longer on "
                + tree.server() + ": all of " + tree + " is stored");
        return Optional.empty();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        for (String what : List.of("0", "1")) {
            Programs.stop(context, context.host(stored.server()), what);
        }
    }

    static String kept(Stored stored, String part) {
        return "backup." + stored.id() + ".part." + part;
    }

    /** By the clock of the source, and a little earlier: clocks of file systems lag behind. */
    private long second(StepContext context) throws InterruptedException {
        CommandResult now =
                context.host(tree.server()).run(Command.of("date", "+%s")).orThrow();
        return Long.parseLong(now.stdout().strip()) - 1;
    }

    /**
     * Whether what was noted of a file may not be of the file that was read: its directory could have been another one for a
     * moment.
     */
    private boolean moved(StepContext context, long since) throws InterruptedException {
        Command look = new Script("", 0, Optional.empty()).command("moved", String.valueOf(since));
        CommandResult found = context.host(tree.server()).run(look);
        return !found.succeeded() || !found.stdout().isEmpty();
    }

    /** A dump is another one each time. */
    private List<String> kinds() {
        return tree.account().isPresent() ? List.of("files", "sums", TREE) : List.of("files", "sums");
    }

    /** What it is called where it is stored. */
    private String file(String kind) {
        String name = kind.equals("files") ? part + ".tar.zst" : part + "." + kind + ".zst";
        return recipients.isEmpty() ? name : name + Opening.AGE;
    }

    /** What the server of the tree has noted when a backup was taken. */
    private HostPath seen(Id backup, String now) {
        return cache.child(stored.server().value())
                .child(stored.owner().value())
                .child(backup + "." + part + ".tree.zst" + now);
    }

    /** What that is called, after the part's own name; only from here, though it came by way of the inventory. */
    private String seen(Backup backup) {
        return backup.contents()
                .map(contents -> contents.facts().getOrDefault(part + Layers.SEEN, ""))
                .filter(now -> now.matches("\\.[0-9]{1,6}(\\.all)?"))
                .orElse(".none");
    }

    /** The programs that must have said how they ended. */
    private Stream<String> programs(String kind) {
        Stream<String> all = Stream.of("read", "zstd");
        if (recipients.isEmpty()) {
            return kind.equals("files") ? all : Stream.concat(all, Stream.of("sync", "sha256sum"));
        }
        return Stream.concat(
                all,
                switch (kind) {
                    case "files" -> Stream.of("age", "tee", "sha256sum", "sync", "look", "list");
                    case TREE -> Stream.of("age", "tee", "sha256sum", "sync", "stays");
                    default -> Stream.of("age", "tee", "sha256sum", "sync");
                });
    }

    private Result store(StepContext context, String now, Layers layers, Optional<Backup> before)
            throws InterruptedException {
        Host target = context.host(stored.server());
        List<String> kinds = kinds().stream()
                .sorted((a, b) -> Boolean.compare(b.equals(TREE), a.equals(TREE)))
                .toList();
        Script script = new Script(now, layers.number(), before);
        Map<String, Integer> ended = new LinkedHashMap<>();
        StringBuilder output = new StringBuilder();
        String why = "";
        boolean well = true;
        List<String> said = new ArrayList<>();
        if (tree.server().equals(stored.server())) {
            Ended all = Programs.once(
                    context, target, now.endsWith("all") ? "1" : "0", script.command("both", String.join(" ", kinds)));
            ended.putAll(all.ended());
            output.append(all.output());
            why = all.why();
            said.addAll(all.said());
            well = all.exit() == 0;
        } else {
            Host source = context.host(tree.server());
            for (String kind : kinds) {
                Command pack = script.command("pack", kind);
                Command keep = script.command("keep", kind);
                // What an encrypted one adds to is noted where the files are.
                Ended one = layers.number() == 0 || !recipients.isEmpty()
                        ? Programs.pipe(source, pack, target, keep)
                        : Programs.pipe(target, script.command("feed", kind), source, pack, target, keep);
                one.ended().forEach((program, exit) -> ended.merge(program, exit, Math::max));
                output.append(one.output());
                said.addAll(one.said());
                why = one.exit() == 0 && one.ended().values().stream().allMatch(exit -> exit == 0) ? why : one.why();
                well &= one.exit() == 0;
            }
        }
        return new Result(well, ended, output.toString(), why, said);
    }

    /** The script with everything that does not vary. */
    private final class Script {
        private final String now;
        private final int number;
        private final String before;

        Script(String now, int number, Optional<Backup> base) {
            this.now = now;
            this.number = number;
            this.before = base.map(backup -> recipients.isEmpty()
                            ? stored.owners().child(backup.id().value()).child(file(TREE))
                            : seen(backup.id(), seen(backup)))
                    .map(HostPath::value)
                    .orElse("");
        }

        Command command(String verb, String kinds) {
            HostPath stem = stored.part().child(part);
            List<String> words = new ArrayList<>(List.of(
                    verb,
                    kinds,
                    stem.value(),
                    now,
                    String.valueOf(level),
                    String.valueOf(number),
                    before,
                    tree.account().orElse(""),
                    tree.directory().value(),
                    String.join(" ", recipients),
                    recipients.isEmpty() ? "" : seen(stored.id(), now).value()));
            // The order that the archive shall have: a slash comes before everything else.
            words.addAll(Room.paths(tree.paths().stream()
                    .sorted(Comparator.comparing(path -> path.replace('/', '\1')))
                    .toList()));
            return ArchiveScripts.command("store", words);
        }
    }

    /** How storing ended. */
    private final class Result {
        private final boolean well;
        private final Map<String, Integer> ended;
        private final Map<String, String> lines = new LinkedHashMap<>();
        private final String why;
        private final List<String> said;

        Result(boolean well, Map<String, Integer> ended, String output, String why, List<String> said) {
            this.said = said;
            this.well = well;
            this.ended = ended;
            this.why = why;
            output.lines()
                    .map(line -> line.split(" ", 2))
                    .filter(words -> words.length == 2)
                    .forEach(words -> lines.put(words[0], words[1]));
        }

        List<String> said() {
            return said;
        }

        /** tar: 1 is for files that were written or removed meanwhile, and so is it with find. */
        boolean changed() {
            return !frozen
                    && ended.entrySet().stream()
                            .anyMatch(each -> each.getKey().endsWith(".read") && each.getValue() == 1);
        }

        /** Whether a directory was written meanwhile, or nobody has said that none was. */
        boolean moved() {
            return !lines.getOrDefault("moved", "").equals("no");
        }

        boolean gone(Layers layers) {
            return layers.number() > 0 && !frozen && ended.getOrDefault("files.read", 0) == 2;
        }

        void requireWhole() {
            boolean read = ended.entrySet().stream()
                    .allMatch(each ->
                            each.getValue() == 0 || each.getKey().endsWith(".read") && each.getValue() == 1 && !frozen);
            boolean all = kinds().stream().allMatch(this::stored);
            if (!well || !read || !all) {
                boolean written = frozen && ended.containsValue(1);
                throw new BackupFailedException("The part " + part + " of " + tree + " could not be stored on "
                        + stored.server() + ": " + why
                        + (written ? " (nobody should be able to write files while the site is frozen)" : ""));
            }
        }

        /** An archive that can be read where it is stored is summed up when it is read back. */
        private boolean stored(String kind) {
            boolean summed = !kind.equals("files") || !recipients.isEmpty();
            return programs(kind).allMatch(program -> ended.containsKey(kind + "." + program))
                    && (!summed || lines.getOrDefault(kind, "").matches("[0-9a-f]{64} [0-9]{1,18}"));
        }

        /** What was found when the archive was read back: its checksum and its length. */
        void archive(String found) {
            lines.put("files", found);
        }

        Backup.Part part(String kind) {
            String[] words = lines.getOrDefault(kind, "").split(" ");
            String name = kind.equals("files") ? part : part + "." + kind;
            return new Backup.Part(name, file(kind), Long.parseLong(words[1]), words[0]);
        }
    }
}
