// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

/** What code of somebody else said, for people to read: one line that cannot move a cursor, and not too much of it. */
final class Said {
    private Said() {}

    static String shown(String text, int most) {
        StringBuilder out = new StringBuilder();
        int end = text.length() > most ? text.offsetByCodePoints(0, text.codePointCount(0, most)) : text.length();
        text.substring(0, end).codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (c == '\n' || c == '\t') {
                out.append(' ');
            } else if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append(end < text.length() ? "..." : "").toString().strip();
    }
}
