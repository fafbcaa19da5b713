// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

/** The database servers that there are. The names are stored. */
enum Software {
    MARIADB("mariadb", "MariaDB"),
    MYSQL("mysql", "MySQL"),
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

    /** Whether it speaks MySQL's protocol, and nearly its language. */
    boolean speaksMySql() {
        return this != POSTGRESQL;
    }

    Dialect dialect() {
        return this == POSTGRESQL ? new Postgres() : family();
    }

    /** Of one that speaks MySQL's protocol. */
    MySqlFamily family() {
        return switch (this) {
            case MARIADB -> new MariaDb();
            case MYSQL -> new MySql();
            case POSTGRESQL -> throw new IllegalStateException("PostgreSQL speaks another protocol");
        };
    }
}
