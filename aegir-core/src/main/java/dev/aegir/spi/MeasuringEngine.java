// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Optional;

/** An engine that can tell how much room a database takes, and where its server has room for another. */
public interface MeasuringEngine extends DatabaseEngine {
    /**
     * How large the database is, which need not be there, and where its server keeps such, is known to the task: the step remembers a
     * {@link Measured} as {@link #fact}. Changes nothing.
     *
     * @param request the database and where it is
     * @param name what this is called in this task
     * @return the steps, one after the other
     */
    List<Step> measure(EngineRequest<Database> request, String name);

    /**
     * Under which name a task remembers what was measured.
     *
     * @param name what it is called in this task
     * @return the name of the fact
     */
    static String fact(String name) {
        return "database.measured." + name;
    }

    /**
     * What was measured.
     *
     * @param bytes how much the database takes, with its keys, as its server estimates it; 0 when it is not there
     * @param directory where the database server keeps databases, on the server of the service; absent when that is elsewhere
     */
    record Measured(long bytes, Optional<HostPath> directory) {
        /** Makes it. */
        public Measured {}
    }
}
