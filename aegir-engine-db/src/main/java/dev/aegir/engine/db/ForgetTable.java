// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.PostgresText.qualified;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The table that {@link ReplaceTable} has kept in the same task is gone.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param table the table
 */
record ForgetTable(String name, Place place, Database database, String table) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.DELETE,
                place.server().value(),
                "table " + table + " of the database " + database.name(),
                "as it was before"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        if (!context.recall(ReplaceTable.begun(place, database, table), Boolean.class)
                        .orElse(false)
                || !PostgresTables.isKept(session, database)) {
            return;
        }
        session.changeIn(
                database.name(),
                Postgres.guarded(
                        database,
                        "BEGIN;\nDROP TABLE IF EXISTS " + qualified(PostgresTables.BEFORE, table) + ";\nDROP SCHEMA "
                                + PostgresTables.BEFORE + ";\nCOMMIT;\n"));
    }
}
