// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.PostgresText.qualified;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The tables that {@link ReplaceTables} has kept in the same task are gone.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param tables the tables
 */
record ForgetTables(String name, Place place, Database database, List<String> tables) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return tables.stream()
                .map(table -> new Change(
                        Change.Kind.DELETE,
                        place.server().value(),
                        "table " + table + " of the database " + database.name(),
                        "as it was before"))
                .toList();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        if (!context.recall(ReplaceTables.begun(place, database, tables), Boolean.class)
                        .orElse(false)
                || !PostgresTables.isKept(session, database)) {
            return;
        }
        StringBuilder sql = new StringBuilder("BEGIN;\n");
        tables.forEach(table -> sql.append("DROP TABLE IF EXISTS ")
                .append(qualified(PostgresTables.BEFORE, table))
                .append(";\n"));
        sql.append("DROP SCHEMA " + PostgresTables.BEFORE + ";\nCOMMIT;\n");
        session.changeIn(database.name(), Postgres.guarded(database, sql.toString()));
    }
}
