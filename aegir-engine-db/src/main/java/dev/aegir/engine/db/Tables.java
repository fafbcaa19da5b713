// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.identifier;
import static dev.aegir.engine.db.MariaDbText.literal;

import dev.aegir.model.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Single tables of MariaDB. */
final class Tables {
    private Tables() {}

    /** Whether there is a table of exactly this name. */
    static boolean exists(Session session, Database database, String table) throws InterruptedException {
        return !session.read("SELECT 'there' FROM information_schema.TABLES WHERE " + named(database, table, "TABLE"))
                .isEmpty();
    }

    private static String named(Database database, String table, String kind) {
        return kind + "_SCHEMA = " + literal(database.name()) + " AND BINARY " + kind + "_NAME = " + literal(table)
                + ";\n";
    }

    /** Refuses what cannot leave its database, and a database that is not ours. */
    static void requireSwitchable(Session session, Database database, String table) throws InterruptedException {
        Found found = session.dialect().look(session, database, Optional.empty());
        found.requireOurs(session.place(), database);
        String schema = literal(database.name());
        String name = literal(table);
        List<List<String>> rows = session.read("SELECT 'kind', TABLE_TYPE FROM information_schema.TABLES WHERE "
                + named(database, table, "TABLE")
                + "SELECT 'key', HEX(CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME)) FROM information_schema.KEY_COLUMN_USAGE"
                + " WHERE REFERENCED_TABLE_NAME IS NOT NULL AND (TABLE_SCHEMA = " + schema + " AND BINARY TABLE_NAME = "
                + name + " OR REFERENCED_TABLE_SCHEMA = " + schema + " AND BINARY REFERENCED_TABLE_NAME = " + name
                + ");\n"
                + "SELECT 'trigger', HEX(TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = "
                + schema + " AND BINARY EVENT_OBJECT_TABLE = " + name + ";\n");
        List<String> why = new ArrayList<>();
        Rows.of("kind", rows).stream()
                .filter(row -> !row.get(1).equals("BASE TABLE"))
                .forEach(row -> why.add("it is no table but a " + row.get(1)));
        Rows.of("key", rows).forEach(row -> why.add("foreign key " + Rows.text(row.get(1))));
        Rows.of("trigger", rows).forEach(row -> why.add("trigger " + Rows.text(row.get(1))));
        if (!why.isEmpty()) {
            throw new TableNotSwitchableException(session.place().described() + ": the table " + table
                    + " of the database " + database.name() + " cannot be restored alone: "
                    + String.join(", ", why.stream().distinct().toList())
                    + ". Nothing was changed. Restore the database instead.");
        }
    }

    /** Several tables get other names, or other databases, at once. */
    static void rename(Session session, List<String> fromTo) throws InterruptedException {
        session.change("RENAME TABLE " + String.join(", ", fromTo) + ";\n");
    }

    static String move(Database from, String table, Database to, String name) {
        return whole(from, table) + " TO " + whole(to, name);
    }

    private static String whole(Database database, String table) {
        return identifier(database.name()) + "." + identifier(table);
    }
}
