// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Large rows of a dump go from their file to the server beside it, and not by way of this program: a client that was told one
 * statement reads them as rows and as nothing else, so that whatever is there can do no more than be a row or be refused. Two
 * clients at most at a time, as the site's account. For one thread; closing it ends them.
 */
final class DirectRows implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofHours(6);
    private static final int CLIENTS = 2;

    /** How many bytes there are from somewhere to the end of the line. */
    private static final String LINE = "tail -c +\"$2\" -- \"$1\" | head -n 1 | wc -c";

    private static final String LOAD = """
            # load rows of a dump
            set -eu
            path=$1 from=$2 length=$3
            shift 3
            tail -c +"$from" -- "$path" | head -c "$length" |\s""";

    private final Place place;
    private final Host host;
    private final HostPath path;
    private final RowForm form;
    private final String credentials;
    private final NavigableMap<Long, Long> blocks;
    private final Deque<Running> running = new ArrayDeque<>();
    private long taken;

    private record Running(
            RowForm.Taker taker,
            RunningCommand client,
            CompletableFuture<String> answer,
            CompletableFuture<String> complaints) {}

    /**
     * Looks for large rows.
     *
     * @param credentials who the site's account is, as clients are told
     */
    DirectRows(Place place, Host host, HostPath path, RowForm form, String credentials) throws InterruptedException {
        this.place = place;
        this.host = host;
        this.path = path;
        this.form = form;
        this.credentials = credentials;
        CommandResult found = host.run(
                Command.of("sh", "-c", form.find(), "aegir-rows", path.value()).timeout(Duration.ofMinutes(30)));
        blocks = found.succeeded() && !found.truncated() ? form.blocks(found.stdout()) : new TreeMap<>();
    }

    NavigableMap<Long, Long> blocks() {
        return blocks;
    }

    /** How many bytes of rows that begin there need not come through; 0 for none. */
    long length(long offset) {
        return blocks.getOrDefault(offset, 0L);
    }

    /** How many bytes of rows did not come through. */
    long taken() {
        return taken;
    }

    /** Loads rows, whose table is there; says whether it does. */
    boolean load(String statement, long offset) throws IOException {
        try {
            Optional<RowForm.Taker> taker = form.taker(statement, offset);
            if (taker.isEmpty()) {
                return false;
            }
            long length = length(offset);
            long first = taker.get().together() ? length / 2 + line(offset + length / 2) : length;
            begin(taker.get(), offset, first);
            if (first < length) {
                begin(taker.get(), offset + first, length - first);
            }
            taken += length;
            return true;
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

    private void begin(RowForm.Taker taker, long from, long length) throws InterruptedException {
        while (running.size() >= CLIENTS) {
            end(running.removeFirst());
        }
        Command words = taker.command();
        Command command = Command.of(
                        "sh",
                        "-c",
                        LOAD + form.taking(),
                        "aegir-rows",
                        path.value(),
                        String.valueOf(from + 1),
                        String.valueOf(length))
                .with(words.words().toArray(String[]::new))
                .timeout(LIMIT);
        for (var variable : words.environment().entrySet()) {
            command = command.environment(variable.getKey(), variable.getValue());
        }
        RunningCommand client = host.start(new Client(command).withCredentials().command());
        running.add(new Running(taker, client, Streams.text(client.stdout()), Streams.text(client.stderr())));
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
                throw new RowsNotTakenException(Dumps.of(place.software())
                        .said(
                                place,
                                new CommandResult(
                                        place.server().value(),
                                        over.taker().command(),
                                        exit.orElse(124),
                                        new byte[0],
                                        over.complaints().join().getBytes(StandardCharsets.UTF_8),
                                        false)));
            }
            String answer = over.answer().join().strip();
            if (!over.taker().answer().isEmpty() && !over.taker().answer().equals(answer)) {
                throw new RowsNotTakenException(new DatabaseServerException(
                        place.described() + ": rows of the dump " + path + " were not all taken exactly as they are ("
                                + answer + ").",
                        ""));
            }
        }
    }

    @Override
    public void close() {
        running.forEach(each -> each.client().close());
    }
}
