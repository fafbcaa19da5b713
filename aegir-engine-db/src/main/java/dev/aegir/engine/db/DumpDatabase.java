// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A dump of a database in a new file on its server, which only its account can read. It is complete: the program that makes it
 * succeeds, its last line says so, and it has exactly the tables that the database has with as many rows as were counted
 * beside. Anything else is a {@link DumpFailedException}, and the file is deleted.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file; there must be none
 * @param account whose the file is, as {@code user:group}
 * @param foreign whether it is a database of no site of ours; it is otherwise the site's own
 */
record DumpDatabase(String name, Place place, Database database, HostPath path, String account, boolean foreign)
        implements Step {
    /** What the program says on standard error when the dump does not end as dumps do. */
    static final String NO_END = "the dump has no end";

    private static final Duration LIMIT = Duration.ofHours(6);

    /**
     * Writes a dump beside where it shall be, and says which tables and how many rows are in it, counted while it gets to the disk.
     * Programs that pass it on while it is written would take more time than that. A shell may know nothing of what fails in the
     * middle of a pipe; whoever does says so on descriptor 9.
     */
    private static final String DUMP = """
            # dump a database
            set -eu
            part=$1.part end=$2 count=$3 which=$4 pattern=$5
            shift 5
            umask 077
            rm -f -- "$part"
            trap 'rm -f -- "$part"' EXIT
            # Clients write little at a time otherwise.
            ! command -v stdbuf >/dev/null || set -- stdbuf --output=256K "$@"
            "$@" >"$part"
            tail -n 8 -- "$part" | grep -a -q "^$end" || { echo '%s' >&2; exit 3; }
            exec 8>&1
            failed=$({
                { sync -- "$part" >/dev/null || echo "$?" >&9; } &
                { LC_ALL=C grep -n -a "$which" -e "$pattern" -- "$part" || echo "$?" >&9; } |
                    { LC_ALL=C awk "$count" >&8 || { echo "$?" >&9; cat >/dev/null; }; }
                wait
            } 9>&1)
            [ -z "$failed" ] || exit "${failed%%%%[!0-9]*}"
            trap - EXIT
            """.formatted(NO_END);

    /** Adds what standard input says to a dump that is accepted, and puts it where it shall be. */
    private static final String KEEP = """
            # keep a dump
            set -eu
            path=$1 account=$2
            part=$path.part
            trap 'rm -f -- "$part"' EXIT
            cat >>"$part"
            sync -- "$part"
            chown -- "$account" "$part"
            ln -T -- "$part" "$path"
            """;

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        requireRight(Reachable.preview(context, place, database));
        return List.of(new Change(
                Change.Kind.CREATE, place.server().value(), path.value(), "a dump of the database " + database.name()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Found found = session.dialect().look(session, database, Optional.empty());
        requireRight(found);
        if (!found.exists()) {
            throw new RefusedException(place.described() + ": there is no database " + database.name() + " to dump.");
        }
        if (context.recall(made(), Boolean.class).isEmpty()) {
            boolean there =
                    session.host().run(Command.of("test", "-e", path.value())).succeeded();
            if (there) {
                throw new RefusedException(place.server() + ": there is a file " + path
                        + " already; a dump is never written over another.");
            }
            context.remember(made(), true);
        } else {
            // Begun before a crash: what is there is nothing that was accepted.
            delete(session);
        }
        DumpFacts facts;
        try {
            facts = dump(context, session);
            keep(session, facts);
        } catch (DumpFailedException | DatabaseServerException e) {
            delete(session);
            throw e instanceof DatabaseServerException said
                    ? failed(DumpFailedException.of(1, String.valueOf(said.getMessage())), said)
                    : e;
        }
        Map<String, Integer> engines = new TreeMap<>();
        facts.tables().forEach(table -> engines.merge(table.engine(), 1, Integer::sum));
        context.results(Map.of(
                "dump.tables", String.valueOf(facts.tables().size()),
                "dump.rows", String.valueOf(facts.rows()),
                "dump.engines", engines.toString(),
                "dump.consistency", facts.consistency().name(),
                "dump.exact", String.valueOf(facts.exact()),
                "dump.facts", facts.text()));
    }

    private void requireRight(Found found) {
        if (foreign) {
            found.requireNobodys(place, database);
        } else {
            found.requireOurs(place, database);
        }
    }

    private DumpFacts dump(StepContext context, Session session) throws InterruptedException {
        try (Conversation beside = session.converse(database.name())) {
            Dumps.Moment moment = dumps().begin(beside, database);
            try (RunningCommand dump = session.host().start(dumping(moment))) {
                CompletableFuture<String> said = Streams.text(dump.stdout());
                CompletableFuture<String> complaints = Streams.text(dump.stderr());
                authorise(session, dump);
                // Counted while it is dumped: both see the same.
                moment.tables().forEach(table -> beside.later(dumps().counting(table) + dumps().release()));
                OptionalInt exit = dump.waitFor(LIMIT);
                if (exit.isEmpty()) {
                    throw failed(DumpFailedException.Reason.OTHER, "did not end within " + LIMIT.toHours() + " hours");
                }
                succeeded(exit.getAsInt(), complaints.join());
                complaints.join().lines().forEach(line -> context.log("said while dumping: " + line));
                Map<String, Long> counted = new HashMap<>();
                for (Dumps.Table table : moment.tables()) {
                    counted.put(table.title(), Long.parseLong(Rows.only(beside.answer())));
                }
                return new DumpCheck(place, database, moment, counted).accept(session, said.join());
            }
        }
    }

    private Command dumping(Dumps.Moment moment) {
        Command client = dumps().dumping(place, database, moment.snapshot());
        Command command = Command.of("sh", "-c", DUMP, "aegir-dump", path.value(), dumps().end(), dumps().counter())
                .with(dumps().lines().toArray(String[]::new))
                .with(client.words().toArray(String[]::new))
                .timeout(LIMIT);
        for (var variable : client.environment().entrySet()) {
            command = command.environment(variable.getKey(), variable.getValue());
        }
        return place.remote().isPresent()
                ? new Client(command).withCredentials().command()
                : command;
    }

    /** Hands over who the administrator of a server elsewhere is. */
    private void authorise(Session session, RunningCommand dump) {
        try (OutputStream to = dump.stdin()) {
            if (place.remote().isPresent()) {
                to.write(session.administrator(place.remote().get()).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // It has ended already, and says why.
        }
    }

    private void keep(Session session, DumpFacts facts) throws InterruptedException {
        CommandResult kept = session.host()
                .run(
                        Command.of("sh", "-c", KEEP, "aegir-dump", path.value(), account)
                                .timeout(Duration.ofMinutes(30)),
                        Input.secret(Secret.of(facts.text())));
        succeeded(kept.exit(), kept.stderr());
    }

    /** Programs that make dumps are known to say what went wrong and to succeed all the same. */
    private void succeeded(int exit, String complaints) {
        if (exit == 0 && complaints.lines().noneMatch(dumps()::isError)) {
            return;
        }
        String said =
                complaints.lines().limit(20).collect(Collectors.joining("\n")).strip();
        throw failed(DumpFailedException.of(exit, complaints), "failed (" + exit + "): " + said);
    }

    private DumpFailedException failed(DumpFailedException.Reason reason, String what) {
        return DumpCheck.failed(place, database, reason, what);
    }

    private DumpFailedException failed(DumpFailedException.Reason reason, DatabaseServerException cause) {
        DumpFailedException failed = failed(reason, "failed: " + cause.getMessage());
        failed.initCause(cause);
        return failed;
    }

    private Dumps dumps() {
        return Dumps.of(place.software());
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).orElse(false)) {
            delete(new Session(context, place));
        }
    }

    private void delete(Session session) throws InterruptedException {
        session.host()
                .run(Command.of("rm", "-f", "--", path.value(), path + ".part"))
                .orThrow();
    }

    private String made() {
        return "database." + place.server() + "." + Client.known(database) + ".dump."
                + path.value().hashCode();
    }
}
