// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.ExecResult;
import dev.aegir.lab.LabMySql;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.task.Step;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Oracle's MySQL 8, by MariaDB's clients with their former names. */
class MySqlIT extends DatabaseEngineChecks implements MariaDbSamples, SupportAccounts {
    /** MySQL has no tables of numbers, and wants no days that are none unless it is told to take them. */
    private static final String MODE = "SET SESSION sql_mode = '', cte_max_recursion_depth = 1000000;\n";

    @Override
    void install(DatabaseLab lab) {
        LabMySql.install(lab.machine());
    }

    @Override
    public SeedingEngine engine() {
        return new MySqlEngine();
    }

    @Override
    public SeedingEngine seeding() {
        return engine();
    }

    @Override
    public ExecResult as(Database database, String password, String host, String sql) {
        String options = "[client]\nuser=" + MariaDbText.option(database.user()) + "\npassword="
                + MariaDbText.option(password) + "\n" + (host.isEmpty() ? "" : "protocol=tcp\nhost=" + host + "\n");
        return lab().machine()
                .execWithInput(
                        Client.header(options) + recursive(sql),
                        "sh",
                        "-c",
                        "umask 077; head -c 4096 >/tmp/options; mysql --defaults-file=/tmp/options"
                                + " --default-character-set=utf8mb4 -N --database=\"$1\"; code=$?; rm /tmp/options; exit $code",
                        "sh",
                        database.name());
    }

    @Override
    public ExecResult asAdministrator(String database, String sql) {
        return lab().machine()
                .execWithInput(
                        recursive(sql), "mysql", "--default-character-set=utf8mb4", "-N", "--database=" + database);
    }

    /** Where numbers come from a table of MariaDB, they come from a recursion. */
    private static String recursive(String sql) {
        return (sql.contains("_to_") ? MODE : "")
                + sql.replaceAll(
                        "(?s)INSERT INTO (\\S+) SELECT ([^;]*?)\\s+FROM\\s+seq_(\\d+)_to_(\\d+);",
                        "INSERT INTO $1 WITH RECURSIVE numbers (seq) AS (SELECT $3 UNION ALL SELECT seq + 1 FROM numbers"
                                + " WHERE seq < $4) SELECT $2 FROM numbers;");
    }

    @Override
    public List<String> world() {
        return asAdministrator("mysql", """
                        SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY 1;
                        SELECT User, Host, plugin, account_locked, max_connections FROM user ORDER BY 1, 2;
                        SELECT * FROM db ORDER BY User, Host, Db;
                        SELECT Host, Db, User, Table_name, Table_priv FROM tables_priv ORDER BY 1, 2, 3, 4;
                        SELECT * FROM role_edges;
                        SELECT GRANTEE, PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES ORDER BY 1, 2;
                        """).orThrow().stdout().lines().toList();
    }

    @Override
    List<String> hardNames() {
        return List.of(
                "a%b", "a`b", "a'b", "a\"b", "a b", "a$b", "a;b", "--a", "名前é", "x".repeat(63), "a.b", "a#b", "123");
    }

    /** A mark of its own, as it is made by this engine. */
    @Override
    void foreign(Database database, String mark) {
        String name = MariaDbText.identifier(database.name());
        String role = MariaDbText.account(mark, "localhost");
        String marked =
                mark.isEmpty() ? "" : "CREATE ROLE " + role + "; GRANT EXECUTE ON " + name + ".* TO " + role + ";";
        asAdministrator(
                        "mysql",
                        mark.equals("gone")
                                ? "DROP DATABASE " + name + "; DELETE FROM db WHERE User LIKE 'aegir:%';"
                                        + " DELETE FROM user WHERE User LIKE 'aegir:%'; FLUSH PRIVILEGES;"
                                : "CREATE DATABASE " + name + ";" + marked)
                .orThrow();
    }

    @Override
    List<Step> facts(Database database) {
        return new MySqlEngine().facts(request(database));
    }

    @Override
    void widen() {
        asAdministrator("mysql", """
                ALTER USER 'joe'@'localhost' IDENTIFIED BY 'other';
                GRANT ALL PRIVILEGES ON joe.* TO 'joe'@'localhost' WITH GRANT OPTION;
                """).orThrow();
    }

    @Override
    public List<Step> dump(Database database, String path) {
        return new MySqlEngine().dump(request(database), HostPath.of(path), "root:root");
    }

    @Override
    public List<Step> load(Database database, String path) {
        return new MySqlEngine().loadFile(request(database), HostPath.of(path));
    }

    @Override
    public String closed() {
        return "";
    }

    @Override
    public String hard() {
        return MODE + MariaDbSamples.super.hard();
    }

    /** Not as MySQL writes tables: it says more of columns whose collation was said to it. */
    @Override
    public String keys() {
        return "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, SUB_PART, NON_UNIQUE FROM information_schema.STATISTICS"
                + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('much', 'child') ORDER BY 1, 2, 3;"
                + " SELECT CONSTRAINT_NAME, REFERENCED_TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS"
                + " WHERE CONSTRAINT_SCHEMA = DATABASE() ORDER BY 1;";
    }

    /** Computed columns need MySQL's own clients, which are not there. */
    @Override
    public String grown() {
        return MODE + MariaDbSamples.super.grown().replace(", g INT AS (id + 1) STORED", "");
    }

    @Override
    public String changed() {
        return MODE + MariaDbSamples.super.changed();
    }

    /** What MySQL tells of tables is a day old otherwise. */
    @Override
    public String beside() {
        return "SET SESSION information_schema_stats_expiry = 0;\n" + MariaDbSamples.super.beside();
    }

    @Override
    public Database supported(Database database, Instant until) {
        return new MySqlEngine().supported(database, until, "ann");
    }

    @Override
    public List<Step> support(Database database, Instant until) {
        return new MySqlEngine().supportUser(request(database), until, "ann");
    }

    @Override
    public List<Step> sweep(Database database) {
        return new MySqlEngine().sweepSupportUsers(request(database));
    }

    @Override
    public boolean knowsTime() {
        return false;
    }

    /** What only MySQL has: documents, expressions as defaults and in keys, languages in the order of text. */
    @Test
    void whatOnlyMySqlHasIsDumpedAndLoaded() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, """
                CREATE TABLE t (a INT PRIMARY KEY, j JSON, d CHAR(36) DEFAULT (UUID()), c VARCHAR(20) COLLATE utf8mb4_de_pb_0900_ai_ci,
                    at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, KEY e ((LOWER(c))), KEY down (a DESC, c))
                    CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
                INSERT INTO t (a, j, c) VALUES (1, '{"b": [1, 2.50, "ü\\\\"\\\\n"]}', 'Öl'), (2, NULL, 'oel');
                CREATE VIEW w AS SELECT a FROM t;
                DELIMITER //
                CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1//
                CREATE PROCEDURE p() BEGIN SELECT 'a;b'; END//
                CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.c = 'x;'; END//
                CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t WHERE a = 77//
                """).orThrow();
        Bench.Run dumped = bench().done(dump(joe, "/root/joe.sql"));
        assertThat(dumped.results())
                .containsEntry("dump.tables", "1")
                .containsEntry("dump.consistency", "ONE_MOMENT")
                .containsEntry("dump.exact", "true");
        bench().done(load(copy, "/root/joe.sql"));
        Bench.Run proof = bench().task();
        proof.run(engine().sum(request(joe), "proof"));
        proof.run(engine().compare(request(copy), "proof"));
        assertThat(proof.results()).containsEntry("compare.rows", "2");
        String all =
                "SHOW CREATE TABLE t; SELECT * FROM t; SHOW CREATE FUNCTION f; SELECT TRIGGER_NAME, ACTION_STATEMENT FROM"
                        + " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE(); SELECT a FROM w;";
        assertThat(as(copy, all).orThrow().stdout().replace("`copy`", "`joe`"))
                .isEqualTo(as(joe, all).orThrow().stdout());
        // The default of a column is no computed column: another value is seen.
        as(copy, "UPDATE t SET at = '2020-01-01', d = 'x' WHERE a = 1;").orThrow();
        assertThatThrownBy(() -> {
                    Bench.Run again = bench().task();
                    again.run(engine().sum(request(joe), "proof"));
                    again.run(engine().compare(request(copy), "proof"));
                })
                .isInstanceOf(DatabasesDifferException.class)
                .hasMessageContaining("t");
        dumped.undo();
        // MariaDB's client writes what they have, which MySQL does not take.
        as(joe, "ALTER TABLE t ADD g INT AS (JSON_LENGTH(j)) STORED;").orThrow();
        assertThatThrownBy(() -> bench().done(dump(joe, "/root/joe.sql")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContainingAll("t.g", "MySQL's own clients");
        removed(joe, copy);
    }

    /** One site may have two databases: what marks one goes without the other. */
    @Test
    void whoHasTwoDatabasesKeepsTheOther() throws Exception {
        Database one = database("one");
        Database two = database(one.owner(), "two", "two", List.of());
        bench().done(ensure(one));
        bench().done(ensure(two));
        bench().done(engine().remove(request(one)));
        assertThat(bench().preview(ensure(two))).isEmpty();
        removed(two);
    }

    /** A site cannot take the mark from its database, nor bear it. */
    @Test
    void theMarkIsNotTheSites() throws Exception {
        Database joe = database("joe");
        bench().done(ensure(joe));
        String role = MariaDbText.account("aegir:" + joe.owner(), "localhost");
        for (String sql : List.of(
                "DROP ROLE " + role + ";",
                "REVOKE EXECUTE ON joe.* FROM " + role + ";",
                "SET ROLE " + role + ";",
                "ALTER USER " + role + " ACCOUNT UNLOCK;")) {
            assertThat(as(joe, sql).succeeded()).as(sql).isFalse();
        }
        assertThat(bench().preview(ensure(joe))).isEmpty();
        removed(joe);
    }

    @Test
    void whatWasMarkedAndIsGoneLeavesNothing() throws Exception {
        Database joe = database("joe");
        bench().done(ensure(joe));
        asAdministrator("mysql", "DROP DATABASE joe;").orThrow();
        removed(joe);
    }
}
