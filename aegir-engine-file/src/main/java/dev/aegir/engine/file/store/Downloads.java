// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks for objects in the order in which they will be needed, several at a time, of large ones fewer, and proves each. Used by one
 * thread.
 */
final class Downloads implements Contents, AutoCloseable {
    /** So many bytes of objects were asked for, or one object; the one that is being used is among them. */
    private static final int UNDER_WAY = 3 * Entry.CHUNK;

    private final ObjectStore objects;
    private final Owned names;
    private final Draft.Reader ahead;
    private final int connections;
    private final Pace pace;
    private final ExecutorService threads;
    private final Queue<Future<byte[]>> asked = new ArrayDeque<>();
    private Optional<Entry> entry = Optional.empty();
    private long number;
    private long underWay;
    private boolean ended;

    Downloads(ObjectStore objects, Owned names, Spool spool, Place.Limits limits) throws IOException {
        this.objects = objects;
        this.names = names;
        this.ahead = new Draft.Reader(spool.draft());
        this.connections = limits.connections();
        this.pace = new Pace(limits.bandwidth());
        this.threads = Executors.newFixedThreadPool(connections, work -> {
            Thread thread = new Thread(work, "aegir-download");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What is in the next object; which one that is it knows itself. The one before is not needed any more. */
    @Override
    public byte[] next(Entry file, String object, int length) throws IOException, InterruptedException {
        while (asked.size() < connections && another() && (asked.isEmpty() || underWay + size() <= UNDER_WAY)) {
            ask();
        }
        underWay -= length;
        try {
            return asked.remove().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            } else if (e.getCause() instanceof RuntimeException error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Whether there is one that was not asked for yet. */
    private boolean another() throws IOException {
        while (!ended && (entry.isEmpty() || number == entry.get().chunks())) {
            entry = ahead.next().map(Draft.Noted::entry);
            number = 0;
            ended = entry.isEmpty();
        }
        return !ended;
    }

    /** How long that is. */
    private int size() {
        return (int) Math.min(entry.orElseThrow().size() - number * Entry.CHUNK, Entry.CHUNK);
    }

    private void ask() throws IOException {
        Entry of = entry.orElseThrow();
        String sum = ahead.chunk();
        int size = size();
        number++;
        underWay += size;
        asked.add(threads.submit(() -> proved(of, sum, size)));
    }

    private byte[] proved(Entry of, String sum, int size) throws InterruptedException {
        pace.went(size);
        byte[] content = objects.get(names.object(sum), size)
                .orElseThrow(() -> new FileStoreException(
                        Problem.DAMAGED,
                        "The store " + objects + " lacks an object of " + Entry.shown(of.name()) + " (" + sum
                                + "). Nothing of it is used. Store the files again, or take them from a backup."));
        if (content.length != size || !Sums.of(content).equals(sum)) {
            throw new FileStoreException(
                    Problem.DAMAGED,
                    "What the store " + objects + " has of " + Entry.shown(of.name())
                            + " is not what was stored: the object " + sum
                            + " was changed. Nothing of it is used. Delete that object and store the files again, or take them"
                            + " from a backup.");
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        ahead.close();
    }
}
