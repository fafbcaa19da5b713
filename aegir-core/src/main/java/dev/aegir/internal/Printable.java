// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

/** Text from elsewhere as it may be shown: bounded, and without characters that would change how other text is shown. */
final class Printable {
    private Printable() {}

    /** The text with its lines and tabs; other controls, and marks that turn its direction, are written as escapes. */
    static String text(String text) {
        if (text.chars().noneMatch(Printable::escaped)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean endOfLine = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (!escaped(c)) {
                out.append(c);
            } else if (!endOfLine) {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.toString();
    }

    /** The text, of which at most so many characters are kept, and what is missing is said. */
    static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
        return text.substring(0, end) + "... (cut: " + (text.length() - end) + " more characters)";
    }

    private static boolean escaped(int c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t'
                || c >= 0x202A && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069;
    }
}
