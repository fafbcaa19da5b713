// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.model.Database;
import java.nio.charset.StandardCharsets;

/**
 * A command that reads SQL.
 *
 * @param command the command
 */
record Client(Command command) {
    /** How long the file of credentials is: always the same, so that no word says how long a password is. */
    private static final int HEADER = 4096;

    /**
     * Hands a file over that only the client can open, and that is gone before the client starts. The file comes first on
     * standard input, as long as the first argument says.
     */
    private static final String HAND_OVER = """
            # hand credentials over
            set -eu
            umask 077
            file=$(mktemp)
            trap 'rm -f -- "$file"' EXIT
            head -c "$1" >"$file"
            exec 3<"$file"
            rm -f -- "$file"
            trap - EXIT
            shift
            exec "$@"
            """;

    /** The same command, which finds a file that precedes its input as {@code /dev/fd/3}. */
    Client withCredentials() {
        Command wrapped = Command.of("sh", "-c", HAND_OVER, "aegir-db", String.valueOf(HEADER))
                .with(command.words().toArray(String[]::new))
                .timeout(command.timeout());
        for (var variable : command.environment().entrySet()) {
            wrapped = wrapped.environment(variable.getKey(), variable.getValue());
        }
        return new Client(command.user().isPresent() ? wrapped.as(command.user().get()) : wrapped);
    }

    /** A file of credentials as it precedes the input. */
    static String header(String credentials) {
        int length = credentials.getBytes(StandardCharsets.UTF_8).length;
        if (length >= HEADER) {
            throw new dev.aegir.model.InvalidValueException("password", "(not shown)", "it is longer than 3000 bytes");
        }
        return credentials + "\n".repeat(HEADER - length);
    }

    /** For names that differ when databases do. */
    static String known(Database database) {
        return database.owner() + "." + Integer.toHexString(database.name().hashCode());
    }
}
