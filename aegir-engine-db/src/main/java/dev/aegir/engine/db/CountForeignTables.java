// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The database has as many tables as the dump that was loaded into it. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 * @param database which
 * @param path the dump
 */
record CountForeignTables(String name, Place place, Database database, HostPath path) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        long expected =
                context.recall(CheckForeignDump.tables(path), Long.class).orElse(0L);
        int tables = Dumps.of(place.software())
                .tables(new Session(context, place), database)
                .size();
        if (tables != expected) {
            throw new DatabaseServerException(
                    place.described() + ": the database " + database.name() + " has " + tables
                            + " tables after the dump was loaded that makes " + expected
                            + ". What is missing was left out of it, or made twice; look at what the load has logged.",
                    "");
        }
    }
}
