// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Takes what is not longer than was said, and keeps it once, until it is taken: parts are large, several are under way, and Java's client
 * of HTTP keeps with each connection where it has written last. Not thread-safe.
 */
final class Part extends OutputStream {
    private static final byte[] NOTHING = {};
    private byte[] bytes;
    private int length;

    Part(int limit) {
        bytes = new byte[limit];
    }

    /** What was written before does not count. */
    Part anew() {
        length = 0;
        return this;
    }

    @Override
    public void write(int each) throws IOException {
        write(new byte[] {(byte) each}, 0, 1);
    }

    @Override
    public void write(byte[] from, int start, int count) throws IOException {
        if (count > bytes.length - length) {
            throw new IOException("longer than " + bytes.length + " bytes");
        }
        System.arraycopy(from, start, bytes, length, count);
        length += count;
    }

    /** Takes what was written, which is not here any more. Nothing may be written after that. */
    byte[] content() {
        byte[] content = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        bytes = NOTHING;
        length = 0;
        return content;
    }
}
