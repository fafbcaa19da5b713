// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Entry;
import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportRequest;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a backup of ours that came from elsewhere, with all archives its files are in. Each of these is inspected as what it
 * is, and all that will be unpacked of them once more as the one archive that they stand for: what is a link in one must not be a
 * directory in the next.
 */
final class StoredArchive {
    private static final Pattern FILE = Pattern.compile("([0-9]{1,3}) [0-9]+ [0-9]+ [^ ]+ [^ ]+ (?:\\./)?(.+)");

    private final Host host;
    private final ImportRequest request;
    private final Backup.Contents contents;
    private final Backup.Part part;
    private final Layers layers;
    private final Optional<Backup.Part> tree;
    private final Opening opening;
    private final Map<Long, Integer> wanted = new HashMap<>();

    StoredArchive(StepContext context, Host host, ImportRequest request, Backup.Contents contents, String name) {
        this.host = host;
        this.request = request;
        this.contents = contents;
        part = Archive.part(contents, name, request.file());
        layers = Layers.of(contents, name);
        tree = layers.number() == 0
                ? Optional.empty()
                : Optional.of(Archive.part(contents, name + Layers.TREE, request.file()));
        opening = Opening.of(context, request.identity(), request.server() + ":" + request.file(), needed());
    }

    /** The stored files that are read for it. */
    List<Backup.Part> needed() {
        List<Backup.Part> needed = new ArrayList<>(List.of(part));
        tree.ifPresent(needed::add);
        for (int i = 0; i < layers.number(); i++) {
            needed.add(layers.archive(i));
        }
        return needed;
    }

    /** What a site gets of it, when nothing in it is refused. */
    FoundArchive found(Inspection.Limits limits) throws InterruptedException {
        boolean database = part.name().equals("database");
        Recogniser recogniser = new Recogniser(part.file(), List.of(rules(database)));
        Inspection all = Inspection.foreign(List.of(""), limits);
        list(part, all, recogniser::next);
        requireNoted(part, all);
        long entries = all.entries();
        long bytes = all.bytes();
        if (tree.isPresent()) {
            readTree(tree.get(), limits.entries());
        }
        for (int i = 0; i < layers.number(); i++) {
            int number = i;
            Inspection one = Inspection.foreign(
                    List.of(""), new Inspection.Limits(limits.entries() - entries, limits.bytes() - bytes));
            list(layers.archive(i), one, (seen, line) -> {
                if (wanted.remove(Inspection.key(seen.path()), number)) {
                    if (seen.entry().type() != '-') {
                        throw Inspection.refused(
                                "what is no file where its tree says one is",
                                Inspection.shown(seen.entry().name()));
                    }
                    recogniser.next(all.next(seen.entry()), line);
                }
            });
            requireNoted(layers.archive(i), one);
            entries += one.entries();
            bytes += one.bytes();
        }
        if (!wanted.isEmpty()) {
            throw new DamagedBackupException(host.server() + ": the tree in " + request.file() + " names "
                    + wanted.size() + " files that are not in the archives where it says they are.");
        }
        FoundArchive found = recogniser.foundByFirst(all, database && request.database());
        List<String> earlier = new ArrayList<>();
        for (int i = 0; i < layers.number(); i++) {
            earlier.add(layers.archive(i).file());
        }
        String which = tree.map(Backup.Part::file).orElse("");
        return new FoundArchive(
                found.format(),
                found.pieces().stream().map(piece -> piece.on(earlier, which)).toList(),
                found.dump(),
                entries,
                bytes);
    }

    private ImportRules rules(boolean database) {
        return new ImportRules(
                Name.of("aegir-archive"),
                List.of(".*"),
                database
                        ? List.of()
                        : request.directories().stream()
                                .map(each -> new ImportRules.Directory(each, Pattern.quote(each)))
                                .toList(),
                database ? Optional.of("database\\.sql") : Optional.empty());
    }

    private void list(Backup.Part archive, Inspection inspection, BiConsumer<Inspection.Seen, String> looking)
            throws InterruptedException {
        Ended ended =
                Programs.run(host, ForeignArchive.reading(request, "list", archive.file()), opening.line(), line -> {
                    looking.accept(inspection.next(line), line);
                    return true;
                });
        opening.requireFitting(ended);
        ForeignArchive.require(host, request, ended, "zstd", "tar");
    }

    /** Which files come from earlier backups. */
    private void readTree(Backup.Part file, long most) throws InterruptedException {
        Ended ended =
                Programs.run(host, ForeignArchive.reading(request, "lines", file.file()), opening.line(), line -> {
                    Matcher matcher = FILE.matcher(line);
                    if (!matcher.matches() || wanted.size() > most) {
                        throw new UnsafeArchiveException("the tree in the archive has what nobody understands: "
                                + Inspection.shown(line) + ". Nothing was unpacked.");
                    }
                    int number = Integer.parseInt(matcher.group(1));
                    long key = Inspection.key(Entry.name(matcher.group(2)));
                    if (number < layers.number() && wanted.put(key, number) != null) {
                        throw Inspection.refused("a name twice in its tree", Inspection.shown(line));
                    }
                    return true;
                });
        opening.requireFitting(ended);
        ForeignArchive.require(host, request, ended, "zstd");
    }

    private void requireNoted(Backup.Part archive, Inspection inspection) {
        String listed = inspection.entries() + " entries, " + inspection.bytes() + " bytes";
        String noted = contents.facts().get(archive.name() + ".entries") + " entries, "
                + contents.facts().get(archive.name() + ".bytes") + " bytes";
        if (!listed.equals(noted)) {
            throw new DamagedBackupException(host.server() + ": the part " + archive.name() + " in " + request.file()
                    + " has " + listed + " where its manifest says " + Inspection.shown(noted) + ".");
        }
    }
}
