// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The checkout that a lab belongs to, and the names that follow from it. Two checkouts on one machine have two labs, so
 * their tests do not meet.
 *
 * @param lab the lab's name
 * @param group what the names of its servers begin with: the lab's name, and the part of it that this program uses
 * @param image the tag of the server image, named by the content of its Dockerfile
 * @param cache where the lab keeps its key and its locks, outside the checkout
 */
record Checkout(String lab, String group, String image, Path cache) {
    private static final Path DOCKERFILE = Path.of("aegir-lab", "src", "main", "docker", "server.Dockerfile");

    /**
     * Names a part of the lab, which has servers of its own whatever they are called: for tests that run at the same time in
     * programs of their own.
     */
    private static final String PART = "dev.aegir.lab.part";

    /** The checkout around the working directory. bin/lab computes the same names. */
    static Checkout current() {
        Path root = root();
        try {
            String path = root.toRealPath().toString();
            String lab = environment("AEGIR_LAB").orElseGet(() -> hash(path.getBytes(StandardCharsets.UTF_8), 8));
            String image = "aegir-lab/server:" + hash(Files.readAllBytes(root.resolve(DOCKERFILE)), 12);
            String part = System.getProperty(PART, "");
            String group = part.isBlank() ? lab : lab + "-" + part;
            return new Checkout(
                    lab, group, image, cacheHome().resolve("aegir-lab").resolve(group));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is. */
    static Path root() {
        Path start = Path.of("").toAbsolutePath();
        Path root = start;
        while (!Files.exists(root.resolve("bin/lab")) || !Files.exists(root.resolve(DOCKERFILE))) {
            Path parent = root.getParent();
            if (parent == null) {
                throw new LabException("The lab is used from a checkout of Aegir, and there is none around " + start
                        + ": no directory above it has bin/lab. Start the program in the checkout.");
            }
            root = parent;
        }
        return root;
    }

    private static Path cacheHome() {
        return environment("XDG_CACHE_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    /** The first digits of the SHA-256. */
    static String hash(byte[] content, int digits) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest).substring(0, digits);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
