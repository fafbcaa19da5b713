// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Secrets as files that only their owner can read. Thread-safe. */
public final class FileSecrets implements Secrets {
    private static final String SUFFIX = ".secret";

    private final Path directory;

    /**
     * In a directory, which is made when the first secret is kept.
     *
     * @param directory the directory
     */
    public FileSecrets(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<Secret> find(SecretRef reference) {
        try {
            return Optional.of(Secret.of(Files.readString(file(reference), StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("The secret \"" + reference + "\" cannot be read", e);
        }
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        Path file = file(reference);
        Path parent = file.toAbsolutePath().getParent();
        try {
            Files.createDirectories(
                    parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path fresh = Files.createTempFile(
                    parent,
                    ".new",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                write(fresh, secret);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
            try (FileChannel entries = FileChannel.open(parent, StandardOpenOption.READ)) {
                entries.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The secret \"" + reference + "\" cannot be kept", e);
        }
    }

    private static void write(Path file, Secret secret) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(secret.reveal());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    @Override
    public List<SecretRef> below(SecretRef name) {
        Path top = directory.resolve(name.name());
        if (!Files.isDirectory(top)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(top)) {
            return tree.filter(path -> path.toString().endsWith(SUFFIX))
                    .map(path -> directory
                            .relativize(path)
                            .toString()
                            .replace(path.getFileSystem().getSeparator(), "/"))
                    .map(path -> SecretRef.of(path.substring(0, path.length() - SUFFIX.length())))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new UncheckedIOException(
                    "The secrets below \"" + name + "\" cannot be listed",
                    e instanceof UncheckedIOException wrapped ? wrapped.getCause() : (IOException) e);
        }
    }

    @Override
    public void forget(SecretRef reference) {
        try {
            Files.deleteIfExists(file(reference));
        } catch (IOException e) {
            throw new UncheckedIOException("The secret \"" + reference + "\" cannot be forgotten", e);
        }
    }

    private Path file(SecretRef reference) {
        return directory.resolve(reference.name() + SUFFIX);
    }
}
