// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.model.InvalidValueException;
import java.util.List;
import java.util.stream.Collectors;

/** Values as expressions of PHP (PHP manual, "Strings", single quoted: only the quote and the backslash are escaped). */
final class PhpLiteral {
    private PhpLiteral() {}

    /** Text. Two braces in a row, which stand for a secret in a file that is written, never come out of it. */
    static String of(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidValueException("text", text, "a NUL is nothing that settings have");
        }
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("{{", "{'.'{") + "'";
    }

    static String of(boolean value) {
        return value ? "TRUE" : "FALSE";
    }

    static String of(List<String> texts) {
        return texts.stream().map(PhpLiteral::of).collect(Collectors.joining(", ", "[", "]"));
    }
}
