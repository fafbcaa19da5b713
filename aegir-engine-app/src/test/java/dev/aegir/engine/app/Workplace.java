// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A directory on this machine with room for releases, sources and caches, and a bench that works in it. */
final class Workplace implements AutoCloseable {
    private final Path top;
    private final ShellHost host = new ShellHost("web1", new LocalShell());
    private final Bench bench = new Bench().host(host);

    Workplace() {
        try {
            // Readable by all: the account that fetches is another when the tests run as root.
            top = readable(Files.createTempDirectory("aegir-app"));
            readable(Files.createDirectory(top.resolve("sources")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bench.setting("code", top + "/code")
                .setting("cache", top + "/cache")
                .setting("run", top + "/run")
                .setting("file-root", top + "/sources")
                .setting("account", account());
    }

    private static Path readable(Path directory) throws IOException {
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Tests need no privileges; those who have them fetch as somebody who has none. */
    private static String account() {
        String me = System.getProperty("user.name");
        return me.equals("root") ? "nobody" : me;
    }

    Path top() {
        return top;
    }

    Path source(String name) {
        return top.resolve("sources").resolve(name);
    }

    /** A file among the sources, which the account that fetches may read. */
    void source(String name, byte[] content) {
        try {
            Path file = Files.write(source(name), content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Bench bench() {
        return bench;
    }

    ShellHost host() {
        return host;
    }

    /** Runs a command that must succeed, and gives what it printed. */
    String sh(Path directory, String... words) {
        try {
            Process process = new ProcessBuilder(LocalShell.readable(List.of(words)))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(List.of(words) + ": " + said);
            }
            return said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything below a directory: kinds, modes, names, targets, contents. */
    String listing(String directory) {
        Path where = top.resolve(directory);
        return Files.exists(where)
                ? sh(
                        where,
                        "sh",
                        "-c",
                        "find . -printf '%y %m %u %P %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 -r sha256sum --")
                : "";
    }

    @Override
    public void close() {
        sh(Path.of("/"), "rm", "-rf", "--", top.toString());
    }
}
