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
 * A dump of a MariaDB database in a new file on its server, which only its account can read. It is complete: the program that
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
            path=$1 account=$2
            shift 2
            umask 077
            part=$path.part
            rm -f -- "$part"
            trap 'rm -f -- "$part"' EXIT
            "$@" >"$part"
            tail -n 5 -- "$part" | grep -q '^-- Dump completed' || { echo 'the dump has no end' >&2; exit 3; }
            sync -- "$part"
            chown -- "$account" "$part"
            ln -T -- "$part" "$path"
            grep -a -c '^-- Table structure for table `' -- "$path" || true
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
        if (place.software() != Software.MARIADB || place.remote().isPresent()) {
            throw new RefusedException(place.described()
                    + " cannot be dumped by this step: only a MariaDB of the server" + " itself can.");
        }
        Found found = session.dialect().look(session, database, Optional.empty());
        found.requireOurs(place, database);
        if (!found.exists()) {
            throw new RefusedException(place.described() + ": there is no database " + database.name() + " to dump.");
        }
        Map<String, Integer> engines = engines(session);
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
        dump(session, engines);
        int transactional = engines.getOrDefault("InnoDB", 0);
        int tables = engines.values().stream().mapToInt(Integer::intValue).sum();
        context.results(Map.of(
                "dump.tables", String.valueOf(tables),
                "dump.engines", engines.toString(),
                "dump.consistent", String.valueOf(transactional == tables)));
    }

    private void dump(Session session, Map<String, Integer> engines) throws InterruptedException {
        Command command = Command.of("sh", "-c", DUMP, "aegir-dump", path.value(), account)
                .with(
                        "mariadb-dump",
                        "--no-defaults",
                        "--protocol=socket",
                        "--socket=" + place.socket(),
                        "--user=root",
                        "--single-transaction",
                        "--quick",
                        "--skip-lock-tables",
                        "--routines",
                        "--events",
                        "--triggers",
                        "--hex-blob",
                        "--no-tablespaces",
                        "--skip-dump-date",
                        "--default-character-set=utf8mb4",
                        "--",
                        database.name())
                .timeout(Duration.ofHours(6));
        var result = session.host().run(command);
        if (!result.succeeded()) {
            delete(session);
            throw new DatabaseServerException(
                    place.described() + ": the dump of the database " + database.name() + " failed (" + result.exit()
                            + "): " + result.stderr().strip(),
                    "");
        }
        int tables = engines.values().stream().mapToInt(Integer::intValue).sum();
        int dumped = Integer.parseInt(result.stdout().strip());
        if (dumped != tables || !engines(session).equals(engines)) {
            delete(session);
            throw new DatabaseServerException(
                    place.described() + ": the dump of the database " + database.name() + " has " + dumped
                            + " tables, and" + " there were " + tables
                            + ". Somebody changed the tables meanwhile; try again.",
                    "");
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).orElse(false)) {
            delete(new Session(context, place));
        }
    }

    /** How many tables there are of each storage engine. */
    private Map<String, Integer> engines(Session session) throws InterruptedException {
        Map<String, Integer> engines = new TreeMap<>();
        for (List<String> row :
                session.read("SELECT COALESCE(ENGINE, 'broken'), COUNT(*) FROM information_schema.TABLES WHERE"
                        + " TABLE_SCHEMA = " + MariaDbText.literal(database.name())
                        + " AND TABLE_TYPE = 'BASE TABLE' GROUP BY 1;\n")) {
            engines.put(row.get(0), Integer.parseInt(row.get(1)));
        }
        return engines;
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
