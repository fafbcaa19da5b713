// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.Command;
import dev.aegir.host.Fence;
import dev.aegir.model.InvalidValueException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How values are written for the program on the host; see {@code agent.sh}. */
final class Wire {
    private Wire() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a request begins with: what is asked, for which key, by which owner, and how much. */
    static String head(String verb, String key, Optional<Fence> fence, long limit) {
        return verb + " " + (key.isEmpty() ? "-" : key) + " "
                + fence.map(Fence::resource).orElse("-") + " "
                + fence.map(Fence::token).orElse(0L) + " " + limit;
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
        // printf %b reads up to three octal digits after the 0: always three, so that a digit after them stays itself.
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
