// SPDX-License-Identifier: Apache-2.0
/** Inventory, tasks, journal and locks in a SQL database, with db-scheduler as the queue. */
@SuppressWarnings("requires-automatic") // db-scheduler names its module in its manifest only.
module dev.aegir.executor.sql {
    requires transitive dev.aegir.core;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.github.kagkarlsson.scheduler;
    requires java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;

    exports dev.aegir.executor.sql;

    provides dev.aegir.spi.StoreProvider with
            dev.aegir.executor.sql.SqlStoreProvider;
}
