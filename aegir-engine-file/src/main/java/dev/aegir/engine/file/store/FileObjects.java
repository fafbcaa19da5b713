// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Objects that are files somewhere, in as many directories as there are beginnings of checksums, and travel as streams. */
interface FileObjects extends ObjectStore {
    /** Opened once more for each try. */
    interface Content {
        InputStream open() throws IOException;
    }

    /** Opened once more for each try. */
    interface Sink {
        OutputStream open() throws IOException;
    }

    /**
     * There is a file with these bytes, whatever was there.
     *
     * @param file its path below the store's directory
     */
    void put(String file, long length, Content content) throws InterruptedException;

    /**
     * What is in a file goes there.
     *
     * @param file its path below the store's directory
     * @param limit how long it may be
     * @return whether there is one
     */
    boolean get(String file, long limit, Sink sink) throws InterruptedException;

    @Override
    default void put(String name, byte[] content) throws InterruptedException {
        put(file(name), content.length, () -> new ByteArrayInputStream(content));
    }

    @Override
    default void put(String name, Path file, String sha256) throws InterruptedException, IOException {
        put(file(name), Files.size(file), () -> Files.newInputStream(file));
    }

    @Override
    default Optional<byte[]> get(String name, int limit) throws InterruptedException {
        Part part = new Part(limit);
        return get(file(name), limit, part::anew) ? Optional.of(part.content()) : Optional.empty();
    }

    @Override
    default boolean get(String name, Path file, long limit) throws InterruptedException {
        return get(file(name), limit, () -> Files.newOutputStream(file));
    }

    /** The path of an object below the store's directory: not all are in one. */
    static String file(String name) {
        int slash = name.lastIndexOf('/');
        String last = name.substring(slash + 1);
        boolean object = slash > 0 && name.substring(0, slash).endsWith("/objects") && last.length() > 2;
        return object ? name.substring(0, slash + 1) + last.substring(0, 2) + "/" + last : name;
    }
}
