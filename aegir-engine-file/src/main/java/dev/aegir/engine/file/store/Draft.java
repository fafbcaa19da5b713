// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What was listed of a tree, in a file of this machine: what of it must be read, and of what need not be the objects it is. */
final class Draft {
    private Draft() {}

    /**
     * An entry.
     *
     * @param entry how it looks
     * @param read whether it must be read
     */
    record Noted(Entry entry, boolean read) {}

    /** Writes it. */
    static final class Writer implements AutoCloseable {
        private final DataOutputStream out;

        Writer(Path file) throws IOException {
            out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
        }

        /** The objects of a file that need not be read follow. */
        void note(Entry entry, boolean read) throws IOException {
            out.writeBoolean(true);
            out.writeChar(entry.type());
            out.writeUTF(entry.name());
            out.writeUTF(entry.mode());
            out.writeUTF(entry.time());
            out.writeUTF(entry.seen());
            out.writeLong(entry.size());
            out.writeUTF(entry.sum());
            out.writeUTF(entry.target());
            out.writeBoolean(read);
        }

        void chunk(String sum) throws IOException {
            out.writeUTF(sum);
        }

        void end() throws IOException {
            out.writeBoolean(false);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Reads it. */
    static final class Reader implements AutoCloseable {
        private final DataInputStream in;

        Reader(Path file) throws IOException {
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        }

        Optional<Noted> next() throws IOException {
            if (!in.readBoolean()) {
                return Optional.empty();
            }
            char type = in.readChar();
            String name = in.readUTF();
            String mode = in.readUTF();
            String time = in.readUTF();
            String seen = in.readUTF();
            long size = in.readLong();
            String sum = in.readUTF();
            String target = in.readUTF();
            return Optional.of(new Noted(new Entry(type, name, mode, time, seen, size, sum, target), in.readBoolean()));
        }

        String chunk() throws IOException {
            return in.readUTF();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
