// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;
import java.util.regex.Pattern;

/**
 * A dump was not made, or was not accepted. The database is as it was, and of the dump nothing is left. Whether to try again
 * depends on the {@linkplain #reason() reason}.
 */
public final class DumpFailedException extends AegirException {
    private static final long serialVersionUID = 1L;
    private static final Pattern NO_SPACE = Pattern.compile(
            "(?i)no space left|disk quota exceeded|file too large|errno: (28|122)|errno (28|122) on write");
    private static final Pattern SERVER_GONE =
            Pattern.compile("(?i)lost connection|has gone away|server closed the connection|terminating connection"
                    + "|can't connect|connection to server|no connection to the server|server shutdown in progress"
                    + "|the database system is|connection refused|timed out|connection was killed");
    private static final Pattern CHANGED = Pattern.compile("(?i)\\b1412\\b|table definition has changed"
            + "|\\b1146\\b|doesn't exist|relation .* does not exist|could not obtain lock|lock timeout");

    /** Why there is no dump. */
    public enum Reason {
        /** The file system is full, or its quota used up. Make room, then try again. */
        NO_SPACE,
        /** The database server stopped, was restarted or cannot be reached. Try again. */
        SERVER_GONE,
        /** The program that makes dumps was killed, by somebody or for want of memory. */
        KILLED,
        /** Somebody changed the structure of tables meanwhile. Try again, or when nobody does. */
        TABLES_CHANGED,
        /** What was written is not all that the database has, although nothing failed. */
        INCOMPLETE,
        /** Something else, which the message tells. */
        OTHER
    }

    private final Reason reason;

    /**
     * Refuses a dump.
     *
     * @param message what happened, to what and where
     * @param reason why
     */
    DumpFailedException(String message, Reason reason) {
        super(message + " Nothing of the dump was kept. " + next(reason));
        this.reason = reason;
    }

    /**
     * Why there is no dump.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /** What a program meant that ended so. */
    static Reason of(int exit, String stderr) {
        if (NO_SPACE.matcher(stderr).find()) {
            return Reason.NO_SPACE;
        } else if (exit > 128) {
            return Reason.KILLED;
        } else if (SERVER_GONE.matcher(stderr).find()) {
            return Reason.SERVER_GONE;
        } else if (CHANGED.matcher(stderr).find()) {
            return Reason.TABLES_CHANGED;
        }
        return stderr.contains(DumpDatabase.NO_END) ? Reason.INCOMPLETE : Reason.OTHER;
    }

    private static String next(Reason reason) {
        return switch (reason) {
            case NO_SPACE -> "Make room on the file system, then try again.";
            case SERVER_GONE -> "Try again when the database server runs.";
            case KILLED -> "Find out who or what killed it (the kernel does when memory runs out), then try again.";
            case TABLES_CHANGED -> "Try again when nobody changes tables.";
            case INCOMPLETE, OTHER -> "Try it on the server, and read the journal of the database server.";
        };
    }
}
