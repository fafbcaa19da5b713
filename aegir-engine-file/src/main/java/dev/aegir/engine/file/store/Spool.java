// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Lists too long for the memory, in files of this machine that only its account can read, and that are gone afterwards. */
final class Spool implements AutoCloseable {
    private static final List<String> NAMES = List.of("old", "draft", "names", "index", "changes", "large");
    private final Path directory;

    Spool() throws IOException {
        directory = Files.createTempDirectory(
                "aegir-store-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** What the store has said that it has. */
    Path old() {
        return directory.resolve(NAMES.get(0));
    }

    /** What was found. */
    Path draft() {
        return directory.resolve(NAMES.get(1));
    }

    /** What a program is told. */
    Path names() {
        return directory.resolve(NAMES.get(2));
    }

    /** What the store will say that it has. */
    Path index() {
        return directory.resolve(NAMES.get(3));
    }

    /** What git will be told of it. */
    Path changes() {
        return directory.resolve(NAMES.get(4));
    }

    /** A large file that may be there already. */
    Path large() {
        return directory.resolve(NAMES.get(5));
    }

    @Override
    public void close() throws IOException {
        for (String name : NAMES) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.delete(directory);
    }
}
