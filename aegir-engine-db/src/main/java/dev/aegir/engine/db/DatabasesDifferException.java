// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.AegirException;
import dev.aegir.model.Database;
import java.util.List;

/** Two databases that must be equal are not. Nothing was changed. */
public final class DatabasesDifferException extends AegirException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 5;
    private final transient List<String> differences;

    /**
     * For the database that is not what it should be.
     *
     * @param place where it is
     * @param database which it is
     * @param differences what is different, table by table
     */
    DatabasesDifferException(Place place, Database database, List<String> differences) {
        super(place.described() + ": the database " + database.name() + " of " + database.title()
                + " is not equal to the one it was made from: "
                + String.join("; ", differences.subList(0, Math.min(SHOWN, differences.size())))
                + (differences.size() > SHOWN ? "; and " + (differences.size() - SHOWN) + " more" : "")
                + ". Nobody may write to either meanwhile: find out who does, then try again.");
        this.differences = List.copyOf(differences);
    }

    /**
     * What is different.
     *
     * @return a line for each table
     */
    public List<String> differences() {
        return differences;
    }
}
