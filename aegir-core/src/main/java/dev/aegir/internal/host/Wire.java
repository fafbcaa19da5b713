// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.Command;
import dev.aegir.model.InvalidValueException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How values are written for the program on the host; see {@code agent.sh}. */
final class Wire {
    private Wire() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Lines, each with its end. */
    static byte[] lines(List<String> lines) {
        StringBuilder out = new StringBuilder();
        lines.forEach(line -> out.append(line).append('\n'));
        return bytes(out.toString());
    }

    /** A word of any characters but NUL as one line. */
    static String word(String word) {
        if (word.indexOf('\n') < 0) {
            return "=" + word;
        }
        // printf %b reads a backslash and line ends in octal: up to three digits after the 0, so always all three.
        return "%" + word.replace("\\", "\\0134").replace("\n", "\\0012");
    }

    /** A command: account, directory, seconds, and words, environment first. */
    static List<String> command(Command command) {
        if (command.words().get(0).indexOf('=') >= 0) {
            throw new InvalidValueException(
                    "command", command.words().get(0), "the name of a program cannot have a = in it");
        }
        List<String> lines = new ArrayList<>();
        lines.add(command.user().orElse(""));
        lines.add(word(command.directory().map(Object::toString).orElse("/")));
        lines.add(String.format(java.util.Locale.ROOT, "%.3f", command.timeout().toMillis() / 1000.0));
        command.environment().forEach((name, value) -> lines.add(word(name + "=" + value)));
        command.words().forEach(each -> lines.add(word(each)));
        return lines;
    }
}
