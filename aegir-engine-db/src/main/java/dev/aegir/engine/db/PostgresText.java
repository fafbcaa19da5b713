// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.InvalidValueException;

/**
 * Writes values as PostgreSQL's SQL and as what its clients read: the only place that does. What it writes is right in
 * sessions with {@code standard_conforming_strings} on, which is set when a session begins.
 */
final class PostgresText {
    private PostgresText() {}

    /** A string. */
    static String literal(String text) {
        return "'" + whole(text).replace("'", "''") + "'";
    }

    /** A name. */
    static String identifier(String name) {
        return "\"" + whole(name).replace("\"", "\"\"") + "\"";
    }

    /** A thing in a schema, in statements. */
    static String qualified(String schema, String name) {
        return identifier(schema) + "." + identifier(name);
    }

    /** A thing in a schema, as people read it; no other has the same. */
    static String title(String schema, String name) {
        return titled(schema) + "." + titled(name);
    }

    private static String titled(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : identifier(name);
    }

    /** A value in a connection string. */
    static String connection(String text) {
        return "'" + whole(text).replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /**
     * The argument of psql's {@code \connect}, which may have any character: first read as a string, then as a name, of which
     * double quotes are taken away.
     */
    static String connectArgument(String text) {
        StringBuilder out = new StringBuilder("'\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\'' -> out.append("\\'");
                case '"' -> out.append("\"\"");
                case '\\' -> out.append("\\\\");
                default -> out.append(c);
            }
        }
        return out.append("\"'").toString();
    }

    /** A field of a password file. */
    static String passwordFile(String text) {
        if (whole(text).chars().anyMatch(c -> c == '\n' || c == '\r')) {
            throw new InvalidValueException(
                    "password", "(not shown)", "PostgreSQL's clients read no line ends in an administrator's password");
        }
        return text.replace("\\", "\\\\").replace(":", "\\:");
    }

    /** A name in {@code pg_hba.conf}: quoted, none of it has a meaning. */
    static String access(String name) {
        return "\"" + whole(name).replace("\"", "\"\"") + "\"";
    }

    private static String whole(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidValueException("text", "(not shown)", "PostgreSQL takes no NUL");
        }
        return text;
    }
}
