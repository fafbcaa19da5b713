// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Tables of another database are in the places of those with their names, in one statement, and those are in the other database.
 * Taken back, each is where it was.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param other where the tables come from
 * @param tables the tables
 */
record SwitchTables(String name, Place place, Database database, Database other, List<String> tables) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return ReplaceTables.changes(place, database, other, tables);
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        boolean begun = context.recall(begun(), Boolean.class).orElse(false);
        Set<String> brought = Tables.there(session, other, tables);
        Tables.requireSwitchable(session, database, tables);
        Tables.requireSwitchable(session, other, tables);
        if (!begun) {
            RequireTables.requireAll(place, other, tables, brought);
        }
        Set<String> there = Tables.there(session, database, tables);
        List<String> moves = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            String table = tables.get(i);
            if (!brought.contains(table)) {
                continue; // Before a crash.
            }
            if (there.contains(table)) {
                moves.add(Tables.move(database, table, other, before(i)));
            }
            moves.add(Tables.move(other, table, database, table));
        }
        context.remember(begun(), true);
        Tables.rename(session, moves);
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (!context.recall(begun(), Boolean.class).orElse(false)) {
            return;
        }
        Session session = new Session(context, place);
        Set<String> brought = Tables.there(session, other, tables);
        Set<String> there = Tables.there(session, database, tables);
        Set<String> kept = Tables.there(
                session,
                other,
                IntStream.range(0, tables.size()).mapToObj(SwitchTables::before).toList());
        List<String> moves = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            String table = tables.get(i);
            if (there.contains(table) && !brought.contains(table)) {
                moves.add(Tables.move(database, table, other, table));
            }
            if (kept.contains(before(i))) {
                moves.add(Tables.move(other, before(i), database, table));
            }
        }
        Tables.rename(session, moves);
    }

    /** What a table that was there is called in the other database. */
    private static String before(int number) {
        return "aegir_before_" + number;
    }

    private String begun() {
        return "database." + place.server() + "." + Client.known(database) + ".table." + tables.hashCode();
    }
}
