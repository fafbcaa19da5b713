// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What was found in an archive that was made elsewhere.
 *
 * @param format the format's name
 * @param pieces the directories that a site gets
 * @param dump the dump of its database
 * @param entries how many files, directories and links there are in all
 * @param bytes how many bytes all files come to
 */
record FoundArchive(String format, List<Piece> pieces, Optional<Dump> dump, long entries, long bytes) {
    FoundArchive {
        pieces = List.copyOf(pieces);
    }

    /**
     * A directory that a site gets.
     *
     * @param target what it is called there
     * @param inner the file in the archive that is an archive itself, in which it is; empty for none
     * @param prefix its name, as it stands in the archive
     * @param without what of it goes elsewhere, as that stands in the archive
     * @param entries how many files, directories and links are below it
     * @param bytes how many bytes its files come to
     * @param layers the archives of earlier backups that some of its files are in, the oldest first
     * @param tree the file that says which; empty for none
     */
    record Piece(
            String target,
            String inner,
            String prefix,
            List<String> without,
            long entries,
            long bytes,
            List<String> layers,
            String tree) {
        Piece {
            without = List.copyOf(without);
            layers = List.copyOf(layers);
        }

        /** The same, of a backup that adds to others. */
        Piece on(List<String> others, String which) {
            return new Piece(target, inner, prefix, without, entries, bytes, others, which);
        }

        /** How many components its name has. */
        int components() {
            return prefix.split("/").length;
        }
    }

    /**
     * A dump.
     *
     * @param inner the file in the archive that is an archive itself, in which it is; empty for none
     * @param name its name, as it stands in the archive
     * @param bytes its length
     */
    record Dump(String inner, String name, long bytes) {}

    /** How many entries a site gets. */
    long taken() {
        return pieces.stream().mapToLong(Piece::entries).sum() + (dump.isPresent() ? 1 : 0);
    }

    /** For people: a line for each thing. */
    String described() {
        return format + ", " + entries + " entries, " + bytes + " bytes\n"
                + pieces.stream()
                        .map(piece -> piece.target() + " from " + in(piece.inner()) + piece.prefix() + " ("
                                + piece.entries() + " entries, " + piece.bytes() + " bytes)\n")
                        .collect(Collectors.joining())
                + dump.map(found -> "database from " + in(found.inner()) + found.name() + " (" + found.bytes()
                                + " bytes)\n")
                        .orElse("")
                + "everything else, settings and code, stays in the archive\n";
    }

    private static String in(String inner) {
        return inner.isEmpty() ? "" : inner + ":";
    }
}
