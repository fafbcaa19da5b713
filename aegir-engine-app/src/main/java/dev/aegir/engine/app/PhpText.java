// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.InvalidValueException;

/** Text as PHP writes it (PHP manual, "Strings", single quoted: only the quote and the backslash are escaped). */
final class PhpText {
    private PhpText() {}

    /**
     * An expression that is this text. Two braces in a row, which stand for a secret in a file that is written, never come out of
     * it.
     */
    static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidValueException("text", text, "a NUL is nothing that settings have");
        }
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replaceAll("\\{(?=\\{)", "{'.'") + "'";
    }
}
