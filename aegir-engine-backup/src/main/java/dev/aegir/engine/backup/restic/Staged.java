// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.engine.backup.UnsafeArchiveException;
import dev.aegir.engine.backup.internal.Entry;
import dev.aegir.engine.backup.internal.Inspection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What restic has brought, as find lists it: of each entry a line with what it is, and one with where it leads. Plain files in
 * directories only come as numbers, in the last line.
 */
final class Staged {
    private static final int MODE = 10;

    private final Inspection inspection;
    private Optional<String> waiting = Optional.empty();
    private Listing.Count count = Listing.Count.NONE;
    private boolean ended;

    Staged(Inspection inspection) {
        this.inspection = inspection;
    }

    boolean next(String line) {
        if (waiting.isEmpty() && !ended) {
            ended = line.startsWith("= ");
            if (ended) {
                plain(line.split(" "));
            } else {
                waiting = Optional.of(line);
            }
            return true;
        }
        if (ended) {
            throw unclear();
        }
        String what = waiting.get();
        waiting = Optional.empty();
        String[] words = what.split(" ", 3);
        if (words.length != 3 || words[0].length() != MODE || !words[1].matches("[0-9]{1,18}")) {
            throw unclear();
        }
        char type = words[0].charAt(0);
        boolean text = text(words[2]) && text(line);
        long bytes = type == '-' ? Long.parseLong(words[1]) : 0;
        if (type == '-' || type == 'd' || type == 'l') {
            count = count.and(bytes);
        }
        inspection.next(new Entry(
                type,
                words[0].substring(1),
                bytes,
                text ? Json.text(words[2]) : words[2],
                type == 'l' ? Optional.of(text ? Json.text(line) : line) : Optional.empty(),
                text));
        return true;
    }

    private void plain(String[] words) {
        if (words.length != 3 || !words[1].matches("[0-9]{1,18}") || !words[2].matches("[0-9]{1,18}")) {
            throw unclear();
        }
        count = new Listing.Count(count.entries() + Long.parseLong(words[1]), count.bytes() + Long.parseLong(words[2]));
    }

    private static UnsafeArchiveException unclear() {
        return new UnsafeArchiveException("find says what nobody understands. Nothing was unpacked.");
    }

    /** Whether nothing is missing at its end. */
    boolean whole() {
        return ended;
    }

    /** How many files, directories and links there are, and how long the files. */
    Listing.Count count() {
        return count;
    }

    Inspection inspection() {
        return inspection;
    }

    /** Whether it is UTF-8; \001 may stand for a line feed. */
    private static boolean text(String bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
            return bytes.indexOf('\001') < 0;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
