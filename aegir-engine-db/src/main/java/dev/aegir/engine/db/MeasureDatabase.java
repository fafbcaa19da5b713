// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.spi.MeasuringEngine;
import dev.aegir.spi.MeasuringEngine.Measured;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * How large a database is, and where its server keeps such, is known to the task. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which; it need not be there
 * @param measure what this is called in the task
 */
record MeasureDatabase(String name, Place place, Database database, String measure) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        Dialect dialect = session.dialect();
        long bytes = dialect.look(session, database, Optional.empty()).exists()
                ? Long.parseLong(dialect.facts(session, database).get(0))
                : 0;
        Optional<HostPath> directory =
                place.remote().isPresent() ? Optional.empty() : Optional.of(HostPath.of(dialect.directory(session)));
        context.remember(MeasuringEngine.fact(measure), new Measured(bytes, directory));
    }
}
