// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of what GNU tar says is in an archive, with names written so that they can be told apart from everything around them.
 *
 * @param type what it is, as {@code ls} writes it
 * @param mode its nine permissions, as {@code ls} writes them
 * @param bytes its length; 0 for what has none
 * @param name its name as it stands in the archive
 * @param target where it leads, if it is a link of either kind
 * @param text whether both names are UTF-8; those that are not are read as ISO-8859-1
 */
public record Entry(char type, String mode, long bytes, String name, Optional<String> target, boolean text) {
    /** Everything before the names: what it is, permissions, owners, length, time. */
    private static final Pattern BEGINNING =
            Pattern.compile("(.)([-rwxsStT]{9})[.+]? *[^ ]+/[^ ]+ +([0-9]{1,18}|[0-9]+,[0-9]+) "
                    + "[0-9]{4,}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9.]+ +");

    /** Nothing when the line is none that tar prints for files, directories and links without anything peculiar. */
    public static Optional<Entry> of(String line) {
        Matcher beginning = BEGINNING.matcher(line);
        if (line.length() >= Programs.LONGEST_LINE || !beginning.lookingAt()) {
            return Optional.empty();
        }
        char type = beginning.group(1).charAt(0);
        String between = type == 'l' ? " -> " : type == 'h' ? " link to " : "";
        int end = word(line, beginning.end());
        boolean leads = !between.isEmpty() && line.startsWith(between, end);
        int last = leads ? word(line, end + between.length()) : end;
        if (leads == between.isEmpty() || last != line.length() || end == beginning.end()) {
            return Optional.empty();
        }
        Text name = Text.of(line.substring(beginning.end(), end));
        Optional<Text> target = leads ? Optional.of(Text.of(line.substring(end + between.length()))) : Optional.empty();
        return Optional.of(new Entry(
                type,
                beginning.group(2),
                beginning.group(3).contains(",") ? 0 : Long.parseLong(beginning.group(3)),
                name.value(),
                target.map(Text::value),
                name.utf8() && target.map(Text::utf8).orElse(true)));
    }

    /** A name that is not escaped, byte by byte as ISO-8859-1, as entries have theirs. */
    public static String name(String bytes) {
        return Text.read(bytes.getBytes(StandardCharsets.ISO_8859_1)).value();
    }

    /** Where the word ends that begins here; a space in a name is written with a backslash. */
    private static int word(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) != ' ') {
            at += line.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, line.length());
    }

    /** Whether who runs it would become somebody else, or it is sticky. */
    public boolean special() {
        return mode.chars().anyMatch(c -> "sStT".indexOf(c) >= 0);
    }

    private record Text(String value, boolean utf8) {
        static Text of(String escaped) {
            return plain(escaped) ? new Text(escaped, true) : read(unescaped(escaped));
        }

        private static boolean plain(String escaped) {
            for (int i = 0; i < escaped.length(); i++) {
                if (escaped.charAt(i) == '\\' || escaped.charAt(i) > '~') {
                    return false;
                }
            }
            return true;
        }

        static Text read(byte[] bytes) {
            try {
                return new Text(
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString(),
                        true);
            } catch (CharacterCodingException e) {
                return new Text(new String(bytes, StandardCharsets.ISO_8859_1), false);
            }
        }

        private static byte[] unescaped(String text) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int at = 0;
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c != '\\' || at == text.length()) {
                    out.write(c);
                    continue;
                }
                char next = text.charAt(at++);
                if (next >= '0' && next <= '7') {
                    int end = Math.min(at + 2, text.length());
                    int value = next - '0';
                    while (at < end && text.charAt(at) >= '0' && text.charAt(at) <= '7') {
                        value = value * 8 + text.charAt(at++) - '0';
                    }
                    out.write(value);
                } else {
                    int known = "abtnvfr".indexOf(next);
                    out.write(known >= 0 ? 7 + known : next);
                }
            }
            return out.toByteArray();
        }
    }
}
