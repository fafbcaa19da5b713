// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Set;

/**
 * Stops a plan when a database lacks one of some tables. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param tables the tables
 */
record RequireTables(String name, Place place, Database database, List<String> tables) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        run(context);
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Set<String> there = place.software().speaksMySql()
                ? Tables.there(session, database, tables)
                : PostgresTables.there(session, database, PostgresTables.SCHEMA, tables);
        requireAll(place, database, tables, there);
    }

    static void requireAll(Place place, Database database, List<String> tables, Set<String> there) {
        List<String> missing =
                tables.stream().filter(table -> !there.contains(table)).toList();
        if (!missing.isEmpty()) {
            throw new TableNotSwitchableException(place.described() + ": the database " + database.name()
                    + " has no table " + String.join(", ", missing) + ". Nothing was changed.");
        }
    }
}
