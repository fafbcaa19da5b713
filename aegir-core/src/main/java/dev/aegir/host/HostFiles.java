// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import java.util.List;
import java.util.Optional;

/** The files of a host. Thread-safe. */
public interface HostFiles {
    /**
     * Reads a file.
     *
     * @param path which
     * @param limit how many bytes at most; a longer file is an error
     * @return its content, or nothing when there is no such file
     * @throws InterruptedException when the thread is interrupted
     */
    Optional<byte[]> read(HostPath path, int limit) throws InterruptedException;

    /**
     * Lists a directory.
     *
     * @param directory which
     * @return the names in it, sorted; empty when there is no such directory
     * @throws InterruptedException when the thread is interrupted
     */
    List<String> list(HostPath directory) throws InterruptedException;

    /**
     * Says what of a set is not as it should be. Changes nothing.
     *
     * @param files how the files should be
     * @return those that differ, in the same order
     * @throws InterruptedException when the thread is interrupted
     */
    List<FileState> compare(List<FileChange> files) throws InterruptedException;

    /**
     * Makes a set of files so, all or none. One round trip when nothing differs, two when something does.
     *
     * @param key under which the files as they were are kept on the host, for {@link #revert}: letters, digits,
     *     {@code . _ -}
     * @param transaction what shall be so
     * @return what it did
     * @throws DriftException when a file has drifted and the policy is to fail
     * @throws ConfigRejectedException when something refused it; the host is then as it was before
     * @throws InterruptedException when the thread is interrupted
     */
    Applied apply(String key, FileTransaction transaction) throws InterruptedException;

    /**
     * Puts everything back that {@link #apply} changed under a key, also when that was interrupted half-way: all files
     * first, then the transaction's checks and activations. Does nothing when nothing was kept under that key.
     *
     * @param key the key
     * @param transaction what had been applied
     * @return whether there was something to put back
     * @throws ConfigRejectedException when what was put back could not be activated
     * @throws InterruptedException when the thread is interrupted
     */
    boolean revert(String key, FileTransaction transaction) throws InterruptedException;
}
