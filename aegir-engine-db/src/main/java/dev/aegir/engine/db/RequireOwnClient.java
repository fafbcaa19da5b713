// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.literal;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Database;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Stops a plan that would dump a database of MySQL so that MySQL does not take it again: MariaDB's client writes what computed columns
 * have. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 */
record RequireOwnClient(String name, Place place, Database database) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        try {
            run(context);
        } catch (DatabaseServerException e) {
            if (!Reachable.isNotYet(place, e)) {
                throw e;
            }
        }
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        List<List<String>> computed = session.read("SELECT HEX(TABLE_NAME), HEX(COLUMN_NAME) FROM"
                + " information_schema.COLUMNS WHERE TABLE_SCHEMA = " + literal(database.name())
                + " AND EXTRA LIKE '% GENERATED%' ORDER BY TABLE_NAME, ORDINAL_POSITION LIMIT 5;\n");
        if (computed.isEmpty()) {
            return;
        }
        CommandResult version = session.host()
                .run(Command.of(place.software().family().programs().dump(), "--version"));
        if (version.stdout().contains("MariaDB")) {
            throw new RefusedException(
                    place.described() + ": the database " + database.name() + " has computed columns ("
                            + computed.stream()
                                    .map(row -> Rows.text(row.get(0)) + "." + Rows.text(row.get(1)))
                                    .collect(Collectors.joining(", "))
                            + "), and the client mysqldump on " + place.server()
                            + " is MariaDB's, which dumps them as MySQL does not take them again. Install MySQL's own clients.");
        }
    }
}
