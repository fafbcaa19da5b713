// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Collects bytes and passes them on many at once, statement by statement. Unlike the one of Java it takes no lock for each. For one thread. */
final class DumpWriter extends OutputStream {
    private final Statements statements;
    private OutputStream out;
    private final byte[] buffer = new byte[1 << 16];
    private int size;

    DumpWriter(OutputStream out) {
        this(words -> out, out);
    }

    DumpWriter(Statements statements) {
        this(statements, OutputStream.nullOutputStream());
    }

    private DumpWriter(Statements statements, OutputStream out) {
        this.statements = statements;
        this.out = out;
    }

    /** What follows is a statement that begins so. */
    void begin(List<String> words) throws IOException {
        if (statements.oneByOne()) {
            pass();
        }
        OutputStream next = statements.next(words);
        if (next != out) {
            pass();
            out = next;
        }
    }

    /** Whether each statement is passed on as a whole before the next. */
    boolean oneByOne() {
        return statements.oneByOne();
    }

    /** How many bytes of rows need not come through. */
    long beside(String copy, long offset) throws IOException {
        pass();
        return statements.beside(copy, offset);
    }

    @Override
    public void write(int b) throws IOException {
        if (size == buffer.length) {
            pass();
        }
        buffer[size++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > buffer.length - size) {
            pass();
        }
        if (length > buffer.length) {
            out.write(bytes, from, length);
            return;
        }
        System.arraycopy(bytes, from, buffer, size, length);
        size += length;
    }

    private void pass() throws IOException {
        if (size > 0) {
            out.write(buffer, 0, size);
            size = 0;
        }
    }

    @Override
    public void flush() throws IOException {
        pass();
        out.flush();
    }
}
