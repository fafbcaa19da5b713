// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.InvalidValueException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one place where words become text for a shell: an SSH server hands the whole text to the login shell of the account
 * (RFC 4254, section 6.5, and sshd(8)). Between single quotes a POSIX shell takes every character as it is, save the single
 * quote itself.
 */
final class RemoteWords {
    private RemoteWords() {}

    static String quoted(List<String> words) {
        return words.stream().map(RemoteWords::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new InvalidValueException("word", word, "a command cannot have a NUL in a word");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
