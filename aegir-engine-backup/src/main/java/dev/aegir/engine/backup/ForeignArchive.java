// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.FoundArchive.Dump;
import dev.aegir.engine.backup.FoundArchive.Piece;
import dev.aegir.engine.backup.internal.Entry;
import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An archive that was made elsewhere, on the host it lies on. Everything is read by the programs that would unpack it, and
 * nothing of it is written here.
 */
final class ForeignArchive {
    private static final Name OWN = Name.of("aegir-archive");
    private static final String MANIFEST = "manifest.json";
    private static final Pattern STORED = Pattern.compile("[a-z0-9][a-z0-9._-]{0,100}\\.zst");
    private static final int LONGEST_TEXT = 1 << 20;
    /** Stored files of a backup are few. */
    private static final int MOST_STORED = 100;

    private final Host host;
    private final ImportRequest request;

    ForeignArchive(Host host, ImportRequest request) {
        this.host = host;
        this.request = request;
    }

    /** The command that reads it. */
    static Command reading(ImportRequest request, String verb, String inner, String... more) {
        List<String> words = new ArrayList<>(List.of(verb, request.file().value(), inner));
        words.addAll(List.of(more));
        return ArchiveScripts.command("foreign", words);
    }

    /** Finds out what it is, having inspected every entry of it. */
    FoundArchive found() throws InterruptedException {
        Inspection inspection = Inspection.foreign(List.of(""), limits(0, 0));
        Recogniser recogniser = new Recogniser("", request.rules());
        Map<String, Entry> stored = new HashMap<>();
        boolean[] own = {request.own()};
        list("", inspection, (seen, line) -> {
            recogniser.next(seen, line);
            boolean fits = seen.path().isEmpty()
                    || seen.entry().type() == '-'
                            && (List.of(MANIFEST, ".aegir").contains(seen.path())
                                    || STORED.matcher(seen.path()).matches())
                            && stored.size() < MOST_STORED;
            own[0] &= fits;
            if (own[0]) {
                stored.put(seen.path(), seen.entry());
            }
        });
        if (own[0] && stored.containsKey(MANIFEST)) {
            return backup(stored, inspection);
        }
        return recogniser.found(inspection, request.database());
    }

    /** What is left of the limits. */
    private Inspection.Limits limits(long entries, long bytes) {
        return new Inspection.Limits(
                Math.max(0, request.mostEntries() - entries), Math.max(0, request.mostBytes() - bytes));
    }

    private interface Looking {
        void at(Inspection.Seen seen, String line);
    }

    private void list(String inner, Inspection inspection, Looking looking) throws InterruptedException {
        Ended ended = Programs.run(host, reading(request, "list", inner), line -> {
            looking.at(inspection.next(line), line);
            return true;
        });
        require(ended, inner.isEmpty() ? "open" : "zstd", "tar");
    }

    private void require(Ended ended, String... programs) {
        boolean well = ended.exit() == 0 && ended.ended().values().stream().allMatch(exit -> exit == 0);
        for (String program : programs) {
            well &= ended.well(program);
        }
        if (!well) {
            throw new DamagedBackupException(host.server() + ": the archive " + request.file()
                    + " cannot be read to its end; nothing was unpacked: " + ended.why());
        }
    }

    /** A backup of ours, wherever it was made: its parts have the checksums and contents that its manifest says. */
    private FoundArchive backup(Map<String, Entry> stored, Inspection outer) throws InterruptedException {
        Entry manifest = stored(stored, MANIFEST);
        if (manifest.bytes() > LONGEST_TEXT) {
            throw new UnsafeArchiveException("the manifest.json in the archive is longer than any is");
        }
        Ended text = Programs.run(host, reading(request, "text", "", manifest.name()));
        require(text, "open");
        Backup.Contents contents = Manifest.read(text.output()).contents();
        List<Piece> pieces = new ArrayList<>();
        Optional<Dump> dump = Optional.empty();
        long entries = outer.entries();
        long bytes = outer.bytes();
        for (String name : List.of("files", "database")) {
            Optional<Backup.Part> part = contents.part(name);
            if (part.isEmpty()) {
                continue;
            }
            Entry entry = stored(stored, part.get().file());
            requireSum(part.get(), entry);
            FoundArchive inside = inside(entry.name(), name, contents, limits(entries, bytes));
            pieces.addAll(inside.pieces());
            dump = dump.or(inside::dump);
            entries += inside.entries();
            bytes += inside.bytes();
        }
        if (request.database() && dump.isEmpty()) {
            throw new UnsafeArchiveException("the backup in the archive has no database, and the site needs one");
        }
        return new FoundArchive(OWN.value(), pieces, dump, entries, bytes);
    }

    private static Entry stored(Map<String, Entry> stored, String file) {
        return Optional.ofNullable(stored.get(file))
                .orElseThrow(() -> new DamagedBackupException(
                        "the archive has no " + Inspection.shown(file) + ", which its manifest.json names"));
    }

    private void requireSum(Backup.Part part, Entry entry) throws InterruptedException {
        Ended sum = Programs.run(host, reading(request, "sum", "", entry.name()));
        require(sum, "open", "sum");
        if (entry.bytes() != part.bytes() || !sum.output().startsWith(part.sha256() + " ")) {
            throw new DamagedBackupException(host.server() + ": " + part.file() + " in " + request.file()
                    + " is not what its manifest says: " + entry.bytes() + " bytes, checksum "
                    + sum.output().strip() + ". Bring the archive again.");
        }
    }

    private FoundArchive inside(String inner, String part, Backup.Contents contents, Inspection.Limits limits)
            throws InterruptedException {
        boolean database = part.equals("database");
        ImportRules rules = new ImportRules(
                OWN,
                List.of(".*"),
                database
                        ? List.of()
                        : request.directories().stream()
                                .map(each -> new ImportRules.Directory(each, Pattern.quote(each)))
                                .toList(),
                database ? Optional.of("database\\.sql") : Optional.empty());
        Inspection inspection = Inspection.foreign(List.of(""), limits);
        Recogniser recogniser = new Recogniser(inner, List.of(rules));
        list(inner, inspection, recogniser::next);
        String listed = inspection.entries() + " entries, " + inspection.bytes() + " bytes";
        String noted = contents.facts().get(part + ".entries") + " entries, "
                + contents.facts().get(part + ".bytes") + " bytes";
        if (!listed.equals(noted)) {
            throw new DamagedBackupException(host.server() + ": the part " + part + " in " + request.file() + " has "
                    + listed + " where its manifest says " + Inspection.shown(noted) + ".");
        }
        return recogniser.foundByFirst(inspection, database && request.database());
    }
}
