// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.spi.DatabaseEngine;
import java.util.List;

/** MariaDB as Debian has it. */
class MariaDbIT extends DatabaseEngineChecks {
    @Override
    DatabaseEngine engine() {
        return new MariaDbEngine();
    }

    @Override
    ExecResult as(Database database, String password, String host, String sql) {
        String options = "[client]\nuser=" + MariaDbText.option(database.user()) + "\npassword="
                + MariaDbText.option(password) + "\n" + (host.isEmpty() ? "" : "protocol=tcp\nhost=" + host + "\n");
        return lab().machine()
                .execWithInput(
                        Client.header(options) + sql,
                        "sh",
                        "-c",
                        "umask 077; head -c 4096 >/tmp/options; mariadb --defaults-file=/tmp/options"
                                + " --default-character-set=utf8mb4 -N --database=\"$1\"; code=$?; rm /tmp/options; exit $code",
                        "sh",
                        database.name());
    }

    @Override
    ExecResult asAdministrator(String database, String sql) {
        return lab().machine()
                .execWithInput(sql, "mariadb", "--default-character-set=utf8mb4", "-N", "--database=" + database);
    }

    @Override
    List<String> world() {
        return asAdministrator("mysql", """
                        SELECT SCHEMA_NAME, SCHEMA_COMMENT FROM information_schema.SCHEMATA ORDER BY 1;
                        SELECT User, Host, JSON_REMOVE(JSON_REMOVE(JSON_REMOVE(JSON_REMOVE(Priv, '$.password_last_changed'),
                            '$.version_id'), '$.account_locked'), '$.password_lifetime') FROM global_priv ORDER BY 1, 2;
                        SELECT * FROM db ORDER BY User, Host, Db;
                        SELECT Host, Db, User, Table_name, Table_priv FROM tables_priv ORDER BY 1, 2, 3, 4;
                        SELECT * FROM roles_mapping;
                        """).orThrow().stdout().lines().toList();
    }

    @Override
    List<String> hardNames() {
        return List.of(
                "a%b", "a`b", "a'b", "a\"b", "a b", "a$b", "a;b", "--a", "名前é", "x".repeat(63), "a.b", "a#b", "123");
    }

    @Override
    void foreign(Database database, String mark) {
        String name = MariaDbText.identifier(database.name());
        asAdministrator(
                        "mysql",
                        mark.equals("gone")
                                ? "DROP DATABASE " + name
                                : "CREATE DATABASE " + name + " COMMENT " + MariaDbText.literal(mark))
                .orThrow();
    }

    @Override
    void widen() {
        asAdministrator("mysql", """
                SET PASSWORD FOR 'joe'@'localhost' = PASSWORD('other');
                GRANT ALL PRIVILEGES ON joe.* TO 'joe'@'localhost' WITH GRANT OPTION;
                """).orThrow();
    }
}
