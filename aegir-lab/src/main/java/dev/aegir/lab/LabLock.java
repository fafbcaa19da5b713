// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one thread of one program on this machine at a time deal with one name of one lab. */
final class LabLock {
    // A file lock belongs to the whole program, so its threads need a lock of their own, in whichever Lab they are.
    private static final Map<Path, ReentrantLock> OWN = new ConcurrentHashMap<>();

    /** What is done while the lock is held. */
    interface Guarded<T> {
        T run() throws IOException;
    }

    private LabLock() {}

    static <T> T during(Path directory, String name, Guarded<T> action) {
        Path path = directory.resolve(name + ".lock");
        ReentrantLock own = OWN.computeIfAbsent(path, p -> new ReentrantLock());
        own.lock();
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                FileLock lock = file.lock();
                try {
                    return action.run();
                } finally {
                    lock.release();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            own.unlock();
        }
    }
}
