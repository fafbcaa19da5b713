// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.spi.DatabaseEngine;
import dev.aegir.task.Step;
import java.util.List;

/** PostgreSQL as Debian has it. */
class PostgresIT extends DatabaseEngineChecks {
    @Override
    DatabaseEngine engine() {
        return new PostgresqlEngine();
    }

    @Override
    ExecResult as(Database database, String password, String host, String sql) {
        String connection = "dbname=" + PostgresText.connection(database.name()) + " user="
                + PostgresText.connection(database.user()) + " password=" + PostgresText.connection(password) + " host="
                + (host.isEmpty() ? "/run/postgresql" : host);
        return asAdministrator(
                "postgres",
                "\\connect -reuse-previous=off " + PostgresText.connectArgument(connection) + "\n" + sql + "\n");
    }

    @Override
    ExecResult asAdministrator(String database, String sql) {
        String[] words = ("runuser -u postgres -- env PGCLIENTENCODING=UTF8 psql -XqAtw -v ON_ERROR_STOP=1 -d "
                        + database)
                .split(" ");
        return lab().machine().execWithInput(sql, words);
    }

    @Override
    List<String> world() {
        return asAdministrator("postgres", """
                        SELECT datname, datacl, datallowconn, pg_get_userbyid(datdba), shobj_description(oid, 'pg_database')
                            FROM pg_database ORDER BY 1;
                        SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
                            rolbypassrls, rolvaliduntil, shobj_description(oid, 'pg_authid') FROM pg_roles ORDER BY 1;
                        SELECT roleid::regrole::text, member::regrole::text, admin_option FROM pg_auth_members ORDER BY 1, 2;
                        SELECT setrole::regrole::text, setconfig FROM pg_db_role_setting ORDER BY 1;
                        SELECT * FROM pg_hba_file_rules;
                        """).orThrow().stdout().lines().toList();
    }

    @Override
    List<String> hardNames() {
        return List.of(
                "a%b",
                "a`b",
                "a'b",
                "a\"b",
                "a b",
                "a$b",
                "a;b",
                "--a",
                "名前é",
                "x".repeat(63),
                "a.b",
                "a\\b",
                "a=b",
                "Ab",
                "all",
                "123");
    }

    @Override
    void foreign(Database database, String mark) {
        String name = PostgresText.identifier(database.name());
        asAdministrator(
                        "postgres",
                        mark.equals("gone")
                                ? "DROP DATABASE " + name
                                : "CREATE DATABASE " + name + ";\nCOMMENT ON DATABASE " + name + " IS "
                                        + PostgresText.literal(mark) + ";")
                .orThrow();
    }

    @Override
    List<Step> facts(Database database) {
        return new PostgresqlEngine().facts(request(database));
    }

    @Override
    void widen() {
        asAdministrator("postgres", """
                ALTER ROLE joe PASSWORD 'other' CREATEDB;
                GRANT pg_monitor TO joe;
                GRANT CONNECT ON DATABASE joe TO PUBLIC;
                """).orThrow();
    }
}
