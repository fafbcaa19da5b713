// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.InvalidValueException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one place where words become text for a shell: an SSH server hands the whole text to the login shell of the account
 * (RFC 4254, section 6.5, and sshd(8)). Between single quotes a POSIX shell takes every character as it is, save the single
 * quote itself.
 */
final class RemoteWords {
    /** What is longer could exceed a packet of SSH, and the 128 KiB that Linux lets one word of a program have. */
    private static final int LONGEST_LINE = 64 * 1024;

    /** Reads so many words, one a line, and becomes the program they name; a shell reads not a byte more than a line. */
    private static final String READER = "n=$1; set --; while [ \"$n\" -gt 0 ]; do IFS= read -r w || exit 126;"
            + " w=$(printf '%bx' \"$w\"); set -- \"$@\" \"${w%x}\"; n=$((n - 1)); done; exec \"$@\"";

    private RemoteWords() {}

    /**
     * How a program is started.
     *
     * @param line what the login shell is given
     * @param head what goes before its input
     */
    record Request(String line, String head) {}

    static Request request(List<String> words) {
        String line = quoted(words);
        if (line.getBytes(StandardCharsets.UTF_8).length <= LONGEST_LINE) {
            return new Request(line, "");
        }
        String head = words.stream()
                .map(word -> word.replace("\\", "\\\\").replace("\n", "\\n") + "\n")
                .collect(Collectors.joining());
        String reader = quoted(List.of("sh", "-c", READER, "aegir-words", Integer.toString(words.size())));
        return new Request(reader, head);
    }

    private static String quoted(List<String> words) {
        return words.stream().map(RemoteWords::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new InvalidValueException("word", word, "a command cannot have a NUL in a word");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
