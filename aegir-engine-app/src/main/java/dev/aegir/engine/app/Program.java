// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fixed program for a POSIX shell, which finds what varies in its environment.
 *
 * @param text the program
 */
record Program(String text) {
    /** Of files beside this class, without their comments, which would only travel. People know it by its first line. */
    static Program of(String title, String... files) {
        String text = Stream.of(files)
                .flatMap(file -> read(file).lines())
                .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                .collect(Collectors.joining("\n", "# " + title + "\n", "\n"));
        return new Program(text);
    }

    Command command() {
        return Command.of("sh", "-c", text, "aegir-code");
    }

    private static String read(String file) {
        try (InputStream in = Program.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
