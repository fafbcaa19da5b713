// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.task.Step;
import java.util.List;

/** A database engine that can put single tables of one database in the place of those of another one of the same service. */
public interface TableEngine extends DatabaseEngine {
    /**
     * Stops the plan when a table can neither leave its database nor be replaced in it, as when foreign keys lead to it. Changes
     * nothing. A table that is not there can be put there.
     *
     * @param request the database and where it is
     * @param table the name of the table
     * @return the steps, one after the other
     */
    List<Step> requireSwitchable(EngineRequest<Database> request, String table);

    /**
     * A table of another database takes the place of the one with the same name: at once, so that nobody ever sees the database
     * without it. The former one is kept, in the other database or elsewhere. Taken back, each is where it was.
     *
     * @param request the database and where it is
     * @param other the database, of the same service and owner, that the table comes from
     * @param table the name of the table
     * @return the steps, one after the other
     */
    List<Step> switchTable(EngineRequest<Database> request, Database other, String table);

    /**
     * What {@link #switchTable} keeps of the former table elsewhere than in the other database is gone: for the same task, when
     * nothing is taken back any more.
     *
     * @param request the database and where it is
     * @param table the name of the table
     * @return the steps, one after the other; none unless the engine says otherwise
     */
    default List<Step> forgetTable(EngineRequest<Database> request, String table) {
        return List.of();
    }
}
