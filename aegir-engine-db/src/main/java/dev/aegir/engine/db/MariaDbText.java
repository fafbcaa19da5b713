// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.InvalidValueException;

/**
 * Writes values as MariaDB's SQL: the only place that does. What it writes is right in sessions whose {@code sql_mode} has
 * neither {@code NO_BACKSLASH_ESCAPES} nor {@code ANSI_QUOTES}, which is set when a session begins.
 */
final class MariaDbText {
    private static final int LAST_OF_BMP = 0xFFFF;

    private MariaDbText() {}

    /** A string. */
    static String literal(String text) {
        StringBuilder out = new StringBuilder("'");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\0' -> out.append("\\0");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\u001a' -> out.append("\\Z");
                case '\'' -> out.append("\\'");
                case '\\' -> out.append("\\\\");
                default -> out.append(c);
            }
        }
        return out.append('\'').toString();
    }

    /** A name. */
    static String identifier(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** An account. */
    static String account(String user, String host) {
        return literal(user) + "@" + literal(host);
    }

    /** The pattern by which rights are granted on one database and no other: {@code _} and {@code %} would match more. */
    static String pattern(String database) {
        return database.replace("_", "\\_").replace("%", "\\%");
    }

    /** A value in an option file. */
    static String option(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\0' -> throw new InvalidValueException("password", "(not shown)", "MariaDB takes no NUL");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /** Refuses names that MariaDB cannot have, or cannot grant rights on exactly. */
    static void validate(String what, String name) {
        if (name.codePoints().anyMatch(c -> c > LAST_OF_BMP)) {
            throw new InvalidValueException(what, name, "MariaDB has no characters beyond U+FFFF in names");
        }
        if (name.indexOf('\\') >= 0) {
            throw new InvalidValueException(
                    what, name, "MariaDB cannot grant rights on a name with a backslash exactly");
        }
    }
}
