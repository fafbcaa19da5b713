// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** How databases are copied while they are written to, which is different between database servers. Stateless. */
interface Seeds {
    /**
     * A table, or a sequence that counts.
     *
     * @param structure differs when anything of it was changed but its rows, or when it was made anew
     * @param counter what its next row gets; empty where it does not count
     * @param ranges how the range of a row is told as {@link Sums} do; absent where all rows are one
     * @param counts whether it has no rows and only counts
     */
    record Table(String structure, String counter, Optional<Ranges> ranges, boolean counts) {
        Table(String structure, String counter, Optional<Ranges> ranges) {
            this(structure, counter, ranges, false);
        }
    }

    /**
     * How the rows of a table are told apart.
     *
     * @param key the column of whole numbers that does so
     * @param unique whether each row has another number there
     */
    record Ranges(String key, boolean unique) {}

    /**
     * A part of what is brought.
     *
     * @param text statements
     * @param client words of the client that writes what follows them; empty where nothing does
     * @param told what that client is told
     */
    record Part(String text, List<String> client, String told) {
        public Part {
            client = List.copyOf(client);
        }

        static Part text(String text) {
            return new Part(text, List.of(), "");
        }
    }

    /**
     * How a database is read.
     *
     * @param open whether it may be written to meanwhile
     * @param snapshot what other sessions see it by as it is at one moment; empty where they see it as it is by then
     */
    record Reading(boolean open, Optional<String> snapshot) {
        static final Reading CLOSED = new Reading(false, Optional.empty());
    }

    static Seeds of(Software software) {
        return software.speaksMySql() ? new MariaDbSeeds(software.family()) : new PostgresSeeds();
    }

    /** What the database has that cannot be brought apart from the rest, for people; empty when all can. */
    Optional<String> obstacle(Conversation conversation, Database database) throws InterruptedException;

    /** All tables, as the database is now. */
    Map<String, Table> tables(Conversation conversation, Database database) throws InterruptedException;

    /** Differs when anything in the database was changed that is neither rows nor told of a table; then all of it is brought. */
    String definitions(Session session, Database database) throws InterruptedException;

    /**
     * What tells rows apart that are written from now on, for {@link Sums#newer}; nothing where the server does not. It is the number of a
     * transaction, which only grows.
     */
    default OptionalLong horizon(Conversation conversation) throws InterruptedException {
        return OptionalLong.empty();
    }

    /**
     * From here on the conversation sees the rows of a database that is written to as they are now, and lets others see the same until
     * it ends, where the server can do that.
     */
    default Reading begin(Conversation conversation) throws InterruptedException {
        return new Reading(true, Optional.empty());
    }

    /** Whether the server knows a hash that takes less time than the one that all know. */
    default boolean quick(Conversation conversation) throws InterruptedException {
        return false;
    }

    /** What brings the rest, in this order. */
    List<Part> parts(
            Conversation conversation,
            Place place,
            Database database,
            Rest rest,
            Map<String, Table> tables,
            Reading reading)
            throws InterruptedException;
}
