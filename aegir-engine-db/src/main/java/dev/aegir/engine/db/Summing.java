// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.CommandResult;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Database;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Sums up a database as its site's own account, which can read all of it and nothing else, wherever that is let in.
 *
 * @param context the step's
 * @param place where
 * @param database which
 */
record Summing(StepContext context, Place place, Database database) {
    private static final Duration LIMIT = Duration.ofHours(6);
    private static final String NEXT = "-- next";

    DatabaseSums sums() throws InterruptedException {
        Session session = new Session(context, place);
        Found found = Reachable.look(session, context, database);
        found.requireOurs(place, database);
        if (!found.exists()) {
            throw new DatabaseServerException(
                    place.described() + ": there is no database " + database.name() + " of " + database.title() + ".",
                    "");
        }
        Sums sums = Sums.of(place.software());
        Map<String, String> statements = sums.statements(ask(session, sums.preamble() + sums.listing()));
        StringBuilder sql = new StringBuilder(sums.preamble());
        statements
                .values()
                .forEach(statement ->
                        sql.append(statement).append("SELECT '").append(NEXT).append("';\n"));
        Map<String, Map<String, String>> tables = new HashMap<>();
        var titles = statements.keySet().iterator();
        Map<String, String> ranges = new HashMap<>();
        for (List<String> row : ask(session, sql.toString())) {
            if (row.get(0).equals(NEXT)) {
                tables.put(titles.next(), Map.copyOf(ranges));
                ranges.clear();
            } else {
                ranges.put(row.get(0), row.get(1) + " " + row.get(2));
            }
        }
        if (titles.hasNext()) {
            throw new HostUnreachableException(place.server().value(), "the session with the database broke");
        }
        return new DatabaseSums(tables).bounded();
    }

    private List<List<String>> ask(Session session, String sql) throws InterruptedException {
        Dumps dumps = Dumps.of(place.software());
        boolean own = place.software() == Software.POSTGRESQL
                || place.remote().isPresent()
                || database.clients().isEmpty();
        // An account that MariaDB knows at addresses elsewhere it does not let in from its own.
        Client client = own
                ? new Client(dumps.loading(place, database)).withCredentials()
                : session.dialect().client(place, true, Optional.of(database.name()));
        String credentials =
                own ? Client.header(dumps.credentials(place, database, context.secret(database.password()))) : "";
        try (RunningCommand running = session.host().start(client.command().timeout(LIMIT))) {
            CompletableFuture<String> said = Streams.text(running.stdout());
            CompletableFuture<String> complaints = Streams.text(running.stderr());
            try (OutputStream to = running.stdin()) {
                to.write((credentials + sql).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It has ended already, and says why.
            }
            OptionalInt exit = running.waitFor(LIMIT);
            if (exit.isEmpty() || exit.getAsInt() != 0) {
                throw dumps.said(
                        place,
                        new CommandResult(
                                place.server().value(),
                                client.command(),
                                exit.orElse(124),
                                new byte[0],
                                complaints.join().getBytes(StandardCharsets.UTF_8),
                                false));
            }
            return said.join()
                    .lines()
                    .filter(line -> !line.isEmpty())
                    .map(line -> Arrays.asList(line.split("\t", -1)))
                    .toList();
        }
    }
}
