// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads a tar in GNU's format, entry by entry. Names are bytes, of which each is a {@code char}. */
final class TarReader {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 16 * 1024;
    private final InputStream in;
    private long left;
    private int padding;

    TarReader(InputStream in) {
        this.in = in;
    }

    /**
     * An entry.
     *
     * @param type {@code 0} for a file, {@code 2} for a link, {@code 5} for a directory
     * @param name its name, without the {@code ./} before it
     * @param size how long what follows is
     * @param target where a link leads
     */
    record Header(char type, String name, long size, String target) {}

    /** The next entry; what is left of the one before is passed over. */
    Optional<Header> next() throws IOException {
        String longName = "";
        String longTarget = "";
        for (; ; ) {
            in.skipNBytes(left + padding);
            left = 0;
            padding = 0;
            byte[] block = in.readNBytes(BLOCK);
            if (block.length < BLOCK) {
                throw new IOException("the tar was cut");
            } else if (zero(block)) {
                return Optional.empty();
            }
            char type = block[156] == 0 ? '0' : (char) (block[156] & 0xff);
            size(number(block, 124, 12));
            if (type == 'L' || type == 'K') {
                if (left > LONGEST_NAME) {
                    throw new IOException("the tar has too long a name");
                }
                String text = text(in.readNBytes((int) left), 0, (int) left);
                left = 0;
                longName = type == 'L' ? text : longName;
                longTarget = type == 'K' ? text : longTarget;
                continue;
            }
            String name = longName.isEmpty() ? text(block, 0, 100) : longName;
            String target = longTarget.isEmpty() ? text(block, 157, 100) : longTarget;
            String plain = name.startsWith("./") ? name.substring(2) : name;
            return Optional.of(new Header(
                    type, plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain, left, target));
        }
    }

    private void size(long size) throws IOException {
        if (size < 0) {
            throw new IOException("the tar has a file of an impossible length");
        }
        left = size;
        padding = (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    /** The next bytes of the entry, as many as there are and are asked for. */
    byte[] read(int most) throws IOException {
        // Read into their place: a stream that is asked for so many has all of them twice for a moment.
        byte[] bytes = new byte[(int) Math.min(most, left)];
        if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
            throw new IOException("the tar was cut");
        }
        left -= bytes.length;
        return bytes;
    }

    private static boolean zero(byte[] block) {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] block, int from, int length) {
        int end = from;
        while (end < from + length && end < block.length && block[end] != 0) {
            end++;
        }
        return new String(block, from, end - from, StandardCharsets.ISO_8859_1);
    }

    /** Octal, or when it is too large for that, as bytes. */
    private static long number(byte[] block, int from, int length) throws IOException {
        if ((block[from] & 0x80) != 0) {
            long value = block[from] & 0x3f;
            for (int i = from + 1; i < from + length; i++) {
                if (value > Long.MAX_VALUE >> 8) {
                    throw new IOException("the tar has a file of an impossible length");
                }
                value = value << 8 | block[i] & 0xff;
            }
            return value;
        }
        String digits = text(block, from, length).strip();
        if (!digits.matches("[0-7]{0,12}")) {
            throw new IOException("the tar has a number that is none");
        }
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }
}
