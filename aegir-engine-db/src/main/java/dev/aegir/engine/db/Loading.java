// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Loads what is in a file, filtered, as the account of a site, by as many connections as are worth it.
 *
 * @param context the step's
 * @param place where
 * @param database which
 * @param path the file, on the database's server
 */
record Loading(StepContext context, Place place, Database database, HostPath path) {
    private static final Duration LIMIT = Duration.ofHours(6);

    /** How it is loaded. */
    private enum Way {
        /** By two, and large rows beside them. */
        BESIDE,
        /** Two are twice as fast where rows are parsed and indexes are written; more would take what other sites need. */
        TWO,
        /** By one and in order. */
        ONE;

        int connections() {
            return this == ONE ? 1 : 2;
        }
    }

    /** From how many bytes on a second connection is worth being made. */
    private static final long LARGE = 4 << 20;

    private static final String IN_THE_WAY =
            "two connections, or keys made after rows, were in the way; once more by one and in order: ";

    /** A deadlock, and a lock that was not to be had in time. */
    private static final Set<String> CONFLICTS = Set.of("1213", "1205", "40P01", "55P03");

    /**
     * What was loaded.
     *
     * @param connections by how many connections
     * @param beside how many bytes of the dump were rows that did not come by way of this program
     * @param left what was left out or changed, and how often
     */
    record Loaded(int connections, long beside, Map<String, Integer> left) {}

    /**
     * Loads.
     *
     * @param bytes how large the file is
     * @param ours whether this program has made it, so that it is known which statement needs which; what was loaded is then compared
     *     afterwards with what the dump was made of
     * @param rows how many rows of which tables it has, where that is known
     * @param again makes the database what it was before
     */
    Loaded load(long bytes, boolean ours, Map<String, Long> rows, Again again) throws Exception {
        Map<String, Integer> left = new TreeMap<>();
        Way way = ours && bytes > LARGE ? Way.BESIDE : Way.ONE;
        while (true) {
            try {
                long beside = by(way, rows, left);
                left.forEach((what, times) ->
                        context.log("left out of the dump or changed: " + what + ", " + times + " times"));
                return new Loaded(way.connections(), beside, left);
            } catch (RowsNotTakenException e) {
                boolean through = place.software().speaksMySql();
                way = through ? Way.TWO : otherwise(way, e.said(), rows);
                context.log(
                        (through ? "once more, with all rows by way of this program: " : IN_THE_WAY) + e.getMessage());
            } catch (DatabaseServerException e) {
                way = otherwise(way, e, rows);
                context.log(IN_THE_WAY + e.getMessage());
            }
            again.run();
            left.clear();
        }
    }

    /** How to load when that went wrong: it may, where rows are in no order or keys come late. */
    private Way otherwise(Way way, DatabaseServerException said, Map<String, Long> rows) {
        boolean keys = place.software() == Software.MARIADB && !rows.isEmpty();
        if (way == Way.ONE || !keys && !CONFLICTS.contains(said.code())) {
            throw said;
        }
        return Way.ONE;
    }

    /** Makes a second attempt possible. */
    interface Again {
        void run() throws InterruptedException;
    }

    private long by(Way way, Map<String, Long> rows, Map<String, Integer> left) throws Exception {
        Session session = new Session(context, place);
        Dumps dumps = Dumps.of(place.software());
        Command client =
                new Client(dumps.loading(place, database)).withCredentials().command();
        Host host = session.host();
        String credentials = dumps.credentials(place, database, context.secret(database.password()));
        String opening = Client.header(credentials) + dumps.opening();
        List<Loader> opened = new ArrayList<>();
        Optional<RowForm> form = way == Way.BESIDE ? dumps.rowForm(session, database) : Optional.empty();
        Optional<DirectRows> direct = form.isPresent()
                ? Optional.of(new DirectRows(place, host, path, form.get(), credentials))
                : Optional.empty();
        try (DumpFile dump =
                new DumpFile(host, path, direct.map(DirectRows::blocks).orElseGet(TreeMap::new))) {
            boolean whole = true;
            for (int i = 0; i < way.connections(); i++) {
                opened.add(new Loader(host.start(client)));
            }
            try {
                for (Loader loader : opened) {
                    loader.say(opening);
                }
                Loaders loaders = new Loaders(
                        opened,
                        dumps.dealing(),
                        direct,
                        place.software() == Software.MARIADB && !rows.isEmpty()
                                ? Optional.of(new LateKeys(rows))
                                : Optional.empty());
                dumps.filter(session, dump, loaders, what -> left.merge(what, 1, Integer::sum));
                loaders.end();
            } catch (InterruptedIOException e) {
                throw new InterruptedException("loading was interrupted");
            } catch (IOException e) {
                // A client has ended and says why, or the stream broke.
                whole = false;
            }
            for (Loader loader : opened) {
                succeeded(loader, whole, client);
            }
            if (!whole) {
                throw new HostUnreachableException(
                        place.server().value(), "the stream of the dump " + path + " broke before its end");
            }
            return direct.map(DirectRows::taken).orElse(0L);
        } finally {
            direct.ifPresent(DirectRows::close);
            opened.forEach(Loader::close);
        }
    }

    private void succeeded(Loader loader, boolean whole, Command client) throws InterruptedException {
        if (!whole && !loader.isBroken()) {
            return;
        }
        OptionalInt exit = loader.exit(LIMIT);
        if (exit.isEmpty() || exit.getAsInt() != 0) {
            throw Dumps.of(place.software())
                    .said(
                            place,
                            new CommandResult(
                                    place.server().value(),
                                    client,
                                    exit.orElse(124),
                                    new byte[0],
                                    loader.complaints().getBytes(StandardCharsets.UTF_8),
                                    false));
        }
    }
}
