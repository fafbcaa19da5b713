// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of another database is in the place of the one with its name, in one statement, and that is in the other database. Taken
 * back, each is where it was.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param other where the table comes from
 * @param table the table
 */
record SwitchTable(String name, Place place, Database database, Database other, String table) implements Step {
    /** What the table that was there is called in the other database. */
    static final String BEFORE = "aegir_before";

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CHANGE,
                place.server().value(),
                "table " + table + " of the database " + database.name(),
                "as it is in " + other.name()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        boolean begun = context.recall(begun(), Boolean.class).orElse(false);
        if (begun && !Tables.exists(session, other, table)) {
            return; // Before a crash.
        }
        Tables.requireSwitchable(session, database, table);
        Tables.requireSwitchable(session, other, table);
        if (!Tables.exists(session, other, table)) {
            throw new TableNotSwitchableException(
                    place.described() + ": the backup has no table " + table + ". Nothing was changed.");
        }
        List<String> moves = new ArrayList<>();
        if (Tables.exists(session, database, table)) {
            moves.add(Tables.move(database, table, other, BEFORE));
        }
        moves.add(Tables.move(other, table, database, table));
        context.remember(begun(), true);
        Tables.rename(session, moves);
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (!context.recall(begun(), Boolean.class).orElse(false)) {
            return;
        }
        Session session = new Session(context, place);
        if (Tables.exists(session, other, table)) {
            return; // It never came to that.
        }
        List<String> moves = new ArrayList<>();
        if (Tables.exists(session, database, table)) {
            moves.add(Tables.move(database, table, other, table));
        }
        if (Tables.exists(session, other, BEFORE)) {
            moves.add(Tables.move(other, BEFORE, database, table));
        }
        if (!moves.isEmpty()) {
            Tables.rename(session, moves);
        }
    }

    private String begun() {
        return "database." + place.server() + "." + Client.known(database) + ".table." + table.hashCode();
    }
}
