// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.InvalidValueException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The content of an {@code authorized_keys} file (sshd(8)). What is not about the key in question stays as it is, byte for
 * byte, comments and lines that nobody understands included. Immutable.
 *
 * @param text the bytes of the file, each as one character, whatever they are meant to be
 */
record AuthorizedKeys(String text) {
    static AuthorizedKeys of(byte[] content) {
        return new AuthorizedKeys(new String(content, StandardCharsets.ISO_8859_1));
    }

    byte[] content() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether a key may log in by it, with options before it or without. */
    boolean has(PublicKeyLine key) {
        return lines().anyMatch(line -> is(line, key));
    }

    /** With a key as its last line, unless it has it already. */
    AuthorizedKeys with(PublicKeyLine key) {
        if (has(key)) {
            return this;
        }
        String line = of((key + "\n").getBytes(StandardCharsets.UTF_8)).text;
        return new AuthorizedKeys(text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + line);
    }

    /** Without every line that lets a key in. */
    AuthorizedKeys without(PublicKeyLine key) {
        return new AuthorizedKeys(lines().filter(line -> !is(line, key)).collect(Collectors.joining()));
    }

    /** The lines, each with its end. */
    private Stream<String> lines() {
        return Stream.of(text.split("(?<=\n)"));
    }

    private static boolean is(String line, PublicKeyLine key) {
        return keyOf(line.stripTrailing()).filter(key::sameKey).isPresent();
    }

    /** The key of a line, its options and its comment left aside; nothing for comments and what is no key. */
    private static Optional<PublicKeyLine> keyOf(String line) {
        String rest = line.stripLeading();
        if (rest.isEmpty() || rest.startsWith("#")) {
            return Optional.empty();
        }
        String first = rest.split("[ \t]", 2)[0];
        if (PublicKeyLine.types().noneMatch(first::equals)) {
            rest = rest.substring(endOfOptions(rest)).stripLeading();
        }
        String[] words = rest.split("[ \t]+", 3);
        if (words.length < 2 || PublicKeyLine.types().noneMatch(words[0]::equals)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PublicKeyLine(words[0], words[1], ""));
        } catch (InvalidValueException e) {
            return Optional.empty(); // sshd skips it too
        }
    }

    /** Options end at the first blank that is not between double quotes; a backslash takes a quote its meaning. */
    private static int endOfOptions(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                return i;
            }
        }
        return line.length();
    }
}
