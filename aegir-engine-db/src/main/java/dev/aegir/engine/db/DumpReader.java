// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The bytes of a dump, one after the other, or many at once where none of them has a meaning. For one thread. */
final class DumpReader {
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private long before;

    DumpReader(InputStream in) {
        this.in = in;
    }

    /** How many bytes have been read. */
    long offset() {
        return before + at;
    }

    /** What follows is left out; nothing of it has been read. */
    void leaveOut(long bytes) throws IOException {
        if (at < end || !(in instanceof DumpFile file)) {
            throw new IOException("what is left out was begun");
        }
        file.leaveOut(bytes);
        before += bytes;
    }

    /** The next byte, or -1 at the end. */
    int next() throws IOException {
        return at < end || filled(1) ? buffer[at++] & 0xff : -1;
    }

    /** The next byte, which stays the next. */
    int peek() throws IOException {
        return at < end || filled(1) ? buffer[at] & 0xff : -1;
    }

    /** Reads what is expected, from some byte of it on, if that is what follows; else nothing. */
    boolean follows(byte[] expected, int from) throws IOException {
        int length = expected.length - from;
        if (length > end - at && !filled(length)) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer[at + i] != expected[from + i]) {
                return false;
            }
        }
        at += length;
        return true;
    }

    /** Copies to the next of two bytes, or as far as is known yet; says how many. */
    int copy(int one, int other, OutputStream out) throws IOException {
        if (at == end && !filled(1)) {
            return 0;
        }
        int to = at;
        while (to < end && buffer[to] != one && buffer[to] != other) {
            to++;
        }
        int length = to - at;
        out.write(buffer, at, length);
        at = to;
        return length;
    }

    private boolean filled(int wanted) throws IOException {
        System.arraycopy(buffer, at, buffer, 0, end - at);
        before += at;
        end -= at;
        at = 0;
        while (end < wanted) {
            int read = in.read(buffer, end, buffer.length - end);
            if (read < 0) {
                return false;
            }
            end += read;
        }
        return true;
    }
}
