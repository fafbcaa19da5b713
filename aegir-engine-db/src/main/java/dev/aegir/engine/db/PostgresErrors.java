// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.CommandResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands what PostgreSQL's clients say when they fail. */
final class PostgresErrors {
    private static final Pattern ERROR = Pattern.compile("(?:ERROR|FATAL|PANIC):\\s+([0-9A-Z]{5}): ([^\\n]*)");
    private static final Pattern NO_SERVER = Pattern.compile(
            "connection to server on socket \"[^\"]*\" failed: (No such file or directory|Connection refused)");

    private static final Pattern ELSEWHERE =
            Pattern.compile("connection to server (?:at|on socket) \"[^\"]*\"[^\\n]* failed: ([^\\n]*)");

    private PostgresErrors() {}

    /** What the client said that failed, without anything of the statement. */
    static DatabaseServerException said(Place place, CommandResult result) {
        if (result.exit() == 127) {
            return new DatabaseServerException(
                    place.described() + ": the client psql is not installed. Install Debian's package postgresql, or"
                            + " postgresql-client where the database server is elsewhere.",
                    Reachable.NO_CLIENT);
        }
        if (NO_SERVER.matcher(result.stderr()).find()) {
            return new DatabaseServerException(
                    place.described() + " is not running. Prepare the server, or start it.", Reachable.NO_SERVER);
        }
        Matcher elsewhere = ELSEWHERE.matcher(result.stderr());
        if (elsewhere.find()) {
            boolean refused = elsewhere.group(1).contains("authentication failed")
                    || elsewhere.group(1).contains("pg_hba.conf");
            return new DatabaseServerException(
                    place.described() + " does not let us in: " + elsewhere.group(1), refused ? "28P01" : "08001");
        }
        Matcher error = ERROR.matcher(result.stderr());
        if (error.find()) {
            // What a syntax error quotes is a piece of the statement.
            String message = error.group(1).startsWith("42601") ? "a statement of this program" : error.group(2);
            return new DatabaseServerException(
                    place.described() + " refused (" + error.group(1) + "): " + message, error.group(1));
        }
        return new DatabaseServerException(
                place.described() + ": the client psql ended with " + result.exit()
                        + " and without a message that is known." + " Try it on the server, and read its journal.",
                "");
    }
}
