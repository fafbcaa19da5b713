// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
    /** How large it is, and its last lines, when they are ours; the very last says how many. */
    private static final String FACTS = """
            # what a dump says it has
            set -eu
            stat -L -c %s -- "$1"
            last=$(tail -c 200 -- "$1" | tail -n 1 | tr -d '\\000')
            case $last in
            '-- Aegir: end '*[!0-9]*) ;;
            '-- Aegir: end '?*) tail -n "${last##* }" -- "$1" ;;
            esac
            """;

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Reachable.preview(context, place, database).requireOurs(place, database);
        return List.of(new Change(
                Change.Kind.RUN, place.server().value(), "load the database " + database.name(), "from " + path));
    }

    @Override
    public void run(StepContext context) throws Exception {
        Session session = new Session(context, place);
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
        String said = facts(session.host());
        int end = said.indexOf('\n') + 1;
        Optional<DumpFacts> facts =
                said.length() == end ? Optional.empty() : Optional.of(DumpFacts.of(said.substring(end)));
        context.remember(begun(), true);
        // Of what other programs have made nobody knows which statement needs which.
        Loading.Loaded loaded = new Loading(context, place, database, path)
                .load(
                        Long.parseLong(said.substring(0, end).strip()),
                        facts.isPresent(),
                        facts.map(LoadDatabase::rows).orElse(Map.of()),
                        () -> empty(session));
        long rows = compared(session, facts);
        context.results(Map.of(
                "load.objects", String.valueOf(session.dialect().objects(session, database)),
                "load.rows", String.valueOf(rows),
                "load.connections", String.valueOf(loaded.connections()),
                "load.beside", String.valueOf(loaded.beside()),
                "load.compared", String.valueOf(facts.isPresent()),
                "load.changed", String.join("\n", loaded.left().keySet())));
    }

    /** By names as the bytes of the dump have them. */
    private static Map<String, Long> rows(DumpFacts facts) {
        Map<String, Long> rows = new HashMap<>();
        facts.tables()
                .forEach(table -> rows.put(
                        new String(table.name().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1),
                        table.rows()));
        return rows;
    }

    /** How many bytes the dump has, and on further lines what it says that it has; none when another program made it. */
    private String facts(Host host) throws InterruptedException {
        CommandResult said = host.run(Command.of("sh", "-c", FACTS, "aegir-facts", path.value()));
        if (!said.succeeded()) {
            throw new RefusedException(place.server() + ": the dump " + path + " cannot be read: "
                    + said.stderr().strip());
        }
        return said.stdout();
    }

    /** How many rows there are now: exactly those of the dump, table by table, where it says which those are. */
    private long compared(Session session, Optional<DumpFacts> facts) throws InterruptedException {
        Map<String, Long> expected = new TreeMap<>();
        facts.ifPresent(known ->
                known.tables().forEach(table -> expected.put(table.schema() + "." + table.name(), table.rows())));
        long rows = 0;
        try (Conversation conversation = session.converse(database.name())) {
            for (Dumps.Table table : dumps().tables(session, database)) {
                if (dumps().withoutRows(table.engine())) {
                    continue;
                }
                String title = table.schema() + "." + table.name();
                long counted = Long.parseLong(Rows.only(conversation.ask(dumps().counting(table))));
                Long wanted = expected.remove(title);
                rows += counted;
                if (facts.isPresent() && (wanted == null || wanted != counted)) {
                    throw different(table.name() + " has " + counted + " rows and not "
                            + (wanted == null ? "none, as it is not in the dump" : wanted.toString()));
                }
            }
        }
        if (!expected.isEmpty()) {
            throw different("the tables " + String.join(", ", expected.keySet()) + " are missing");
        }
        return rows;
    }

    private DatabaseServerException different(String how) {
        return new DatabaseServerException(
                place.described() + ": what was loaded from " + path + " into the database " + database.name()
                        + " is not what the dump has by its own account: " + how
                        + ". The dump is not whole, or somebody writes to the database already.",
                "");
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
