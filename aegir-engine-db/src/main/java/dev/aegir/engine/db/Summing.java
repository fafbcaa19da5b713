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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

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

    /** Two are twice as fast; more would take what other sites need. */
    private static final int SESSIONS = 2;

    /** From how many bytes on a second session is worth being made. */
    private static final long LARGE = 4 << 20;

    DatabaseSums sums() throws InterruptedException {
        return sums(new DatabaseSums(Map.of()), Map.of()).bounded();
    }

    /**
     * With what is known already of some tables, which are only seen to be there; of others only some ranges are summed up, and all
     * rows counted.
     */
    DatabaseSums sums(DatabaseSums known, Map<String, List<String>> only) throws InterruptedException {
        Session session = new Session(context, place);
        return sums(session, listed(session), new Known(known, only));
    }

    /**
     * What is known already.
     *
     * @param sums of some tables all
     * @param only of others all but some ranges
     */
    record Known(DatabaseSums sums, Map<String, List<String>> only) {}

    /**
     * With what is known of ranges because of how many rows they have, and how many of these may have been written since a horizon, where
     * the server tells.
     */
    DatabaseSums sums(long horizon, Function<Map<String, Map<String, String>>, Known> known)
            throws InterruptedException {
        Session session = new Session(context, place);
        List<List<String>> listed = listed(session);
        return sums(session, listed, known.apply(answered(session, language().newer(listed, horizon), listed)));
    }

    private DatabaseSums sums(Session session, List<List<String>> listed, Known known) throws InterruptedException {
        Map<String, Map<String, String>> tables = new HashMap<>();
        Map<String, String> statements = language().statements(listed, known.only());
        for (String table : List.copyOf(statements.keySet())) {
            Optional.ofNullable(known.sums().tables().get(table)).ifPresent(ranges -> {
                tables.put(table, ranges);
                statements.remove(table);
            });
        }
        if (!statements.isEmpty()) {
            tables.putAll(answered(session, statements, listed));
        }
        return new DatabaseSums(tables);
    }

    private Sums language() {
        return Sums.of(place.software());
    }

    private List<List<String>> listed(Session session) throws InterruptedException {
        Found found = Reachable.look(session, context, database);
        found.requireOurs(place, database);
        if (!found.exists()) {
            throw new DatabaseServerException(
                    place.described() + ": there is no database " + database.name() + " of " + database.title() + ".",
                    "");
        }
        try (Asked asked = ask(session, language().preamble() + language().listing())) {
            return asked.answer();
        }
    }

    private Map<String, Map<String, String>> answered(
            Session session, Map<String, String> statements, List<List<String>> listed) throws InterruptedException {
        Map<String, Map<String, String>> tables = new HashMap<>();
        List<Share> shares = shares(statements, language().sizes(listed));
        List<Asked> asked = new ArrayList<>();
        try {
            for (Share share : shares) {
                asked.add(ask(session, language().preamble() + share.sql()));
            }
            for (int i = 0; i < shares.size(); i++) {
                read(shares.get(i), asked.get(i).answer(), tables);
            }
        } finally {
            asked.forEach(Asked::close);
        }
        return tables;
    }

    /** What one session sums up. */
    private static final class Share {
        private final List<String> titles = new ArrayList<>();
        private final StringBuilder sql = new StringBuilder();
        private long bytes;

        void add(String title, String statement, long size) {
            titles.add(title);
            sql.append(statement).append("SELECT '").append(NEXT).append("';\n");
            bytes += size;
        }

        String sql() {
            return sql.toString();
        }
    }

    /** The largest first, each to who has the least; one share where a second session is not worth it. */
    private static List<Share> shares(Map<String, String> statements, Map<String, Long> sizes) {
        long bytes = statements.keySet().stream()
                .mapToLong(title -> sizes.getOrDefault(title, 0L))
                .sum();
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < (bytes > LARGE ? SESSIONS : 1); i++) {
            shares.add(new Share());
        }
        statements.keySet().stream()
                .sorted(Comparator.comparingLong((String title) -> -sizes.getOrDefault(title, 0L))
                        .thenComparing(Comparator.naturalOrder()))
                .forEach(title -> shares.stream()
                        .min(Comparator.comparingLong(share -> share.bytes))
                        .orElseThrow()
                        .add(title, Objects.requireNonNull(statements.get(title)), sizes.getOrDefault(title, 0L)));
        return shares;
    }

    private void read(Share share, List<List<String>> rows, Map<String, Map<String, String>> tables) {
        var titles = share.titles.iterator();
        Map<String, String> ranges = new HashMap<>();
        for (List<String> row : rows) {
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
    }

    private Asked ask(Session session, String sql) throws InterruptedException {
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
        RunningCommand running = session.host().start(client.command().timeout(LIMIT));
        Asked asked = new Asked(client, running, Streams.text(running.stdout()), Streams.text(running.stderr()));
        try (OutputStream to = running.stdin()) {
            to.write((credentials + sql).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended already, and says why.
        }
        return asked;
    }

    /** A session that was told all it shall answer. */
    private final class Asked implements AutoCloseable {
        private final Client client;
        private final RunningCommand running;
        private final CompletableFuture<String> said;
        private final CompletableFuture<String> complaints;

        private Asked(
                Client client,
                RunningCommand running,
                CompletableFuture<String> said,
                CompletableFuture<String> complaints) {
            this.client = client;
            this.running = running;
            this.said = said;
            this.complaints = complaints;
        }

        List<List<String>> answer() throws InterruptedException {
            OptionalInt exit = running.waitFor(LIMIT);
            if (exit.isEmpty() || exit.getAsInt() != 0) {
                throw Dumps.of(place.software())
                        .said(
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

        @Override
        public void close() {
            running.close();
        }
    }
}
