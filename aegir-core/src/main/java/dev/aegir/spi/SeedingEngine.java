// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.task.Step;
import java.util.List;

/**
 * An engine that copies a database while it is written to, and later, when nobody writes to it any more, brings only what has
 * changed since. What it cannot do so it brings as a whole then, and says why in the log of the task. All of them are steps of one
 * task, in this order; of the same engine on both sides, perhaps on two servers, or of one that {@linkplain TranslatingEngine understands}
 * the other. What was changed since may be brought while it is written to, too, any number of times: the less is left for the end.
 * Whether both are equal then, {@link #compare} proves.
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
     * Dumps what the seed lacks by now of the database, which may be written to meanwhile, into a directory as {@link #dump} does. Nothing
     * depends on it: what cannot be dumped so now is left out, which the log says, and the directory is empty then. Results: {@code
     * pass-2.tables}, brought as a whole, and {@code pass-2.ranges}, with the name of the directory for {@code pass-2}.
     *
     * @param request the database and where it is
     * @param directory the directory; it must be missing
     * @param name what the seed is called in this task
     * @return the steps, one after the other; none when this engine cannot do that
     */
    default List<Step> dumpDelta(EngineRequest<Database> request, HostPath directory, String name) {
        return List.of();
    }

    /**
     * Loads what {@link #dumpDelta} has made, if anything, in the place of what is there, as the site's own account. What is there
     * afterwards is known to the task as it is, whatever was written to the database meanwhile. It is for {@link #loadSeed} to take back.
     *
     * @param request the database and where it is
     * @param directory the directory on the database's own server
     * @param name what the seed is called in this task
     * @return the steps, one after the other; none when this engine cannot do that
     */
    default List<Step> loadDelta(EngineRequest<Database> request, HostPath directory, String name) {
        return List.of();
    }

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
