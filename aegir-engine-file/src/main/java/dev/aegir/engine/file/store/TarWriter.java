// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a tar as GNU's tar reads it: long names as they are, bytes, and times to the nanosecond. */
final class TarWriter {
    private static final int BLOCK = 512;
    private static final int SHORT = 100;
    private static final long OCTAL = 0_77_777_777_777L;
    private final OutputStream out;
    private long left;
    private int padding;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Begins an entry; of a file, as much as its size follows. */
    void entry(Entry entry) throws IOException {
        finished();
        String name = "./" + entry.name() + (entry.type() == 'd' ? "/" : "");
        // A time with its fraction, of which a plain header has no place.
        extended("mtime=" + entry.time());
        longName('L', name);
        longName('K', entry.target());
        header(
                name,
                entry.type() == 'd' ? '5' : entry.type() == 'l' ? '2' : '0',
                entry.mode(),
                entry.size(),
                entry.target());
        left = entry.size();
        padding = padding(entry.size());
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        left -= bytes.length;
    }

    void end() throws IOException {
        finished();
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private void finished() throws IOException {
        if (left != 0) {
            throw new IOException("a file is not as long as was said");
        }
        out.write(new byte[padding]);
        padding = 0;
    }

    private void extended(String record) throws IOException {
        // Its length counts itself: a space, a line end, and two digits, as all of these have.
        String line = (record.length() + 4) + " " + record + "\n";
        header("././@PaxHeader", 'x', "644", line.length(), "");
        padded(line);
    }

    private void longName(char type, String text) throws IOException {
        if (text.length() > SHORT) {
            header("././@LongLink", type, "644", text.length() + 1, "");
            padded(text + "\0");
        }
    }

    private void padded(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.write(new byte[padding(text.length())]);
    }

    private static int padding(long length) {
        return (int) ((BLOCK - length % BLOCK) % BLOCK);
    }

    private void header(String name, char type, String mode, long size, String target) throws IOException {
        byte[] block = new byte[BLOCK];
        text(block, 0, SHORT, name);
        text(block, 100, 8, "0000" + mode);
        text(block, 108, 8, "0000000");
        text(block, 116, 8, "0000000");
        if (size <= OCTAL) {
            text(block, 124, 12, String.format("%011o", size));
        } else {
            block[124] = (byte) 0x80;
            for (int i = 0; i < 8; i++) {
                block[135 - i] = (byte) (size >> 8 * i);
            }
        }
        text(block, 136, 12, "00000000000");
        block[156] = (byte) type;
        text(block, 157, SHORT, target);
        text(block, 257, 8, "ustar  ");
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        text(block, 148, 8, String.format("%06o", sum));
        block[155] = ' ';
        out.write(block);
    }

    private static void text(byte[] block, int from, int length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(block, from, from + length, (byte) 0);
        System.arraycopy(bytes, 0, block, from, Math.min(bytes.length, length));
    }
}
