// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place that has bytes under names, as letters, digits, dots and slashes. An object is there whole or not at all. Used by several
 * threads. What fails is a {@link FileStoreException}, after it was tried several times where that may help; {@link IOException} is
 * of this machine's own files.
 */
interface ObjectStore extends AutoCloseable {
    /** Hears of objects. */
    interface Listener {
        /**
         * An object.
         *
         * @param name its name
         * @param size its length
         */
        void object(String name, long size) throws InterruptedException;
    }

    /** Tells all objects whose names begin so, in any order. */
    void list(String prefix, Listener listener) throws InterruptedException;

    /** There is an object with these bytes, whatever was there. */
    void put(String name, byte[] content) throws InterruptedException;

    /** There is an object with what is in a file of this machine, whatever was there. */
    void put(String name, Path file, String sha256) throws InterruptedException, IOException;

    /**
     * What is in an object.
     *
     * @param limit how long it may be
     * @return absent when there is none
     * @throws FileStoreException when it is longer
     */
    Optional<byte[]> get(String name, int limit) throws InterruptedException;

    /**
     * What is in an object goes into a file of this machine.
     *
     * @param limit how long it may be
     * @return whether there is one
     */
    boolean get(String name, Path file, long limit) throws InterruptedException, IOException;

    /** There is no such object, whether there was one or not. */
    void delete(String name) throws InterruptedException;

    /** Where it is, for messages. */
    @Override
    String toString();

    @Override
    void close();
}
