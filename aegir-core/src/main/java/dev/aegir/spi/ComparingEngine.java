// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.task.Step;
import java.util.List;

/**
 * An engine that proves that two databases are equal, wherever they are: what is in one is summed up, and compared with the sums
 * of the other. Both are steps of one task, between which nobody may write to either.
 */
public interface ComparingEngine extends DatabaseEngine {
    /**
     * What is in the database is summed up, table by table and range by range, and known to the task. Changes nothing.
     *
     * @param request the database and where it is
     * @param name what the sums are called in this task
     * @return the steps, one after the other
     */
    List<Step> sum(EngineRequest<Database> request, String name);

    /**
     * Stops the plan unless the database has exactly the tables, rows and values that were summed up. Changes nothing.
     *
     * @param request the database and where it is
     * @param name what the sums are called in this task
     * @return the steps, one after the other
     */
    List<Step> compare(EngineRequest<Database> request, String name);
}
