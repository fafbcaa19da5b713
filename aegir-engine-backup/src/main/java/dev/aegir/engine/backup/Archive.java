// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the steps do with stored files. */
final class Archive {
    /** A part's second file: the checksums of every file in it. */
    static final String SUMS = ".sums";

    /** What list.sh prints after the last entry, which begins as no entry does. */
    private static final String LISTED = "=";

    private static final Pattern COUNTED = Pattern.compile(" ([0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,18})");

    private Archive() {}

    /**
     * What there is in an archive.
     *
     * @param inspection what was looked at here
     * @param entries how many files, directories and links it has
     * @param bytes the length of all files in it
     */
    record Looked(Inspection inspection, long entries, long bytes) {
        private static Looked all(Inspection inspection) {
            return new Looked(inspection, inspection.entries(), inspection.bytes());
        }
    }

    /**
     * Looks at an archive of our own. Files and directories with plain names are looked at and counted where it lies; what is peculiar
     * is looked at here, and everything when something is not in its place. Meanwhile it is proved of stored files that they have the
     * lengths and checksums they had: both take about as long, and one processor each.
     *
     * @param fresh makes what looks
     * @param proved of which files; perhaps none
     */
    static Looked look(
            Host host,
            HostPath archive,
            Opening opening,
            Supplier<Inspection> fresh,
            Stored stored,
            List<Backup.Part> proved)
            throws InterruptedException {
        Lines lines = new Lines(fresh.get(), new ArrayList<>());
        Programs.Ended ended = list(host, archive, opening, words("some", stored, proved), lines);
        requireProved(stored, proved, ended, lines);
        requireRead(ended, host, archive, opening);
        return looked(host, archive, opening, fresh, lines, ended);
    }

    private static void requireProved(Stored stored, List<Backup.Part> proved, Programs.Ended ended, Lines lines) {
        if (!proved.isEmpty()) {
            if (!ended.well("sums")) {
                throw notWhole(stored, ended);
            }
            requireSame(stored, proved, lines.sums);
        }
    }

    private static Looked looked(
            Host host, HostPath archive, Opening opening, Supplier<Inspection> fresh, Lines lines, Programs.Ended ended)
            throws InterruptedException {
        Matcher counted = COUNTED.matcher(lines.counted);
        if (!counted.matches()) {
            throw new DamagedBackupException(
                    host.server() + ": the archive " + archive + " could not be counted: " + ended.why());
        }
        if (Long.parseLong(counted.group(3)) == 0) {
            return new Looked(lines.inspection, Long.parseLong(counted.group(1)), Long.parseLong(counted.group(2)));
        }
        return inspect(host, archive, opening, fresh.get());
    }

    /** Looks at every entry here. Anything but a whole archive is an error. */
    static Looked inspect(Host host, HostPath archive, Opening opening, Inspection inspection)
            throws InterruptedException {
        requireRead(
                list(host, archive, opening, List.of("all"), new Lines(inspection, new ArrayList<>())),
                host,
                archive,
                opening);
        return Looked.all(inspection);
    }

    /** The same, while files are proved as by {@link #look}. */
    static Looked inspectAndProve(
            Host host,
            HostPath archive,
            Opening opening,
            Inspection inspection,
            Stored stored,
            List<Backup.Part> proved)
            throws InterruptedException {
        Lines lines = new Lines(inspection, new ArrayList<>());
        Programs.Ended ended = list(host, archive, opening, words("all", stored, proved), lines);
        requireProved(stored, proved, ended, lines);
        requireRead(ended, host, archive, opening);
        return Looked.all(inspection);
    }

    /** Looks at every entry of an encrypted one here, which is decrypted on another server than it lies on. */
    static Looked inspect(Host host, HostPath archive, Host reader, Opening opening, Inspection inspection)
            throws InterruptedException {
        requireRead(
                Programs.sift(
                        host,
                        ArchiveScripts.command("unpack", "send", archive.value(), "", "", "0", "", ""),
                        reader,
                        ArchiveScripts.command("list", archive.value(), "-", "all"),
                        opening.line(),
                        new Lines(inspection, new ArrayList<>())),
                host,
                archive,
                opening);
        return Looked.all(inspection);
    }

    private static List<String> words(String which, Stored stored, List<Backup.Part> proved) {
        List<String> words = new ArrayList<>(List.of(which));
        if (!proved.isEmpty()) {
            words.addAll(List.of(stored.complete().value(), stored.id().value()));
            proved.forEach(part -> words.add(file(part)));
        }
        return words;
    }

    /**
     * What an archive has that was written a moment ago.
     *
     * @param stored its checksum and its length, with a space between
     * @param looked what there is in it
     */
    record Written(String stored, Looked looked) {}

    /**
     * Looks at an archive that was written a moment ago as {@link #look} does, while it gets to the disk.
     *
     * @param paths the directories it is for
     */
    static Written readBack(Host host, Stored stored, String file, List<String> paths) throws InterruptedException {
        HostPath archive = stored.part().child(file);
        List<String> words = List.of("new", stored.part().value(), stored.id().value(), file);
        Supplier<Inspection> fresh = () -> new Inspection(false, paths, Inspection.Limits.NONE);
        Lines lines = new Lines(fresh.get(), new ArrayList<>());
        Programs.Ended ended = list(host, archive, Opening.NONE, words, lines);
        requireRead(ended, host, archive, Opening.NONE);
        List<String> sums = lines.sums;
        if (!ended.well("sync") || sums.size() != 1 || !sums.get(0).matches("[0-9a-f]{64} [0-9]{1,18} .*")) {
            throw new BackupFailedException(
                    host.server() + ": the archive " + archive + " could not be brought to the disk: " + ended.why());
        }
        return new Written(
                sums.get(0).substring(0, sums.get(0).lastIndexOf(' ')),
                looked(host, archive, Opening.NONE, fresh, lines, ended));
    }

    private static Programs.Ended list(Host host, HostPath archive, Opening opening, List<String> words, Lines lines)
            throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(archive.value(), ""));
        all.addAll(words);
        return Programs.run(host, ArchiveScripts.command("list", all), opening.line(), lines);
    }

    /** First entries, then a line that is none, perhaps with what was counted, then checksums. */
    private static final class Lines implements Predicate<String> {
        private final Inspection inspection;
        private final List<String> sums;
        private String counted = "";
        private boolean listed;

        Lines(Inspection inspection, List<String> sums) {
            this.inspection = inspection;
            this.sums = sums;
        }

        @Override
        public boolean test(String line) {
            if (listed) {
                sums.add(line);
            } else if (line.startsWith(LISTED)) {
                listed = true;
                counted = line.substring(LISTED.length());
            } else {
                inspection.next(line);
            }
            return true;
        }
    }

    private static void requireRead(Programs.Ended ended, Host host, HostPath archive, Opening opening) {
        opening.requireFitting(ended);
        if (ended.exit() != 0
                || !ended.well("zstd")
                || !ended.well("tar")
                || ended.ended().getOrDefault("age", 0) != 0
                || ended.ended().getOrDefault("source", 0) != 0) {
            throw new DamagedBackupException(
                    host.server() + ": the archive " + archive + " cannot be read to its end: " + ended.why());
        }
    }

    /** That stored files have the lengths and checksums they had. */
    static void prove(Host host, Stored stored, List<Backup.Part> parts) throws InterruptedException {
        prove(host, stored, stored.complete(), parts);
    }

    /** The same, in a directory of which it is one. */
    static void prove(Host host, Stored stored, HostPath directory, List<Backup.Part> parts)
            throws InterruptedException {
        List<String> words =
                new ArrayList<>(List.of(directory.value(), stored.id().value()));
        parts.forEach(part -> words.add(file(part)));
        Programs.Ended ended = Programs.run(host, ArchiveScripts.command("prove", words));
        if (ended.exit() != 0) {
            throw notWhole(stored, ended);
        }
        requireSame(stored, parts, ended.output().lines().toList());
    }

    private static DamagedBackupException notWhole(Stored stored, Programs.Ended ended) {
        return new DamagedBackupException(
                "The backup " + stored + " is not whole: " + ended.complaints().strip());
    }

    private static void requireSame(Stored stored, List<Backup.Part> parts, List<String> sums) {
        Map<String, String> found = new LinkedHashMap<>();
        sums.stream().map(line -> line.split(" ", 3)).forEach(words3 -> {
            if (words3.length == 3) {
                found.put(words3[2], words3[0] + " " + words3[1]);
            }
        });
        List<String> wrong = parts.stream()
                .filter(part -> !(part.sha256() + " " + part.bytes()).equals(found.get(part.file())))
                .map(Backup.Part::file)
                .toList();
        if (!wrong.isEmpty()) {
            throw new DamagedBackupException("The backup " + stored + " is damaged: " + wrong
                    + " are not what was stored. Restore an older one, and find out what happened to this disk.");
        }
    }

    /** A number among the facts of a backup. */
    static long noted(Map<String, String> facts, String fact) {
        try {
            return Long.parseLong(facts.getOrDefault(fact, ""));
        } catch (NumberFormatException e) {
            throw new RefusedException("The backup does not say its " + fact + "; it was made by another engine.");
        }
    }

    static Backup.Part part(Backup.Contents contents, String name, Object backup) {
        return contents.part(name)
                .orElseThrow(() -> new RefusedException("The backup " + backup + " has no part " + name + "; it has "
                        + contents.parts().stream().map(Backup.Part::name).toList() + "."));
    }

    /** A stored file's name, which is one; perhaps that of an earlier backup's, after its id and a slash. */
    static String file(Backup.Part part) {
        if (!part.file().matches("([0-9A-HJKMNP-TV-Z]{26}/)?[a-z0-9][a-z0-9._-]{0,100}")) {
            throw new InvalidValueException("part", part.file(), "it is no name of a stored file");
        }
        return part.file();
    }

    /** Where a file of a complete backup is stored. */
    static HostPath path(Stored stored, Backup.Part part) {
        String file = file(part);
        int slash = file.indexOf('/');
        return slash < 0
                ? stored.complete().child(file)
                : stored.owners().child(file.substring(0, slash)).child(file.substring(slash + 1));
    }
}
