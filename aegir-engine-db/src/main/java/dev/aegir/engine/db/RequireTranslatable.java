// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Stops a plan when a database of MySQL has what MariaDB cannot take. Changes nothing. Results: {@code translate.changed}, a line for
 * each kind of thing that will be otherwise.
 *
 * @param name the step's name
 * @param origin where it is
 * @param database which
 * @param place where it shall be
 */
record RequireTranslatable(String name, Place origin, Database database, Place place) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Translation translation;
        try {
            translation = require(context);
        } catch (DatabaseServerException e) {
            if (Reachable.isNotYet(place, e)) {
                return List.of();
            }
            throw e;
        }
        return translation.changes().isEmpty()
                ? List.of()
                : List.of(new Change(
                        Change.Kind.CHANGE,
                        place.server().value(),
                        "the database of " + database.title() + ", from "
                                + origin.software().title() + " to "
                                + place.software().title(),
                        String.join("\n", translation.changes())));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        List<String> changes = require(context).changes();
        changes.forEach(change -> context.log(
                "from " + origin.software().title() + " to " + place.software().title() + ": " + change));
        context.results(Map.of("translate.changed", String.join("\n", changes)));
    }

    private Translation require(StepContext context) throws InterruptedException {
        Session there = new Session(context, origin);
        there.dialect().look(there, database, Optional.empty()).requireOurs(origin, database);
        Translation translation = Translation.of(
                there.read(Translation.looking(database)), Translation.Known.of(new Session(context, place)));
        if (!translation.obstacles().isEmpty()) {
            throw new UntranslatableDatabaseException(origin, database, place, translation.obstacles());
        }
        return translation;
    }
}
