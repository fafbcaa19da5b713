// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stream that a thread of its own reads to its end: into another, or to be told. A reader that fell silent ends when the
 * command whose stream it is is closed.
 */
final class Stream {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int KEPT = 64 * 1024;

    private final InputStream in;
    private final OutputStream out;
    private final Thread thread;
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean broken;

    private Stream(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
        this.thread = new Thread(this::transfer, "aegir-copy");
        thread.setDaemon(true);
    }

    /** Everything that is read goes into another, at once; that one is closed at the end. */
    static Stream pour(InputStream in, OutputStream out) {
        return started(new Stream(in, out));
    }

    /** What is read is kept, the last of it. */
    static Stream read(InputStream in) {
        return started(new Stream(in, new Tail()));
    }

    private static Stream started(Stream stream) {
        stream.thread.start();
        return stream;
    }

    private void transfer() {
        byte[] buffer = new byte[128 * 1024];
        try (out) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
                bytes.addAndGet(read);
            }
        } catch (IOException e) {
            // One of the programs has ended, or is out of reach: their exits say what happened.
            broken = true;
        }
    }

    /** Whether it ended before its end. */
    boolean broken() {
        return broken;
    }

    long bytes() {
        return bytes.get();
    }

    /** What was said, once it is whole, or for a while has not become so. */
    String text() throws InterruptedException {
        thread.join(PATIENCE.toMillis());
        return out.toString();
    }

    /** Keeps the last of what is written. */
    private static final class Tail extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int value) {
            kept.write(value);
        }

        @Override
        public synchronized void write(byte[] more, int offset, int length) {
            if (kept.size() + length > 2 * KEPT) {
                byte[] all = kept.toByteArray();
                kept.reset();
                int from = Math.max(0, all.length - KEPT);
                kept.write(all, from, all.length - from);
            }
            kept.write(more, offset, length);
        }

        @Override
        public synchronized String toString() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
