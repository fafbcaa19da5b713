// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How databases are copied while they are written to, which is different between database servers. Stateless. */
interface Seeds {
    /**
     * A table.
     *
     * @param structure differs when anything of it was changed but its rows, or when it was made anew
     * @param counter what its next row gets; empty where it does not count
     * @param ranges how the range of a row is told as {@link Sums} do; absent where all rows are one
     */
    record Table(String structure, String counter, Optional<Ranges> ranges) {}

    /**
     * How the rows of a table are told apart.
     *
     * @param key the column of whole numbers that does so
     */
    record Ranges(String key) {}

    /**
     * A part of what is brought.
     *
     * @param text statements
     * @param client words of the client that writes what follows them; empty where nothing does
     */
    record Part(String text, List<String> client) {
        public Part {
            client = List.copyOf(client);
        }
    }

    static Seeds of(Software software) {
        if (software != Software.MARIADB) {
            throw new IllegalArgumentException(software + " brings databases as a whole");
        }
        return new MariaDbSeeds();
    }

    /** What the database has that cannot be brought apart from the rest, for people; empty when all can. */
    Optional<String> obstacle(Conversation conversation, Database database) throws InterruptedException;

    /** All tables, as the database is now. */
    Map<String, Table> tables(Conversation conversation, Database database) throws InterruptedException;

    /** What brings the rest, in this order. */
    List<Part> parts(Place place, Database database, Rest rest, Map<String, Table> tables);
}
