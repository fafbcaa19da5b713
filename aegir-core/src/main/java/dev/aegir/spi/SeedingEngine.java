// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Step;
import java.util.List;

/**
 * An engine that copies a database while it is written to, and later, when nobody writes to it any more, brings only what has
 * changed since. What it cannot do so it brings as a whole then, and says why in the log of the task. All four are steps of one
 * task, in this order; of the same engine on both sides, perhaps on two servers. Whether both are equal then,
 * {@link #compare} proves.
 */
public interface SeedingEngine extends ComparingEngine {
    /**
     * Dumps the database, which may be written to meanwhile, into a directory as {@link #dump} does, unless something in it can
     * only be brought as a whole: then the directory is empty, and so it stays in the steps that follow.
     *
     * @param request the database and where it is
     * @param directory the directory; it must be missing
     * @param name what the seed is called in this task
     * @return the steps, one after the other
     */
    List<Step> dumpSeed(EngineRequest<Database> request, HostPath directory, String name);

    /**
     * Loads what {@link #dumpSeed} has made, if anything, into a database that must be empty, as the site's own account. Taken
     * back, the database is empty again.
     *
     * @param request the database and where it is
     * @param directory the directory on the database's own server
     * @param name what the seed is called in this task
     * @return the steps, one after the other
     */
    List<Step> loadSeed(EngineRequest<Database> request, HostPath directory, String name);

    /**
     * Dumps what the seed lacks, or all if there is none, into a directory as {@link #dump} does. Nobody may write to the
     * database any more. What is in it may be known then as {@link #sum} would have it known by the same name.
     *
     * @param request the database and where it is
     * @param directory the directory; it must be missing
     * @param name what the seed is called in this task
     * @return the steps, one after the other
     */
    List<Step> dumpRest(EngineRequest<Database> request, HostPath directory, String name);

    /**
     * Loads what {@link #dumpRest} has made, in the place of what is there, as the site's own account. Taken back, the database
     * is empty.
     *
     * @param request the database and where it is
     * @param directory the directory on the database's own server
     * @param name what the seed is called in this task
     * @return one step
     */
    List<Step> loadRest(EngineRequest<Database> request, HostPath directory, String name);
}
