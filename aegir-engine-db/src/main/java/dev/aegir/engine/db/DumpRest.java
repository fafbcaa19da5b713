// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a copy of a database lacks is in a file on its server, which only its account can read: whatever was changed since the copy
 * was made, or all if there is none. Nobody writes to the database any more, and what it has is known to the task. That the
 * file has all of it is not known before both databases are compared.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file; there must be none
 * @param seed what the copy, and what the database has, are called in the task
 */
record DumpRest(String name, Place place, Database database, HostPath path, String seed) implements Step {
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

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return whole().preview(context);
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        session.dialect().look(session, database, Optional.empty()).requireOurs(place, database);
        Seed taken = context.recall(Seed.fact(seed), Seed.class).orElse(Seed.none("no copy of it was made before"));
        Optional<Seed.Loaded> loaded = context.recall(Seed.Loaded.fact(seed), Seed.Loaded.class);
        Rest rest;
        if (!taken.taken() || loaded.isEmpty()) {
            rest = whole(context, 0, taken.why().isEmpty() ? "the copy of it was not loaded" : taken.why());
        } else {
            try (Conversation conversation = session.converse(database.name())) {
                rest = part(context, session, conversation, taken, loaded.get());
            }
        }
        context.remember(Rest.fact(seed), rest);
        context.results(Map.of(
                "seed.used", String.valueOf(!rest.isEverything()),
                "seed.tables", String.valueOf(rest.whole().size()),
                "seed.ranges",
                        String.valueOf(rest.ranges().values().stream()
                                .mapToInt(List::size)
                                .sum())));
    }

    private Rest part(StepContext context, Session session, Conversation conversation, Seed taken, Seed.Loaded loaded)
            throws InterruptedException {
        Seeds seeds = Seeds.of(place.software());
        Optional<String> obstacle = seeds.obstacle(conversation, database);
        Map<String, Seeds.Table> tables = seeds.tables(conversation, database);
        if (obstacle.isPresent()) {
            return whole(context, tables.size(), obstacle.get());
        }
        if (!seeds.definitions(session, database).equals(taken.definitions())) {
            return whole(
                    context, tables.size(), "it was changed otherwise than in its rows since it was copied while open");
        }
        Rest rest = Rest.of(taken, loaded, tables, summed(context, conversation, tables, loaded));
        context.log(rest.told(tables.size()));
        write(
                session,
                rest.isNothing()
                        ? List.of(Seeds.Part.text(""))
                        : seeds.parts(conversation, place, database, rest, tables));
        return rest;
    }

    private DatabaseSums summed(
            StepContext context, Conversation conversation, Map<String, Seeds.Table> tables, Seed.Loaded loaded)
            throws InterruptedException {
        Optional<DatabaseSums> known = context.recall(SumDatabase.fact(seed), DatabaseSums.class);
        if (known.isPresent()) {
            return known.get();
        }
        Summing summing = new Summing(context, place, database, loaded.sums().quick());
        OptionalLong horizon =
                loaded.proved().isPresent() ? Seeds.of(place.software()).horizon(conversation) : OptionalLong.empty();
        Optional<DatabaseSums> since = new Resumming(context, summing, tables, loaded).sums(horizon);
        DatabaseSums sums = since.isPresent() ? since.get() : summing.sums();
        SumDatabase.remember(context, seed, sums);
        return sums;
    }

    private Rest whole(StepContext context, int tables, String why) throws InterruptedException {
        Rest rest = Rest.everything(why);
        context.log(rest.told(tables));
        whole().run(context);
        return rest;
    }

    private void write(Session session, List<Seeds.Part> parts) throws InterruptedException {
        // Begun before a crash: what is there is nothing that is known to be whole.
        session.host().run(Command.of("rm", "-f", "--", path.value())).orThrow();
        for (Seeds.Part part : parts) {
            int length = part.text().getBytes(StandardCharsets.UTF_8).length;
            Command command = Command.of(
                            "sh", "-c", ADD, "aegir-dump", path.value(), dumps().end(), String.valueOf(length))
                    .with(part.client().toArray(String[]::new))
                    .timeout(LIMIT);
            String header = "";
            if (place.remote().isPresent()) {
                command = new Client(command).withCredentials().command();
                header = session.administrator(place.remote().get());
            }
            CommandResult added =
                    session.host().run(command, Input.secret(Secret.of(header + part.text() + part.told())));
            if (!added.succeeded() || added.stderr().lines().anyMatch(dumps()::isError)) {
                throw DumpCheck.failed(
                        place,
                        database,
                        DumpFailedException.of(added.exit(), added.stderr()),
                        "failed (" + added.exit() + "): " + added.stderr().strip());
            }
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        whole().undo(context);
        new Session(context, place)
                .host()
                .run(Command.of("rm", "-f", "--", path.value()))
                .orThrow();
    }

    private DumpDatabase whole() {
        return new DumpDatabase(name, place, database, path, "root:root", false);
    }

    private Dumps dumps() {
        return Dumps.of(place.software());
    }
}
