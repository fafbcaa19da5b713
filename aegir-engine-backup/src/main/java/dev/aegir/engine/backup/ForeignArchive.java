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
import dev.aegir.model.Name;
import dev.aegir.spi.ImportRequest;
import dev.aegir.task.StepContext;
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
    private static final String BACKUP = "[0-9A-HJKMNP-TV-Z]{26}";
    private static final Pattern STORED =
            Pattern.compile("(" + BACKUP + "/)?[a-z0-9][a-z0-9._-]{0,100}\\.zst(\\.age)?");
    private static final int LONGEST_TEXT = 1 << 20;
    /** Stored files of a backup are few. */
    private static final int MOST_STORED = 100;

    private final StepContext context;
    private final Host host;
    private final ImportRequest request;

    ForeignArchive(StepContext context, ImportRequest request) throws InterruptedException {
        this.context = context;
        this.host = context.host(request.server());
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
        list(inspection, (seen, line) -> {
            recogniser.next(seen, line);
            boolean fits = seen.path().isEmpty()
                    || seen.entry().type() == 'd' && seen.path().matches(BACKUP)
                    || seen.entry().type() == '-'
                            && (List.of(SignedManifest.MANIFEST, SignedManifest.SIGNATURE, ".aegir")
                                            .contains(seen.path())
                                    || STORED.matcher(seen.path()).matches())
                            && stored.size() < MOST_STORED;
            own[0] &= fits;
            if (own[0]) {
                stored.put(seen.path(), seen.entry());
            }
        });
        if (own[0] && stored.containsKey(SignedManifest.MANIFEST)) {
            return backup(stored, inspection);
        }
        if (!signers().isEmpty()) {
            throw new ForgedBackupException("The archive " + request.server() + ":" + request.file()
                    + " is no backup, and so nobody has signed it as one. Nothing was unpacked.");
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

    private void list(Inspection inspection, Looking looking) throws InterruptedException {
        Ended ended = Programs.run(host, reading(request, "list", ""), line -> {
            looking.at(inspection.next(line), line);
            return true;
        });
        require(ended, "open", "tar");
    }

    private void require(Ended ended, String... programs) {
        require(host, request, ended, programs);
    }

    static void require(Host host, ImportRequest request, Ended ended, String... programs) {
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
        Backup.Contents contents = manifest(stored);
        List<Piece> pieces = new ArrayList<>();
        Optional<Dump> dump = Optional.empty();
        long entries = outer.entries();
        long bytes = outer.bytes();
        for (String name : List.of("files", "database")) {
            Optional<Backup.Part> part = contents.part(name);
            if (part.isEmpty()) {
                continue;
            }
            StoredArchive archive = new StoredArchive(context, host, request, contents, name);
            for (Backup.Part each : archive.needed()) {
                requireSum(each, stored(stored, each.file()));
            }
            FoundArchive inside = archive.found(limits(entries, bytes));
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

    /** As it was signed, if that is asked for. */
    private Backup.Contents manifest(Map<String, Entry> stored) throws InterruptedException {
        String text = text(stored(stored, SignedManifest.MANIFEST));
        String signature =
                stored.containsKey(SignedManifest.SIGNATURE) ? text(stored.get(SignedManifest.SIGNATURE)) : "-";
        return SignedManifest.of(text, signature)
                .found(request.server() + ":" + request.file(), signers())
                .contents();
    }

    private List<String> signers() {
        return Protection.of(request.identity(), request.signedBy()).signers();
    }

    /** In base64. */
    private String text(Entry entry) throws InterruptedException {
        if (entry.bytes() > LONGEST_TEXT) {
            throw new UnsafeArchiveException(
                    "the " + Inspection.shown(entry.name()) + " in the archive is longer than any is");
        }
        Ended text = Programs.run(host, reading(request, "text", "", entry.name()));
        require(text, "open");
        return text.output();
    }

    private static Entry stored(Map<String, Entry> stored, String file) {
        return Optional.ofNullable(stored.get(file))
                .orElseThrow(() -> new DamagedBackupException("the archive has no " + Inspection.shown(file)
                        + ", which its manifest.json names. A backup that adds to earlier ones is imported with their"
                        + " directories beside its own, or from the file that ExportBackup makes of it"));
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
}
