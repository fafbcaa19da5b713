// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Proves that no other worker of a store lives: the operating system frees the lock when a process dies, however it dies.
 *
 * <p>Locks of files belong to processes, not to parts of them, and a process that closes a file loses its locks on it,
 * whichever part had got them. So all who want the lock of one file share one channel, which is closed with the last.
 */
final class WorkerLock implements AutoCloseable {
    private static final Map<Path, Shared> CHANNELS = new HashMap<>();

    private final Path file;
    private final Shared shared;
    private Optional<FileLock> held = Optional.empty();

    private static final class Shared {
        final FileChannel channel;
        int users;

        Shared(FileChannel channel) {
            this.channel = channel;
        }
    }

    /** Looks at a file, which must be there, and does not take its lock yet. */
    WorkerLock(Path file) throws IOException {
        this.file = file;
        synchronized (CHANNELS) {
            Shared known = CHANNELS.get(file);
            if (known == null) {
                known = new Shared(FileChannel.open(file, StandardOpenOption.WRITE));
                CHANNELS.put(file, known);
            }
            known.users++;
            shared = known;
        }
    }

    /** Takes the lock, if nobody has it; says whether it is this one's now. */
    boolean tryTake() throws IOException {
        synchronized (CHANNELS) {
            if (held.isEmpty()) {
                try {
                    held = Optional.ofNullable(shared.channel.tryLock());
                } catch (OverlappingFileLockException e) {
                    return false; // Another store of this process has it.
                }
            }
            return held.isPresent();
        }
    }

    /** Frees the lock, if it is this one's. To be called once. */
    @Override
    public void close() throws IOException {
        synchronized (CHANNELS) {
            try {
                if (held.isPresent()) {
                    held.get().release();
                }
            } finally {
                if (--shared.users == 0) {
                    CHANNELS.remove(file);
                    shared.channel.close();
                }
            }
        }
    }
}
