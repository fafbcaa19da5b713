// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Stops a plan when a table cannot leave its database. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param tables the tables
 */
record RequireSwitchable(String name, Place place, Database database, List<String> tables) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        run(context);
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        if (place.software().speaksMySql()) {
            Tables.requireSwitchable(session, database, tables);
        } else {
            PostgresTables.requireSwitchable(session, database, tables);
        }
    }
}
