// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;
import dev.aegir.model.Database;
import java.util.List;

/** A database has what another kind of server cannot take. Nothing was changed. */
public final class UntranslatableDatabaseException extends AegirException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;
    private final transient List<String> obstacles;

    UntranslatableDatabaseException(Place origin, Database database, Place place, List<String> obstacles) {
        super(origin.described() + ": the database " + database.name() + " of " + database.title()
                + " has what " + place.described() + " cannot take: "
                + String.join("; ", obstacles.subList(0, Math.min(SHOWN, obstacles.size())))
                + (obstacles.size() > SHOWN ? "; and " + (obstacles.size() - SHOWN) + " more" : "")
                + ". Nothing was changed. Change that, or choose a service of the same kind.");
        this.obstacles = List.copyOf(obstacles);
    }

    /**
     * What cannot be taken.
     *
     * @return a line for each thing, with its table and column
     */
    public List<String> obstacles() {
        return obstacles;
    }
}
