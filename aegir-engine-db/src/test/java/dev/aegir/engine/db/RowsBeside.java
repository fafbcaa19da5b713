// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.spi.ComparingEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Large rows that a MariaDB takes from the dump itself: exactly those that were dumped, and nothing that is no row. */
interface RowsBeside {
    /** All kinds of columns that are known to arrive exactly, with contents that could be taken for something else. */
    String KINDS = """
            SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00';
            CREATE TABLE `kin``ds, (` (`i,d` BIGINT AUTO_INCREMENT PRIMARY KEY, ti TINYINT, tu TINYINT(4) UNSIGNED ZEROFILL,
                si SMALLINT, mi MEDIUMINT UNSIGNED, i INT, bu BIGINT UNSIGNED, dc DECIMAL(65,30), f FLOAT, d DOUBLE, y YEAR, da DATE,
                dt DATETIME(6), ts TIMESTAMP(3) NULL, tm TIME(6), c CHAR(40), v VARCHAR(300), vl VARCHAR(300) CHARACTER SET latin1,
                vu VARCHAR(300) CHARACTER SET ucs2, tt TINYTEXT, t TEXT, mt MEDIUMTEXT, lt LONGTEXT, e ENUM('a', 'ü', 'it''s, ("x'),
                s SET('a', 'b)', 'ü'), b BINARY(8), vb VARBINARY(400), tb TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB, js JSON,
                KEY (v(20)), KEY (e, i)) CHARACTER SET utf8mb4;
            SET @ascii = (SELECT GROUP_CONCAT(CHAR(seq USING utf8mb4) ORDER BY seq SEPARATOR '') FROM seq_0_to_127);
            SET @bytes = UNHEX((SELECT GROUP_CONCAT(LPAD(HEX(seq), 2, '0') ORDER BY seq SEPARATOR '') FROM seq_0_to_255));
            INSERT INTO `kin``ds, (` (`i,d`, v) VALUES (0, 'the key of nothing'), (-9223372036854775808, 'the least');
            INSERT INTO `kin``ds, (` SELECT seq, -128, 7, -32768, 16777215, -2147483648, 18446744073709551615,
                CONCAT('-', REPEAT('9', 35), '.', REPEAT('1', 30)), 1.17549e-38, -1.7976931348623157e308, 0000, '0000-00-00',
                '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07.999', '-838:59:59.999999', CHAR(9, 10, 39, 92, 44 USING utf8mb4), @ascii,
                @ascii, CONCAT(@ascii, 'ü😀'), 'NULL', '\\\\N', CONCAT('),\\n(', seq, ');'), REPEAT('😀', 60), 'it''s, ("x', 'a,b),ü', @bytes,
                @bytes, LEFT(@bytes, 255), CHAR(0), '', CONCAT(@bytes, @bytes), '{"a": "\\\\"\\\\n\\\\u00fc),"}' FROM seq_1_to_2000;
            INSERT INTO `kin``ds, (` SELECT seq, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM seq_2001_to_3000;
            INSERT INTO `kin``ds, (` SELECT seq, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.1, 2155, '2021-00-00', '0000-00-00 00:00:00', 0, '00:00:00', '',
                '', '', '', '', '', '', '', 'a', '', '', '', '', '', '', '0x00', '[]' FROM seq_3001_to_4000;
            CREATE TABLE named (name VARCHAR(40) PRIMARY KEY, value TEXT, at TIMESTAMP NOT NULL) CHARACTER SET utf8mb4;
            INSERT INTO named SELECT MD5(seq), CONCAT(REPEAT(CONCAT('"x''\\\\', SHA1(seq), '),'), 10), CHAR(10)), '2026-01-01'
                FROM seq_1_to_30000;
            CREATE TABLE shapes (id INT AUTO_INCREMENT PRIMARY KEY, g GEOMETRY, i BIT(33), a INET6, u UUID, t TEXT);
            INSERT INTO shapes (g, i, a, u, t) SELECT POINT(seq, 2), seq, '::1', UUID(), REPEAT(SHA1(seq), 25) FROM seq_1_to_6000;
            CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT, UNIQUE KEY (t(40)));
            INSERT INTO counted SELECT seq, CONCAT(SHA1(seq), REPEAT('ü', 500)) FROM seq_0_to_5000;
            CREATE TABLE computed (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT, n INT AS (LENGTH(t)) STORED);
            INSERT INTO computed (t) SELECT t FROM shapes;
            CREATE TRIGGER spoils BEFORE INSERT ON named FOR EACH ROW SET NEW.value = 'spoilt';
            """;

    Bench bench();

    DatabaseLab lab();

    List<Step> ensure(Database database);

    Database database(String name);

    void removed(Database... databases) throws Exception;

    List<Step> dump(Database database, String path);

    List<Step> load(Database database, String path);

    ExecResult asAdministrator(String database, String sql);

    ExecResult as(Database database, String sql);

    ComparingEngine engine();

    EngineRequest<Database> request(Database database);

    private void requireEqual(Database one, Database other) throws Exception {
        List<Step> steps = new ArrayList<>(engine().sum(request(one), "proof"));
        steps.addAll(engine().compare(request(other), "proof"));
        bench().done(steps);
    }

    /** How many bytes went beside. */
    private long loaded(Database from, Database to, String path) throws Exception {
        Bench.Run run = bench().done(load(to, path));
        requireEqual(from, to);
        String beside = String.valueOf(run.results().get("load.beside"));
        run.undo();
        return Long.parseLong(beside);
    }

    @Test
    default void everyKindOfColumnArrivesAsItWas() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, KINDS).orThrow();
        String path = "/root/kinds.sql";
        Bench.Run dumped = bench().done(dump(joe, path));
        assertThat(loaded(joe, copy, path)).isGreaterThan(10_000_000);
        asAdministrator("mysql", "SET GLOBAL local_infile = 0;").orThrow();
        try {
            assertThat(loaded(joe, copy, path)).isZero();
        } finally {
            asAdministrator("mysql", "SET GLOBAL local_infile = 1;").orThrow();
        }
        dumped.undo();
        // What is none of the values of its column was written without being asked whether it is.
        as(
                        joe,
                        "SET SESSION sql_mode = ''; UPDATE named SET name = 'first' LIMIT 1; ALTER TABLE named ADD e ENUM('a');"
                                + " UPDATE named SET e = 'none of them' WHERE name = 'first';")
                .orThrow();
        Bench.Run inexact = bench().done(dump(joe, path));
        assertThat(loaded(joe, copy, path)).isZero();
        assertThat(bench().lines())
                .anyMatch(line -> line.startsWith("once more, with all rows by way of this program")
                        && line.contains("not all taken exactly"));
        inexact.undo();
        removed(joe, copy);
    }

    /** Abuse case 26: a dump that says it is ours, and has among its rows what is none. */
    @Test
    default void whatIsAmongRowsIsARowOrNothing() throws Exception {
        Database joe = database("joe");
        Database other = database("other");
        bench().done(ensure(joe));
        bench().done(ensure(other));
        as(other, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);").orThrow();
        String make = """
                import sys
                out = open("/root/evil.sql", "w")
                out.write("/*!40014 SET FOREIGN_KEY_CHECKS=0 */;\\nCREATE TABLE `t` (`a` int, `b` text) ENGINE=InnoDB;\\n")
                out.write("INSERT INTO `t` VALUES\\n" + ("(1,'" + "x" * 999 + "'),\\n") * 5000 + sys.argv[1])
                out.write("\\n-- Aegir: dump 1 exact=true\\n-- Aegir: rows=5001 engine=InnoDB transactional=true schema= table=t\\n")
                out.write("-- Aegir: end 3\\n")
                """;
        for (String evil : List.of(
                "(2,'x');\nLOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t;",
                "(2,'x'); DROP TABLE other.t; INSERT INTO t VALUES (3,'x');",
                "(2,LOAD_FILE('/etc/passwd'));",
                "(2,'x\n\\! touch /tmp/evil\n');",
                "(2,'x');\n\\! touch /tmp/evil\n",
                "(2,(SELECT a FROM other.t)),(3,4);")) {
            lab().machine().execWithInput(make, "python3", "-", evil).orThrow();
            Bench.Run run = bench().task();
            Throwable refused = catchThrowable(() -> run.run(load(joe, "/root/evil.sql")));
            if (evil.contains("LOAD DATA") || evil.contains(";\n\\!")) {
                assertThat(refused).as(evil).isInstanceOf(UnsafeDumpException.class);
            } else if (refused == null) {
                assertThat(as(joe, "SELECT b FROM t WHERE a = 2;").stdout())
                        .as(evil)
                        .contains(evil.contains("DROP") ? "DROP" : "LOAD_FILE");
            }
            run.undo();
            bench().done(engine().requireEmpty(request(joe)));
        }
        assertThat(as(other, "SELECT a FROM t;").orThrow().stdout()).contains("1");
        // The client that may send files can open none but what it is given, whatever a server asks it for.
        lab().machine()
                .execWithInput(
                        "printf '(1);\\n' | " + MariaDbRows.TAKING,
                        "sh",
                        "-c",
                        "cat >/root/taking; echo secret >/root/own")
                .orThrow();
        ExecResult taking = lab().machine()
                .exec(
                        "sh",
                        "-c",
                        "exec 3</root/own; . /root/taking",
                        "sh",
                        "sh",
                        "-c",
                        "cat /dev/stdin /dev/fd/3; cat /root/evil.sql");
        assertThat(taking.stdout()).isEqualTo("(1),\nsecret\n");
        assertThat(lab().machine().exists("/tmp/evil")).isFalse();
        lab().machine()
                .exec("rm", "/root/evil.sql", "/root/taking", "/root/own")
                .orThrow();
        removed(joe, other);
    }
}
