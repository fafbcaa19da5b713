// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts programs on this machine, each in a process group of its own. */
final class LocalShell implements ShellHost.Launcher {
    @Override
    public Ended run(List<String> words, byte[] input) throws InterruptedException {
        Path out = temporary("out");
        Path err = temporary("err");
        try {
            List<String> command = new java.util.ArrayList<>(List.of("setsid", "--wait"));
            command.addAll(words);
            Process process = new ProcessBuilder(readable(command))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input);
            } catch (IOException e) {
                // The program has ended, or reads nothing.
            }
            int exit = process.waitFor();
            return new Ended(exit, Files.readAllBytes(out), Files.readAllBytes(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            out.toFile().delete();
            err.toFile().delete();
        }
    }

    /** What a program makes can be read by others, as on a server, whatever is usual for who runs the tests. */
    static List<String> readable(List<String> words) {
        List<String> all = new java.util.ArrayList<>(List.of("sh", "-c", "umask 022; exec \"$@\"", "sh"));
        all.addAll(words);
        return all;
    }

    private static Path temporary(String suffix) {
        try {
            return Files.createTempFile("aegir-test", suffix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
