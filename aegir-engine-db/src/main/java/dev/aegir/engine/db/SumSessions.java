// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Database;
import dev.aegir.task.StepContext;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Sessions that sum up a database together, as its own account: whichever is done with something gets what is next. Each sees the
 * database as it was at one moment. For one thread; closing it ends them.
 */
final class SumSessions implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofHours(6);
    private static final String NEXT = "-- next";

    /** Two are twice as fast; more would take what other sites need. */
    private static final int SESSIONS = 2;

    /** From how many bytes on a second session is worth being made; what is smaller goes together. */
    private static final long LARGE = 4 << 20;

    /** So many are asked at once of a session: what is next is there when it is done with what is before. */
    private static final int AHEAD = 2;

    private final StepContext context;
    private final Place place;
    private final Database database;
    private final String seeing;
    private final List<Conversation> sessions = new ArrayList<>();
    private final BlockingQueue<Integer> answered = new LinkedBlockingQueue<>();

    SumSessions(StepContext context, Place place, Database database, Optional<String> snapshot)
            throws InterruptedException {
        this.context = context;
        this.place = place;
        this.database = database;
        seeing = snapshot.map(PostgresSums::seeing).orElse("");
        open();
    }

    /** Statements that are asked together. */
    private static final class Share {
        private final List<String> titles = new ArrayList<>();
        private final StringBuilder sql = new StringBuilder();
        private long bytes;

        private void add(String title, String statement, long size) {
            titles.add(title);
            sql.append(statement).append("SELECT '").append(NEXT).append("';\n");
            bytes += size;
        }
    }

    /** What the first session answers. */
    List<List<String>> ask(String sql) throws InterruptedException {
        List<List<String>> rows = sessions.get(0).ask(sql);
        answered.take();
        return rows;
    }

    /**
     * What statements answer that were made of tables: of each range rows and a number, both added up.
     *
     * @param statements by table
     * @param sizes about how many bytes tables have
     */
    Map<String, Map<String, String>> answers(Map<String, List<String>> statements, Map<String, Long> sizes)
            throws InterruptedException {
        Map<String, Map<String, String>> tables = new HashMap<>();
        statements.keySet().forEach(title -> tables.put(title, new HashMap<>()));
        Deque<Share> shares = shares(statements, sizes);
        if (shares.size() > 1 && sessions.size() < SESSIONS) {
            open();
        }
        List<Deque<Share>> asked = new ArrayList<>();
        sessions.forEach(session -> asked.add(new ArrayDeque<>()));
        for (int i = 0; i < AHEAD * sessions.size(); i++) {
            next(i % sessions.size(), shares, asked);
        }
        while (asked.stream().anyMatch(each -> !each.isEmpty())) {
            int session = answered.take();
            List<List<String>> rows = sessions.get(session).answer();
            read(asked.get(session).remove(), rows, tables);
            next(session, shares, asked);
        }
        return tables;
    }

    private void next(int session, Deque<Share> shares, List<Deque<Share>> asked) {
        if (!shares.isEmpty()) {
            Share share = shares.remove();
            asked.get(session).add(share);
            sessions.get(session).later(share.sql.toString());
        }
    }

    /** The largest first. */
    private static Deque<Share> shares(Map<String, List<String>> statements, Map<String, Long> sizes) {
        List<Share> shares = new ArrayList<>();
        Share small = new Share();
        for (Map.Entry<String, List<String>> table : statements.entrySet()) {
            List<String> pieces = table.getValue();
            long size = sizes.getOrDefault(table.getKey(), 0L) / Math.max(1, pieces.size());
            for (String piece : pieces) {
                Share share = size < LARGE ? small : new Share();
                share.add(table.getKey(), piece, size);
                if (size >= LARGE) {
                    shares.add(share);
                } else if (small.bytes >= LARGE) {
                    shares.add(small);
                    small = new Share();
                }
            }
        }
        shares.sort(Comparator.comparingLong(share -> -share.bytes));
        if (!small.titles.isEmpty()) {
            shares.add(small);
        }
        return new ArrayDeque<>(shares);
    }

    private void read(Share share, List<List<String>> rows, Map<String, Map<String, String>> tables) {
        var titles = share.titles.iterator();
        Map<String, String> ranges = new HashMap<>();
        for (List<String> row : rows) {
            if (row.get(0).equals(NEXT)) {
                Map<String, String> all = tables.computeIfAbsent(titles.next(), title -> new HashMap<>());
                ranges.forEach((range, sum) -> all.merge(range, sum, SumSessions::added));
                ranges.clear();
            } else {
                ranges.put(row.get(0), row.get(1) + " " + row.get(2));
            }
        }
        if (titles.hasNext()) {
            throw new HostUnreachableException(place.server().value(), "the session with the database broke");
        }
    }

    /** A range that is in two pieces, as those of very many rows are. */
    private static String added(String one, String other) {
        String[] first = one.split(" ", 2);
        String[] second = other.split(" ", 2);
        return (Long.parseLong(first[0]) + Long.parseLong(second[0])) + " "
                + new BigInteger(first[1]).add(new BigInteger(second[1]));
    }

    private void open() throws InterruptedException {
        Dumps dumps = Dumps.of(place.software());
        Session session = new Session(context, place);
        Client client = new Client(dumps.loading(place, database)).withCredentials();
        String credentials = Client.header(dumps.credentials(place, database, context.secret(database.password())));
        RunningCommand running = session.host().start(client.command().timeout(LIMIT));
        int number = sessions.size();
        sessions.add(new Conversation(
                place,
                client,
                running,
                credentials + Sums.of(place.software(), false).preamble() + seeing,
                () -> answered.add(number)));
    }

    @Override
    public void close() {
        sessions.forEach(Conversation::close);
    }
}
