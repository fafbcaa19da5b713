// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * The name people give to a server, a service or a codebase: 1 to 63 characters of {@code a-z}, {@code 0-9} and
 * {@code -}, beginning and ending with a letter or digit. Safe in a path, a file and a label of any system we write to.
 *
 * @param value the name
 */
public record Name(String value) implements Comparable<Name> {
    /** Validates. */
    public Name {
        if (value.isEmpty() || value.length() > 63) {
            throw new InvalidValueException("name", value, "1 to 63 characters are allowed");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean edge = i == 0 || i == value.length() - 1;
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' && !edge)) {
                throw new InvalidValueException(
                        "name", value, "only a-z, 0-9 and - are allowed, and - neither first nor last");
            }
        }
    }

    /**
     * Makes a name.
     *
     * @param value the text
     * @return the name
     * @throws InvalidValueException when it is none
     */
    public static Name of(String value) {
        return new Name(value);
    }

    @Override
    public int compareTo(Name other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
