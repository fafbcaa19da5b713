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
    private static final String LOOK = """
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

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        CommandResult said = context.host(place.server())
                .run(Command.of("sh", "-c", LOOK, "aegir-dump", path.value()).timeout(Duration.ofHours(1)));
        List<String> lines = said.stdout().lines().toList();
        if (!said.succeeded() || lines.size() != 4) {
            throw refused("cannot be read: " + said.stderr().strip());
        }
        String begin = lines.get(0);
        boolean postgres = begin.equals("PostgreSQL");
        if (!begin.equals("-") && postgres != (place.software() == Software.POSTGRESQL)) {
            throw refused("is of " + begin + ", and the database is none. Bind the site to a service of its kind");
        }
        boolean end = !lines.get(1).equals("0");
        long tables = Long.parseLong(lines.get(2));
        if (!end && (!begin.equals("-") || !lines.get(3).equals(";"))) {
            throw refused("is cut off: it has " + tables + " tables and then ends without its end. Dump it again");
        } else if (tables == 0) {
            throw refused("has no tables. Dump it again, with its structure");
        }
        context.remember(tables(path), tables);
        context.results(Map.of(
                "import.database.end", end ? "proved" : "unknown", "import.database.tables", String.valueOf(tables)));
        if (!end) {
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
