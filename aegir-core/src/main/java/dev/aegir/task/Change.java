// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

/**
 * One thing that a step would change.
 *
 * @param kind what happens
 * @param where the server's name, or {@code inventory}
 * @param subject what it happens to: a path, a command, a name
 * @param detail the difference as text, line by line where there is one; may be empty
 */
public record Change(Kind kind, String where, String subject, String detail) {
    /** What happens. */
    public enum Kind {
        /** Something is made. */
        CREATE,
        /** Something that is there becomes different. */
        CHANGE,
        /** Something is removed. */
        DELETE,
        /** A command runs. */
        RUN,
        /** Somebody else has changed something of ours; the detail says what will be done about it. */
        DRIFT
    }

    /** Makes it. */
    public Change {}

    @Override
    public String toString() {
        String line = kind.name().toLowerCase(java.util.Locale.ROOT) + " " + where + " " + subject;
        return detail.isBlank()
                ? line
                : line + "\n" + detail.stripTrailing().indent(4).stripTrailing();
    }
}
