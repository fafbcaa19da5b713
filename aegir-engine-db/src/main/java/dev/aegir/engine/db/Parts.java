// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A file with parts of a database.
 *
 * @param place where
 * @param database which
 * @param path the file, on the server of the one who writes or loads it
 */
record Parts(Place place, Database database, HostPath path) {
    private static final Duration LIMIT = Duration.ofHours(6);

    /** Adds statements, and what a program writes that is told the rest of the input, to a file. */
    private static final String ADD = """
            # dump parts of a database
            set -eu
            path=$1 end=$2 length=$3
            shift 3
            umask 077
            head -c "$length" >>"$path"
            [ $# -gt 0 ] || exit 0
            "$@" >>"$path"
            tail -n 8 -- "$path" | grep -a -q "^$end" || { echo '%s' >&2; exit 3; }
            """.formatted(DumpDatabase.NO_END);

    /** In the place of what is there. */
    void write(Session session, List<Seeds.Part> parts) throws InterruptedException {
        // Begun before a crash: what is there is nothing that is known to be whole.
        delete(session);
        Dumps dumps = Dumps.of(place.software());
        for (Seeds.Part part : parts) {
            int length = part.text().getBytes(StandardCharsets.UTF_8).length;
            Command command = Command.of(
                            "sh", "-c", ADD, "aegir-dump", path.value(), dumps.end(), String.valueOf(length))
                    .with(part.client().toArray(String[]::new))
                    .timeout(LIMIT);
            String header = "";
            if (place.remote().isPresent()) {
                command = new Client(command).withCredentials().command();
                header = session.administrator(place.remote().get());
            }
            CommandResult added =
                    session.host().run(command, Input.secret(Secret.of(header + part.text() + part.told())));
            if (!added.succeeded() || added.stderr().lines().anyMatch(dumps::isError)) {
                throw DumpCheck.failed(
                        place,
                        database,
                        DumpFailedException.of(added.exit(), added.stderr()),
                        "failed (" + added.exit() + "): " + added.stderr().strip());
            }
        }
    }

    /** Every statement can be run again: what comes goes first. */
    void load(StepContext context) throws Exception {
        Session session = new Session(context, place);
        Reachable.look(session, context, database).requireOurs(place, database);
        String bytes = session.host()
                .run(Command.of("stat", "-c", "%s", "--", path.value()))
                .orThrow()
                .stdout()
                .strip();
        new Loading(context, place, database, path).load(Long.parseLong(bytes), true, Map.of(), () -> {});
    }

    void delete(Session session) throws InterruptedException {
        session.host().run(Command.of("rm", "-f", "--", path.value())).orThrow();
    }
}
