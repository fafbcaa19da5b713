// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.task.Step;
import java.util.List;

/** A database engine that can put single tables of one database in the place of those of another one of the same service. */
public interface TableEngine extends DatabaseEngine {
    /**
     * Stops the plan when the database lacks one of some tables. Changes nothing.
     *
     * @param request the database and where it is
     * @param tables the names of the tables; at least one
     * @return the steps, one after the other
     */
    List<Step> requireTables(EngineRequest<Database> request, List<String> tables);

    /**
     * Stops the plan when one of some tables can neither leave its database nor be replaced in it, as when foreign keys lead to it.
     * Changes nothing. A table that is not there can be put there.
     *
     * @param request the database and where it is
     * @param tables the names of the tables; at least one
     * @return the steps, one after the other
     */
    List<Step> requireSwitchable(EngineRequest<Database> request, List<String> tables);

    /**
     * Tables of another database take the places of those with the same names: all of them at once, so that nobody ever sees the
     * database without one, or with some of them only. The former ones are kept, in the other database or elsewhere. Taken back, each
     * is where it was.
     *
     * @param request the database and where it is
     * @param other the database, of the same service and owner, that the tables come from
     * @param tables the names of the tables; at least one
     * @return the steps, one after the other
     */
    List<Step> switchTables(EngineRequest<Database> request, Database other, List<String> tables);

    /**
     * What {@link #switchTables} keeps of the former tables elsewhere than in the other database is gone: for the same task, when
     * nothing is taken back any more.
     *
     * @param request the database and where it is
     * @param tables the names of the tables; at least one
     * @return the steps, one after the other; none unless the engine says otherwise
     */
    default List<Step> forgetTables(EngineRequest<Database> request, List<String> tables) {
        return List.of();
    }
}
