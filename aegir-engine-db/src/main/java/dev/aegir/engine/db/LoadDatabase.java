// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What a dump has is in a database that was empty: loaded by the site's own account, filtered, so that nothing in it
 * can reach beyond that database. What was loaded is taken out again when it fails or is taken back.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the dump, on the database's server
 */
record LoadDatabase(String name, Place place, Database database, HostPath path) implements Step {
    private static final Duration LIMIT = Duration.ofHours(6);

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Reachable.preview(context, place, database).requireOurs(place, database);
        return List.of(new Change(
                Change.Kind.RUN, place.server().value(), "load the database " + database.name(), "from " + path));
    }

    @Override
    public void run(StepContext context) throws Exception {
        Session session = new Session(context, place);
        if (place.remote().isPresent()) {
            throw new RefusedException(place.described()
                    + " cannot be loaded by this step: only a database server on the server itself can.");
        }
        if (context.recall(begun(), Boolean.class).orElse(false)) {
            // Begun before a crash: from the beginning, in a database that is empty again.
            empty(session);
        }
        Found found = Reachable.look(session, context, database);
        found.requireOurs(place, database);
        int objects = found.exists() ? session.dialect().objects(session, database) : 0;
        if (!found.exists() || objects > 0) {
            throw new DatabaseNotEmptyException(place.server(), database, objects);
        }
        context.remember(begun(), true);
        Map<String, Integer> left = new TreeMap<>();
        load(context, session.host(), left);
        left.forEach((what, times) -> context.log("left out of the dump: " + what + ", " + times + " times"));
        context.results(Map.of("load.objects", String.valueOf(session.dialect().objects(session, database))));
    }

    private void load(StepContext context, Host host, Map<String, Integer> left) throws Exception {
        Command client =
                new Client(dumps().loading(place, database)).withCredentials().command();
        String options = dumps().credentials(database, context.secret(database.password()));
        try (RunningCommand dump = host.start(Command.of("cat", "--", path.value()));
                RunningCommand load = host.start(client)) {
            CompletableFuture<String> complaints = said(load.stderr());
            CompletableFuture<String> said = said(load.stdout());
            CompletableFuture<String> missing = said(dump.stderr());
            boolean whole = pour(dump, load, options, left);
            if (whole) {
                ended(dump, missing.join());
            }
            OptionalInt exit = load.waitFor(LIMIT);
            if (exit.isEmpty() || exit.getAsInt() != 0) {
                throw dumps().said(
                                place,
                                new CommandResult(
                                        place.server().value(),
                                        client,
                                        exit.orElse(124),
                                        new byte[0],
                                        complaints.join().getBytes(StandardCharsets.UTF_8),
                                        false));
            }
            said.join();
            if (!whole) {
                throw new HostUnreachableException(
                        place.server().value(), "the stream of the dump " + path + " broke before its end");
            }
        }
    }

    /** Whether all of it went through; when the client ended before, it says why. */
    private boolean pour(RunningCommand dump, RunningCommand load, String options, Map<String, Integer> left) {
        try (OutputStream to = load.stdin()) {
            to.write(Client.header(options).getBytes(StandardCharsets.UTF_8));
            dumps().filter(dump.stdout(), to, what -> left.merge(what, 1, Integer::sum));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void ended(RunningCommand dump, String complaints) throws InterruptedException {
        OptionalInt exit = dump.waitFor(Duration.ofMinutes(1));
        if (exit.isEmpty() || exit.getAsInt() != 0) {
            throw new RefusedException(
                    place.server() + ": cat could not read the dump " + path + ": " + complaints.strip());
        }
    }

    /** The beginning of what a program says; all of it is read. */
    private static CompletableFuture<String> said(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        String first = new String(stream.readNBytes(64 * 1024), StandardCharsets.UTF_8);
                        stream.transferTo(OutputStream.nullOutputStream());
                        text.complete(first);
                    } catch (IOException e) {
                        text.complete("");
                    }
                },
                "aegir-load");
        reader.setDaemon(true);
        reader.start();
        return text;
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).orElse(false)) {
            empty(new Session(context, place));
        }
    }

    /** It was empty before. */
    private void empty(Session session) throws InterruptedException {
        Found found = session.dialect().look(session, database, Optional.empty());
        found.requireOurs(place, database);
        if (found.exists() && session.dialect().objects(session, database) > 0) {
            dumps().empty(session, database);
        } else if (!found.exists()) {
            session.dialect().makeDatabase(session, database);
        }
    }

    private Dumps dumps() {
        return Dumps.of(place.software());
    }

    private String begun() {
        return "database." + place.server() + "." + Client.known(database) + ".load";
    }
}
