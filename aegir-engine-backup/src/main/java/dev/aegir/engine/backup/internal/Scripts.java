// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.internal;

import dev.aegir.host.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scripts of this module, to which everything that varies is an argument. */
public final class Scripts {
    /** How long the bytes of a part may be on their way. */
    public static final Duration LONG = Duration.ofHours(12);

    private Scripts() {}

    /**
     * A script and what it is told, without its comments, which would only travel.
     *
     * @param beside a class that the script lies beside
     * @param kind the first word of its first line
     * @param files what it consists of, after what all have in common; the last gives it its name
     * @param arguments what it is told
     * @return the command
     */
    public static Command command(Class<?> beside, String kind, List<String> files, List<String> arguments) {
        String text = Stream.concat(
                        resource(Scripts.class, "common").lines(),
                        files.stream().flatMap(file -> resource(beside, file).lines()))
                .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                .collect(Collectors.joining("\n", "# " + kind + ": " + files.get(files.size() - 1) + "\n", "\n"));
        return Command.of("sh", "-c", text, "aegir-backup")
                .with(arguments.toArray(String[]::new))
                .timeout(LONG);
    }

    private static String resource(Class<?> beside, String script) {
        String file = script + ".sh";
        try (InputStream in = beside.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
