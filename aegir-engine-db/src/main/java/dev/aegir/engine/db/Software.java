// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

/** The database servers that there are. The names are stored. */
enum Software {
    MARIADB("mariadb", "MariaDB"),
    POSTGRESQL("postgresql", "PostgreSQL");

    private final String engine;
    private final String title;

    Software(String engine, String title) {
        this.engine = engine;
        this.title = title;
    }

    /** The engine's name, which is the service's unit too. */
    String engine() {
        return engine;
    }

    /** As people write it. */
    String title() {
        return title;
    }

    Dialect dialect() {
        return this == MARIADB ? new MariaDb() : new Postgres();
    }
}
