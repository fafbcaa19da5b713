// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scripts beside these classes, to which everything that varies is an argument. */
final class Scripts {
    /** How long the bytes of a part may be on their way. */
    static final Duration LONG = Duration.ofHours(12);

    private Scripts() {}

    /** A script and what it is told, without its comments, which would only travel. */
    static Command command(String script, List<String> arguments) {
        String text = Stream.of("common.sh", script + ".sh")
                .flatMap(file -> resource(file).lines())
                .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                .collect(Collectors.joining("\n", "# backup: " + script + "\n", "\n"));
        return Command.of("sh", "-c", text, "aegir-backup")
                .with(arguments.toArray(String[]::new))
                .timeout(LONG);
    }

    static Command command(String script, String... arguments) {
        return command(script, List.of(arguments));
    }

    private static String resource(String file) {
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
