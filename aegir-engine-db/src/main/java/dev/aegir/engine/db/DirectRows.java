// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Large rows of a dump of PostgreSQL go from their file to the server beside it, and not by way of this program: a client that
 * was told one {@code COPY} reads them as rows and as nothing else, so that whatever is there can do no more than be a row or be
 * refused. Two clients at most at a time, as the site's account. For one thread; closing it ends them.
 */
final class DirectRows implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofHours(6);
    private static final int CLIENTS = 2;

    /** From how many bytes on rows do not come this way. */
    private static final long LARGE = 4 << 20;

    private static final String END = "\\.";

    /** Where rows begin and end, byte by byte. */
    private static final String FIND =
            "LC_ALL=C grep -a -b -x -e 'COPY .* FROM stdin;' -e '\\\\[.]' -- \"$1\" || [ $? -eq 1 ]";

    /** How many bytes there are from somewhere to the end of the line. */
    private static final String LINE = "tail -c +\"$2\" -- \"$1\" | head -n 1 | wc -c";

    private static final String LOAD = """
            # load rows of a dump
            set -eu
            path=$1 from=$2 length=$3
            shift 3
            tail -c +"$from" -- "$path" | head -c "$length" | "$@"
            """;

    private final Place place;
    private final Host host;
    private final HostPath path;
    private final Database database;
    private final String credentials;
    private final NavigableMap<Long, Long> blocks;
    private final Deque<Running> running = new ArrayDeque<>();

    private record Running(Command command, RunningCommand client, CompletableFuture<String> complaints) {}

    /**
     * Looks for large rows.
     *
     * @param credentials who the site's account is, as clients are told
     */
    DirectRows(Place place, Host host, HostPath path, Database database, String credentials)
            throws InterruptedException {
        this.place = place;
        this.host = host;
        this.path = path;
        this.database = database;
        this.credentials = credentials;
        CommandResult found = host.run(
                Command.of("sh", "-c", FIND, "aegir-rows", path.value()).timeout(Duration.ofMinutes(30)));
        blocks = found.succeeded() && !found.truncated() ? blocks(found.stdout()) : new TreeMap<>();
    }

    /** Lengths of large rows by where they begin. What looks like a beginning within rows is a row. */
    static NavigableMap<Long, Long> blocks(String found) {
        NavigableMap<Long, Long> blocks = new TreeMap<>();
        long begin = -1;
        for (String line : found.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                continue;
            }
            long offset = Long.parseLong(line.substring(0, colon));
            String text = line.substring(colon + 1);
            if (!text.equals(END)) {
                begin = begin < 0 ? offset + text.getBytes(StandardCharsets.UTF_8).length + 1 : begin;
            } else if (begin >= 0) {
                if (offset - begin >= LARGE) {
                    blocks.put(begin, offset - begin);
                }
                begin = -1;
            }
        }
        return blocks;
    }

    NavigableMap<Long, Long> blocks() {
        return blocks;
    }

    /** How many bytes of rows that begin there need not come through; 0 for none. */
    long length(long offset) {
        return blocks.getOrDefault(offset, 0L);
    }

    /** Loads rows, whose table is there. */
    void load(String copy, long offset) throws IOException {
        try {
            long length = length(offset);
            long half = length / 2 + line(offset + length / 2);
            begin(copy, offset, half);
            if (half < length) {
                begin(copy, offset + half, length - half);
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** Rows are lines. */
    private long line(long from) throws InterruptedException {
        return Long.parseLong(
                host.run(Command.of("sh", "-c", LINE, "aegir-rows", path.value(), String.valueOf(from + 1)))
                        .orThrow()
                        .stdout()
                        .strip());
    }

    private void begin(String copy, long from, long length) throws InterruptedException {
        while (running.size() >= CLIENTS) {
            end(running.removeFirst());
        }
        Command words = new PostgresDumps()
                .telling(place, database, List.of("--command=SET xmloption = content", "--command=" + copy));
        Command command = Command.of(
                        "sh", "-c", LOAD, "aegir-rows", path.value(), String.valueOf(from + 1), String.valueOf(length))
                .with(words.words().toArray(String[]::new))
                .timeout(LIMIT);
        for (var variable : words.environment().entrySet()) {
            command = command.environment(variable.getKey(), variable.getValue());
        }
        Command whole = new Client(command).withCredentials().command();
        RunningCommand client = host.start(whole);
        running.add(new Running(whole, client, Streams.text(client.stderr())));
        try (OutputStream to = client.stdin()) {
            to.write(Client.header(credentials).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended already, and says why.
        }
    }

    /** Waits until all rows are there. */
    void await() throws IOException {
        try {
            while (!running.isEmpty()) {
                end(running.removeFirst());
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private void end(Running over) throws InterruptedException {
        try (RunningCommand client = over.client()) {
            OptionalInt exit = client.waitFor(LIMIT);
            if (exit.isEmpty() || exit.getAsInt() != 0) {
                throw new PostgresDumps()
                        .said(
                                place,
                                new CommandResult(
                                        place.server().value(),
                                        over.command(),
                                        exit.orElse(124),
                                        new byte[0],
                                        over.complaints().join().getBytes(StandardCharsets.UTF_8),
                                        false));
            }
        }
    }

    @Override
    public void close() {
        running.forEach(each -> each.client().close());
    }
}
