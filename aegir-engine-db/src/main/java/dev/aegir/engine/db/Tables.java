// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.identifier;
import static dev.aegir.engine.db.MariaDbText.literal;

import dev.aegir.model.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Single tables of MariaDB. */
final class Tables {
    private Tables() {}

    /** Those of some tables that are there, by exactly these names. */
    static Set<String> there(Session session, Database database, List<String> tables) throws InterruptedException {
        return session
                .read("SELECT HEX(TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
                        + literal(database.name()) + " AND BINARY TABLE_NAME IN (" + literals(tables) + ");\n")
                .stream()
                .map(row -> Rows.text(row.get(0)))
                .collect(Collectors.toSet());
    }

    private static String literals(List<String> tables) {
        return tables.stream().map(MariaDbText::literal).collect(Collectors.joining(", "));
    }

    /** Refuses what cannot leave its database, and a database that is not ours. */
    static void requireSwitchable(Session session, Database database, List<String> tables) throws InterruptedException {
        Found found = session.dialect().look(session, database, Optional.empty());
        found.requireOurs(session.place(), database);
        String schema = literal(database.name());
        String names = " IN (" + literals(tables) + ")";
        List<List<String>> rows = session.read("SELECT 'kind', HEX(TABLE_NAME), TABLE_TYPE FROM"
                + " information_schema.TABLES WHERE TABLE_SCHEMA = " + schema + " AND BINARY TABLE_NAME" + names + ";\n"
                + "SELECT 'key', HEX(CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME)) FROM information_schema.KEY_COLUMN_USAGE"
                + " WHERE REFERENCED_TABLE_NAME IS NOT NULL AND (TABLE_SCHEMA = " + schema + " AND BINARY TABLE_NAME"
                + names + " OR REFERENCED_TABLE_SCHEMA = " + schema + " AND BINARY REFERENCED_TABLE_NAME" + names
                + ");\n"
                + "SELECT 'trigger', HEX(TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = "
                + schema + " AND BINARY EVENT_OBJECT_TABLE" + names + ";\n");
        List<String> why = new ArrayList<>();
        Rows.of("kind", rows).stream()
                .filter(row -> !row.get(2).equals("BASE TABLE"))
                .forEach(row -> why.add(Rows.text(row.get(1)) + " is no table but a " + row.get(2)));
        Rows.of("key", rows).forEach(row -> why.add("foreign key " + Rows.text(row.get(1))));
        Rows.of("trigger", rows).forEach(row -> why.add("trigger " + Rows.text(row.get(1))));
        if (!why.isEmpty()) {
            throw new TableNotSwitchableException(session.place().described() + ": the table "
                    + String.join(", ", tables) + " of the database " + database.name()
                    + " cannot be replaced alone: "
                    + String.join(", ", why.stream().distinct().toList())
                    + ". Nothing was changed. Bring the whole database instead.");
        }
    }

    /** Several tables get other names, or other databases, at once. */
    static void rename(Session session, List<String> fromTo) throws InterruptedException {
        if (!fromTo.isEmpty()) {
            session.change("RENAME TABLE " + String.join(", ", fromTo) + ";\n");
        }
    }

    static String move(Database from, String table, Database to, String name) {
        return whole(from, table) + " TO " + whole(to, name);
    }

    private static String whole(Database database, String table) {
        return identifier(database.name()) + "." + identifier(table);
    }
}
