// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.CommandResult;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A session with a database server that stays open between questions, and with it its transaction: what it reads is of one
 * moment, however long it takes. For one thread; closing it ends the session.
 */
final class Conversation implements AutoCloseable {
    private static final String ANSWERED = "-- answered";
    private static final String OVER = "-- over";

    private final Place place;
    private final Client client;
    private final RunningCommand running;
    private final OutputStream to;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> complaints;
    private final Runnable answered;

    Conversation(Place place, Client client, RunningCommand running, String header) {
        this(place, client, running, header, () -> {});
    }

    /**
     * Begins one.
     *
     * @param answered is told of each answer, and of the end, when {@link #answer} has not to wait for it any more; in another thread
     */
    Conversation(Place place, Client client, RunningCommand running, String header, Runnable answered) {
        this.answered = answered;
        this.place = place;
        this.client = client;
        this.running = running;
        to = running.stdin();
        complaints = Streams.text(running.stderr());
        Thread reader = new Thread(this::read, "aegir-database");
        reader.setDaemon(true);
        reader.start();
        say(header);
    }

    /** All rows that the statements answer. */
    List<List<String>> ask(String sql) throws InterruptedException {
        later(sql);
        return answer();
    }

    /** Asks without waiting; {@link #answer} waits. */
    void later(String sql) {
        say(sql + "SELECT '" + ANSWERED + "';\n");
    }

    /** The answer to what was asked first of all that is not answered yet. */
    List<List<String>> answer() throws InterruptedException {
        List<List<String>> rows = new ArrayList<>();
        while (true) {
            String line = lines.take();
            if (line.equals(ANSWERED)) {
                return rows;
            } else if (line.equals(OVER)) {
                lines.add(OVER);
                throw failed();
            } else if (!line.isEmpty()) {
                rows.add(Arrays.asList(line.split("\t", -1)));
            }
        }
    }

    private void say(String text) {
        try {
            to.write(text.getBytes(StandardCharsets.UTF_8));
            to.flush();
        } catch (IOException e) {
            // It has ended, and its answer says why.
            lines.add(OVER);
            answered.run();
        }
    }

    private DatabaseServerException failed() throws InterruptedException {
        var exit = running.waitFor(Duration.ofMinutes(1));
        if (exit.isPresent() && exit.getAsInt() == 0) {
            throw new HostUnreachableException(place.server().value(), "the session with the database broke");
        }
        return place.software()
                .dialect()
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

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(running.stdout(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.equals(ANSWERED)) {
                    answered.run();
                }
            }
        } catch (IOException e) {
            // The end of what it says, as any other.
        }
        lines.add(OVER);
        answered.run();
    }

    @Override
    public void close() {
        running.close();
    }
}
