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

/** What the steps do with stored files. */
final class Archive {
    /** A part's second file: the checksums of every file in it. */
    static final String SUMS = ".sums";

    private Archive() {}

    /** Reads an archive through, entry by entry. Anything but a whole one is an error. */
    static void inspect(Host host, HostPath archive, Opening opening, Inspection inspection)
            throws InterruptedException {
        requireRead(
                Programs.run(host, ArchiveScripts.command("list", archive.value()), opening.line(), line -> {
                    inspection.next(line);
                    return true;
                }),
                host,
                archive,
                opening);
    }

    /** The same, of one that is not encrypted. */
    static void inspect(Host host, HostPath archive, Inspection inspection) throws InterruptedException {
        inspect(host, archive, Opening.NONE, inspection);
    }

    /** The same, of an encrypted one that is decrypted on another server than it lies on. */
    static void inspect(Host host, HostPath archive, Host reader, Opening opening, Inspection inspection)
            throws InterruptedException {
        requireRead(
                Programs.sift(
                        host,
                        ArchiveScripts.command("unpack", "send", archive.value(), "", "", "0", "", ""),
                        reader,
                        ArchiveScripts.command("list", archive.value(), "-"),
                        opening.line(),
                        line -> {
                            inspection.next(line);
                            return true;
                        }),
                host,
                archive,
                opening);
    }

    private static void requireRead(Programs.Ended ended, Host host, HostPath archive, Opening opening) {
        opening.requireFitting(ended);
        if (ended.exit() != 0
                || !ended.well("zstd")
                || !ended.well("tar")
                || ended.ended().values().stream().anyMatch(exit -> exit != 0)) {
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
            throw new DamagedBackupException("The backup " + stored + " is not whole: "
                    + ended.complaints().strip());
        }
        Map<String, String> found = new LinkedHashMap<>();
        ended.output().lines().map(line -> line.split(" ", 3)).forEach(words3 -> {
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
