// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A dump of a database in a new file on its server, which only its account can read. It is complete: the program that
 * makes it succeeds, its last line says so, and it has exactly the tables that the database has. Anything else is an error, and
 * the file is deleted.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file; there must be none
 * @param account whose the file is, as {@code user:group}
 */
record DumpDatabase(String name, Place place, Database database, HostPath path, String account) implements Step {
    private static final String DUMP = """
            # dump a database
            set -eu
            path=$1 account=$2 end=$3 titles=$4
            shift 4
            umask 077
            part=$path.part
            rm -f -- "$part"
            trap 'rm -f -- "$part"' EXIT
            "$@" >"$part"
            tail -n 8 -- "$part" | grep -a -q "^$end" || { echo 'the dump has no end' >&2; exit 3; }
            sync -- "$part"
            chown -- "$account" "$part"
            ln -T -- "$part" "$path"
            LC_ALL=C awk "$titles" <"$path"
            """;

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Found found = Reachable.preview(context, place, database);
        found.requireOurs(place, database);
        return List.of(new Change(
                Change.Kind.CREATE, place.server().value(), path.value(), "a dump of the database " + database.name()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        if (place.remote().isPresent()) {
            throw new RefusedException(place.described()
                    + " cannot be dumped by this step: only a database server on the server itself can.");
        }
        Found found = session.dialect().look(session, database, Optional.empty());
        found.requireOurs(place, database);
        if (!found.exists()) {
            throw new RefusedException(place.described() + ": there is no database " + database.name() + " to dump.");
        }
        List<Dumps.Table> tables = dumps().tables(session, database);
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
        dump(session, tables);
        Map<String, Integer> engines = new TreeMap<>();
        tables.forEach(table -> engines.merge(table.engine(), 1, Integer::sum));
        context.results(Map.of(
                "dump.tables", String.valueOf(tables.size()),
                "dump.engines", engines.toString(),
                "dump.consistent", String.valueOf(engines.keySet().stream().allMatch(dumps()::consistent))));
    }

    private void dump(Session session, List<Dumps.Table> tables) throws InterruptedException {
        Command command = Command.of(
                        "sh", "-c", DUMP, "aegir-dump", path.value(), account, dumps().end(), dumps().titles())
                .with(dumps().dumping(place, database).toArray(String[]::new))
                .timeout(Duration.ofHours(6));
        var result = session.host().run(command);
        if (!result.succeeded()) {
            delete(session);
            throw new DatabaseServerException(
                    place.described() + ": the dump of the database " + database.name() + " failed (" + result.exit()
                            + "): " + result.stderr().strip(),
                    "");
        }
        List<String> wanted = titles(tables);
        List<String> dumped = result.stdout().lines().sorted().toList();
        if (!dumped.equals(wanted) || !titles(dumps().tables(session, database)).equals(wanted)) {
            delete(session);
            throw new DatabaseServerException(
                    place.described() + ": the dump of the database " + database.name() + " has " + dumped.size()
                            + " tables, and they are not exactly the " + wanted.size()
                            + " of before. Somebody changed the tables meanwhile; try again.",
                    "");
        }
    }

    private Dumps dumps() {
        return Dumps.of(place.software());
    }

    private static List<String> titles(List<Dumps.Table> tables) {
        return tables.stream().map(Dumps.Table::title).sorted().toList();
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
