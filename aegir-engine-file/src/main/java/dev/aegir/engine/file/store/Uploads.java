// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends objects, several at a time, and never has more than those in memory: of large ones fewer, so that it takes the same memory
 * whatever the files. Given objects by one thread.
 */
final class Uploads implements Receiver, AutoCloseable {
    /** So many bytes of objects are under way, or one object. */
    static final int UNDER_WAY = 2 * Entry.CHUNK;

    private final ObjectStore objects;
    private final Owned names;
    private final KeySet present;
    private final KeySet used = new KeySet();
    private final ExecutorService threads;
    private final Semaphore free;
    private final Semaphore room = new Semaphore(UNDER_WAY);
    private final int connections;
    private final Pace pace;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    Uploads(ObjectStore objects, Owned names, KeySet present, Place.Limits limits) {
        this.objects = objects;
        this.names = names;
        this.present = present;
        this.connections = limits.connections();
        this.free = new Semaphore(connections);
        this.pace = new Pace(limits.bandwidth());
        this.threads = Executors.newFixedThreadPool(connections, work -> {
            Thread thread = new Thread(work, "aegir-upload");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void file(Entry entry, long size) {
        // An object is called by what is in it alone.
    }

    @Override
    public void entry(Entry entry, boolean sent) {
        // The index has it.
    }

    @Override
    public void named(String sum) {
        used.sum(sum, 0);
    }

    /** The checksums of all objects that are needed. */
    KeySet used() {
        return used;
    }

    /** The store has it, or will have when {@link #finish} returns. */
    @Override
    public String part(byte[] content) throws InterruptedException {
        String sum = Sums.of(content);
        if (present.hasSum(sum, content.length)) {
            return sum;
        }
        free.acquire();
        try {
            room.acquire(content.length);
        } catch (InterruptedException e) {
            free.release();
            throw e;
        }
        try {
            require();
            present.sum(sum, content.length);
            threads.execute(() -> send(sum, content));
        } catch (RuntimeException | InterruptedException e) {
            room.release(content.length);
            free.release();
            throw e;
        }
        return sum;
    }

    private void send(String sum, byte[] content) {
        try {
            pace.went(content.length);
            objects.put(names.object(sum), content);
            bytes.addAndGet(content.length);
            sent.incrementAndGet();
        } catch (InterruptedException | RuntimeException | Error e) {
            // Whatever it is: what was not sent must not be named by an index.
            failure.compareAndSet(null, e);
        } finally {
            room.release(content.length);
            free.release();
        }
    }

    @Override
    public void finish() throws InterruptedException {
        free.acquire(connections);
        free.release(connections);
        require();
    }

    private void require() throws InterruptedException {
        Throwable failed = failure.get();
        if (failed instanceof RuntimeException error) {
            throw error;
        } else if (failed instanceof Error error) {
            throw new IllegalStateException("an object could not be sent: " + error, error);
        } else if (failed != null) {
            throw new InterruptedException("sending was stopped");
        }
    }

    /** How many bytes were sent. */
    long bytes() {
        return bytes.get();
    }

    /** How many objects were sent. */
    long sent() {
        return sent.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            // What is under way would write to a store that somebody else has begun to use.
            threads.awaitTermination(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
