// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.InvalidValueException;
import java.util.Locale;

/**
 * What to bring of a git repository: {@code HEAD}, a branch, a tag, a full name below {@code refs/}, or a full commit id.
 * Names follow the rules of {@code git check-ref-format} and never look like an option.
 *
 * @param value the name
 */
record GitRef(String value) {
    GitRef {
        if (isCommit(value.toLowerCase(Locale.ROOT))) {
            value = value.toLowerCase(Locale.ROOT);
        }
        String wrong = wrong(value);
        if (!wrong.isEmpty()) {
            throw new InvalidValueException("git ref", value, wrong);
        }
    }

    static boolean isCommit(String text) {
        return text.matches("[0-9a-f]{40}");
    }

    private static String wrong(String ref) {
        if (ref.isEmpty() || ref.length() > 250) {
            return "1 to 250 characters are allowed";
        }
        if (ref.startsWith("-")) {
            return "it begins with -";
        }
        if (ref.chars().anyMatch(c -> c <= ' ' || c == 0x7f || "~^:?*[\\".indexOf(c) >= 0)) {
            return "white space, control characters and ~ ^ : ? * [ \\ are not allowed";
        }
        if (ref.contains("..") || ref.contains("@{") || ref.equals("@")) {
            return ".., @{ and a lone @ are not allowed";
        }
        if (ref.startsWith("/") || ref.endsWith("/") || ref.contains("//") || ref.endsWith(".")) {
            return "it begins or ends with a slash, has an empty part, or ends with a dot";
        }
        for (String part : ref.split("/")) {
            if (part.startsWith(".") || part.endsWith(".lock")) {
                return "no part may begin with a dot or end with .lock";
            }
        }
        return "";
    }

    @Override
    public String toString() {
        return value;
    }
}
