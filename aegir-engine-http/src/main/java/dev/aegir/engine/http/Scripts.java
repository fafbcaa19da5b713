// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files beside these classes: scripts that are run on servers, to which everything that varies is an argument. */
final class Scripts {
    private Scripts() {}

    /** A fixed script and what it is told. */
    static Command shell(String script, String... arguments) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", script, "aegir"));
        words.addAll(List.of(arguments));
        return Command.of(words);
    }

    /**
     * Scripts as one, without their comments, which would only travel, but for the name of the last, by which people know it
     * in a preview.
     */
    static String script(String... files) {
        String last = files[files.length - 1];
        String title = last.substring(0, last.lastIndexOf('.')).replace('-', ' ');
        return Stream.of(files)
                .flatMap(file -> resource(file).lines())
                .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                .collect(Collectors.joining("\n", "# " + title + "\n", "\n"));
    }

    /** The text of a file beside this class. */
    static String resource(String file) {
        try (InputStream in = Scripts.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
