// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.host.FileChange;
import dev.aegir.model.HostPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The same files as a tar archive and as a list of checksums; made by the programs of this machine, before any clock runs. */
final class Bundle {
    private Bundle() {}

    /** An archive of these files, to be unpacked at the root. */
    static byte[] tar(List<FileChange.Write> files) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("aegir-benchmark");
        try {
            for (FileChange.Write file : files) {
                Path path = directory.resolve(file.path().value().substring(1));
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.content());
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
                Files.setLastModifiedTime(path, modified(file.content()));
            }
            Path names = Files.write(
                    directory.resolve("names"),
                    files.stream().map(file -> file.path().value().substring(1)).toList());
            // Names only, no directories: what is there keeps its own permissions.
            Path archive = directory.resolve("archive.tar");
            Process tar = new ProcessBuilder(
                            "tar",
                            "-C",
                            directory.toString(),
                            "--owner=root:0",
                            "--group=root:0",
                            "-cf",
                            archive.toString(),
                            "-T",
                            names.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!tar.waitFor(1, TimeUnit.MINUTES) || tar.exitValue() != 0) {
                throw new IOException("tar failed: " + said);
            }
            return Files.readAllBytes(archive);
        } finally {
            Temporary.delete(directory);
        }
    }

    /** Another time for another content, and the same for the same: Ansible compares archives by the time of their files. */
    private static FileTime modified(String content) {
        return FileTime.from(Instant.ofEpochSecond(1_500_000_000L + Math.floorMod(content.hashCode(), 100_000_000)));
    }

    /** What {@code sha256sum --check} reads. */
    static byte[] checksums(List<FileChange.Write> files) {
        StringBuilder lines = new StringBuilder();
        for (FileChange.Write file : files) {
            HostPath path = file.path();
            lines.append(sha256(file.content())).append("  ").append(path).append('\n');
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
