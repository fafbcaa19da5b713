// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.RunningCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client that loads. What is written waits in a queue of a few megabytes, so that whoever fills it can fill another's meanwhile.
 * For one thread, beside its own two; closing it ends the client.
 */
final class Loader extends OutputStream {
    /** Of 64 KiB each, as they come. */
    private static final int PIECES = 128;

    private static final byte[] END = {};

    private final RunningCommand running;
    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(PIECES);
    private final CompletableFuture<String> complaints;
    private final String key = "aegir " + UUID.randomUUID() + " ";
    private volatile boolean broken;
    private long marks;
    /** The mark that was reached last; guarded by this. */
    private long reached;
    /** Whether the client says nothing more; guarded by this. */
    private boolean over;

    Loader(RunningCommand running) {
        this.running = running;
        complaints = Streams.text(running.stderr());
        start(this::pass);
        start(this::listen);
    }

    private static void start(Runnable runnable) {
        Thread thread = new Thread(runnable, "aegir-load");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void write(int b) throws IOException {
        put(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > 0) {
            put(Arrays.copyOfRange(bytes, from, from + length));
        }
    }

    void say(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void put(byte[] piece) throws IOException {
        try {
            do {
                if (broken) {
                    throw new IOException("the client has ended");
                }
            } while (!queue.offer(piece, 1, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** How much waits. */
    int waiting() {
        return queue.size();
    }

    /** Asks to be told when everything is done that was written until now. */
    long mark() throws IOException {
        marks++;
        say("SELECT '" + key + marks + "';\n");
        return marks;
    }

    /** Waits until a mark is reached. */
    synchronized void await(long mark) throws IOException {
        try {
            while (reached < mark) {
                if (over) {
                    broken = true;
                    throw new IOException("the client has ended");
                }
                wait();
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** Nothing more comes. */
    void end() throws IOException {
        put(END);
    }

    /** Whether it took no more before its end. */
    boolean isBroken() {
        return broken;
    }

    /** How it ended; nothing when it does not in time. */
    OptionalInt exit(Duration limit) throws InterruptedException {
        return running.waitFor(limit);
    }

    /** What it complained of; waits for its end. */
    String complaints() {
        return complaints.join();
    }

    private void pass() {
        try (OutputStream to = running.stdin()) {
            for (byte[] piece = queue.take(); piece != END; piece = queue.take()) {
                to.write(piece);
                if (queue.isEmpty()) {
                    to.flush();
                }
            }
        } catch (IOException e) {
            broken = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            broken = true;
        }
    }

    private void listen() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(running.stdout(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(key)) {
                    reached(Long.parseLong(line.substring(key.length())));
                }
            }
        } catch (IOException e) {
            // The end of what it says, as any other.
        }
        finished();
    }

    private synchronized void reached(long mark) {
        reached = mark;
        notifyAll();
    }

    private synchronized void finished() {
        over = true;
        notifyAll();
    }

    @Override
    public void close() {
        broken = true;
        queue.clear();
        // The thread that passes pieces on may wait for one.
        queue.add(END);
        running.close();
    }
}
