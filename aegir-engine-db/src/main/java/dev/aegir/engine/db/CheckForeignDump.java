// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks whether a dump that another program has made is of this protocol and whole, as far as it can be told: programs that say
 * at its beginning who they are say at its end that they are done. Changes nothing. Results: {@code import.database.end}, {@code
 * proved} or {@code unknown}, and {@code import.database.tables}.
 *
 * @param name the step's name
 * @param place where
 * @param path the dump, on the database's server
 */
record CheckForeignDump(String name, Place place, HostPath path) implements Step {
    /** Line ends within values are written otherwise, so that a line which begins so is a statement or comment. */
    static final String LOOK = """
            # whether a dump is whole
            set -u
            export LC_ALL=C
            [ -s "$1" ] || { echo "there is no dump, or nothing in it" >&2; exit 1; }
            begin=$(head -c 4096 -- "$1" | grep -a -m 1 -o -E -- '^(/\\*.*\\*/ *)?-- (MySQL|MariaDB|PostgreSQL database) dump' |
                grep -a -o -E 'MySQL|MariaDB|PostgreSQL')
            end=$(tail -c 65536 -- "$1" | grep -a -c -E -- '^-- (Dump completed|PostgreSQL database dump complete)')
            tables=$(grep -a -c -E '^CREATE (UNLOGGED )?TABLE ' -- "$1")
            last=$(tail -c 4096 -- "$1" | tr -d '\\000' | grep -a -v -E '^[[:space:]]*(--.*)?$' | tail -n 1 |
                sed 's/[[:space:]]*$//' | tail -c 2)
            printf '%s\\n' "${begin:--}" "$end" "$tables" "${last:--}"
            """;

    /**
     * What is told about a dump.
     *
     * @param program whose it is by its own account; {@code -} when it does not say
     * @param ended whether it says that it is whole
     * @param tables how many tables it makes
     * @param last how its last statement ends
     */
    record Seen(String program, boolean ended, long tables, String last) {
        /** What the program above prints. */
        static Optional<Seen> of(String output) {
            List<String> lines = output.lines().toList();
            return lines.size() == 4
                            && lines.get(1).matches("[0-9]{1,9}")
                            && lines.get(2).matches("[0-9]{1,9}")
                    ? Optional.of(new Seen(
                            lines.get(0), !lines.get(1).equals("0"), Long.parseLong(lines.get(2)), lines.get(3)))
                    : Optional.empty();
        }

        /** Why it cannot be loaded, if so. */
        Optional<String> wrong(Software software) {
            boolean says = !program.equals("-");
            if (says && program.equals("PostgreSQL") != (software == Software.POSTGRESQL)) {
                return Optional.of(
                        "is of " + program + ", and the database is none. Bind the site to a service of its kind");
            } else if (!ended && (says || !last.equals(";"))) {
                return Optional.of(
                        "is cut off: it has " + tables + " tables and then stops without its end. Dump it again");
            }
            return tables == 0 ? Optional.of("has no tables. Dump it again, with its structure") : Optional.empty();
        }
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        CommandResult said = context.host(place.server())
                .run(Command.of("sh", "-c", LOOK, "aegir-dump", path.value()).timeout(Duration.ofHours(1)));
        Seen seen = Seen.of(said.succeeded() ? said.stdout() : "")
                .orElseThrow(() -> refused("cannot be read: " + said.stderr().strip()));
        seen.wrong(place.software()).ifPresent(why -> {
            throw refused(why);
        });
        context.remember(tables(path), seen.tables());
        context.results(Map.of(
                "import.database.end",
                seen.ended() ? "proved" : "unknown",
                "import.database.tables",
                String.valueOf(seen.tables())));
        if (!seen.ended()) {
            context.log("the dump does not say that it is whole: its program was told to say nothing. Whether rows are"
                    + " missing at its end could not be proved");
        }
    }

    /** The fact of how many tables there are to be. */
    static String tables(HostPath path) {
        return "foreign-dump." + path.value().hashCode() + ".tables";
    }

    private RefusedException refused(String why) {
        return new RefusedException(place.server() + ": the dump " + path + " " + why + ".");
    }
}
