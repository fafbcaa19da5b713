// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.InvalidValueException;
import java.util.List;
import java.util.stream.Collectors;

/** The language of systemd's unit files, as systemd.syntax(7), systemd.unit(5) and systemd.service(5) have it. */
final class SystemdUnit {
    private SystemdUnit() {}

    /** The words of a command. The first is the program, by its whole path. */
    static String command(List<String> words) {
        // A $ begins a variable here, also in quotes.
        return words.stream().map(word -> quoted(word).replace("$", "$$")).collect(Collectors.joining(" "));
    }

    /** A variable and its value, as {@code Environment=} takes it, where a $ is only a $. */
    static String variable(String name, String value) {
        return quoted(name + "=" + value);
    }

    private static String quoted(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("word", text, "control characters cannot stand in a unit of systemd");
        }
        // A % begins a specifier, and what stands in quotes is read like a string of C.
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + '"';
    }
}
