// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * What {@link DumpRest} has dumped is in a database that has a copy, in the place of what was there; or all of it, in the place of
 * everything. Running it again brings the same.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the file, on the database's server
 * @param seed what the copy is called in the task
 */
record LoadRest(String name, Place place, Database database, HostPath path, String seed) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Reachable.preview(context, place, database).requireOurs(place, database);
        return List.of(new Change(
                Change.Kind.RUN,
                place.server().value(),
                "load into the database " + database.name(),
                "what its copy lacks, from " + path));
    }

    @Override
    public void run(StepContext context) throws Exception {
        Rest rest = context.recall(Rest.fact(seed), Rest.class)
                .orElseThrow(() -> new IllegalStateException("nothing is known of what " + seed
                        + " lacks: the step that dumps it comes before this one in its plan"));
        if (rest.isEverything()) {
            whole().run(context);
        } else if (!rest.isNothing()) {
            new Parts(place, database, path).load(context);
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        whole().undo(context);
    }

    /** It empties the database first, since it has begun to load there already: the copy. */
    private LoadDatabase whole() {
        return new LoadDatabase(name, place, database, path);
    }
}
