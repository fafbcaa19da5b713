// SPDX-License-Identifier: Apache-2.0
/** Engines that keep databases: MariaDB, MySQL and PostgreSQL. */
module dev.aegir.engine.db {
    requires transitive dev.aegir.core;
    requires transitive org.jspecify;

    exports dev.aegir.engine.db;

    // Steps are stored as JSON.
    opens dev.aegir.engine.db to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Engine with
            dev.aegir.engine.db.MariaDbEngine,
            dev.aegir.engine.db.MySqlEngine,
            dev.aegir.engine.db.PostgresqlEngine;
}
