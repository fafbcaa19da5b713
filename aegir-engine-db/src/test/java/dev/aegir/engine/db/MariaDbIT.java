// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Step;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MariaDB as Debian has it. */
class MariaDbIT extends DatabaseEngineChecks implements DumpFaults, MariaDbSamples, RowsBeside, SupportAccounts {
    @Override
    public SeedingEngine engine() {
        return new MariaDbEngine();
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
                        Client.header(options) + sql,
                        "sh",
                        "-c",
                        "umask 077; head -c 4096 >/tmp/options; mariadb --defaults-file=/tmp/options"
                                + " --default-character-set=utf8mb4 -N --database=\"$1\"; code=$?; rm /tmp/options; exit $code",
                        "sh",
                        database.name());
    }

    @Override
    public ExecResult asAdministrator(String database, String sql) {
        return lab().machine()
                .execWithInput(sql, "mariadb", "--default-character-set=utf8mb4", "-N", "--database=" + database);
    }

    @Override
    public List<String> world() {
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
    List<Step> facts(Database database) {
        return new MariaDbEngine().facts(request(database));
    }

    @Override
    void widen() {
        asAdministrator("mysql", """
                SET PASSWORD FOR 'joe'@'localhost' = PASSWORD('other');
                GRANT ALL PRIVILEGES ON joe.* TO 'joe'@'localhost' WITH GRANT OPTION;
                """).orThrow();
    }

    @Override
    public List<Step> dump(Database database, String path) {
        return new MariaDbEngine().dump(request(database), HostPath.of(path), "root:root");
    }

    @Override
    public void fill(Database database) {
        asAdministrator(
                        database.name(),
                        "CREATE TABLE big (a INT PRIMARY KEY, b LONGBLOB); INSERT INTO big VALUES (1, REPEAT('x', 1000000)),"
                                + " (2, REPEAT('y', 1000000)); CREATE TABLE small (a INT PRIMARY KEY); INSERT INTO small SELECT seq"
                                + " FROM seq_1_to_300;")
                .orThrow();
    }

    @Override
    public String dumper() {
        return "mariadb-dump";
    }

    @Override
    public String unit() {
        return "mariadb.service";
    }

    @Override
    public String without(Database database) {
        return "--ignore-table=" + database.name() + ".small";
    }

    @Override
    public String row() {
        return "^(17)";
    }

    @Override
    public String changing() {
        return "ALTER TABLE small ADD COLUMN b INT;";
    }

    @Override
    public boolean countsExactly() {
        return false;
    }

    @Override
    public String closed() {
        return "";
    }

    @Override
    public List<Step> load(Database database, String path) {
        return new MariaDbEngine().loadFile(request(database), HostPath.of(path));
    }

    private String sums(Database database) {
        return asAdministrator(database.name(), """
                CHECKSUM TABLE t, g, p EXTENDED; SELECT a FROM h; SELECT NEXT_NOT_CACHED_VALUE FROM q;
                SELECT COUNT(*), SUM(LENGTH(b)) FROM t; SELECT * FROM v;
                SELECT ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE();
                SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();
                SELECT EVENT_NAME, EVENT_DEFINITION FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE();
                """).orThrow().stdout().replace(database.name() + ".", "");
    }

    /** A row that had to make room was in a range of which nothing was brought: it comes back when the site is closed. */
    @Test
    void rowsThatMakeRoomAreMissed() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(
                        joe,
                        "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) UNIQUE); INSERT INTO t SELECT seq * 5000, seq FROM seq_0_to_39;")
                .orThrow();
        Bench.Run run = seeded(joe, copy, 1);
        as(joe, "UPDATE t SET a = 'new' WHERE id = 0;").orThrow();
        dumped(run, joe, SECOND, 1);
        as(copy, "UPDATE t SET a = 'new' WHERE id = 10000;").orThrow();
        loaded(run, copy, SECOND, 1);
        finished(run, joe, copy, 1);
        assertThat(run.results()).containsEntry("pass-2.ranges", "1").containsEntry("seed.tables", "1");
        undone(run, copy);
        removed(joe, copy);
    }

    /** Abuse case 27. */
    @Test
    void whatIsDumpedCanBeLoaded() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        asAdministrator("joe", """
                SET SESSION sql_mode = '';
                CREATE TABLE t (a INT PRIMARY KEY, b LONGBLOB, c TEXT CHARACTER SET utf8mb4, d DATE);
                INSERT INTO t VALUES (1, UNHEX('00FF5C27220A0D1A'), 'it''s \\ "x"; -- DEFINER=`a`@`b` \\! ls 😀', '0000-00-00');
                INSERT INTO t VALUES (2, REPEAT('x', 5000000), 'USE other;', '2026-01-01');
                CREATE VIEW v AS SELECT a FROM t;
                CREATE SEQUENCE q START WITH 5; SELECT NEXTVAL(q);
                CREATE TABLE h (a INT) WITH SYSTEM VERSIONING; INSERT INTO h VALUES (1), (2); DELETE FROM h WHERE a = 1;
                CREATE TABLE g (a INT, `b(` INT AS (a + 1) STORED); INSERT INTO g (a) VALUES (1);
                CREATE TABLE p (a INT PRIMARY KEY) PARTITION BY HASH (a) PARTITIONS 3; INSERT INTO p VALUES (1), (2);
                DELIMITER //
                CREATE PROCEDURE pr() BEGIN -- a comment;
                    SELECT 'a;b'; END//
                CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1//
                CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.c = 'x;'; END//
                CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t WHERE a = 77//
                """).orThrow();
        Bench.Run dumped = bench().done(dump(joe, "/root/joe.sql"));
        assertThat(dumped.results()).containsEntry("dump.tables", "4").containsEntry("dump.consistency", "ONE_MOMENT");
        assertThat(lab().machine()
                        .exec("stat", "-c", "%a %U", "/root/joe.sql")
                        .stdout()
                        .strip())
                .isEqualTo("600 root");
        assertThatThrownBy(() -> bench().done(dump(joe, "/root/joe.sql"))).isInstanceOf(RefusedException.class);
        Bench.Run loaded = bench().done(load(copy, "/root/joe.sql"));
        assertThat(sums(copy)).isEqualTo(sums(joe));
        assertThat(asAdministrator(
                                "mysql",
                                "SELECT DISTINCT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA ="
                                        + " 'copy'")
                        .stdout()
                        .strip())
                .isEqualTo("copy@localhost");
        assertThatThrownBy(() -> bench().done(load(copy, "/root/joe.sql")))
                .isInstanceOf(DatabaseNotEmptyException.class);
        loaded.undo();
        bench().done(engine().requireEmpty(request(copy)));
        assertThat(bench().preview(ensure(copy))).isEmpty();
        asAdministrator("joe", "CREATE TABLE m (a INT) ENGINE=MyISAM;").orThrow();
        Bench.Run mixed = bench().done(dump(joe, "/root/mixed.sql"));
        assertThat(mixed.results()).containsEntry("dump.consistency", "MIXED");
        mixed.undo();
        dumped.undo();
        assertThat(lab().machine().exists("/root/mixed.sql") || lab().machine().exists("/root/joe.sql"))
                .isFalse();
        removed(joe, copy);
    }

    /** Abuse cases 26 and 28. */
    @Test
    void whatIsNoDumpOfOneDatabaseIsNotLoaded() throws Exception {
        Database joe = database("joe");
        Database other = database("other");
        bench().done(ensure(joe));
        bench().done(ensure(other));
        as(other, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);").orThrow();
        for (String evil : List.of(
                "\\! touch /tmp/evil\n",
                "system touch /tmp/evil\n",
                "USE other; DROP TABLE t;",
                "DROP TABLE other.t;",
                "INSERT INTO mysql.db SELECT * FROM mysql.db;",
                "GRANT ALL ON *.* TO joe@localhost;",
                "CREATE DATABASE evil;",
                "LOAD DATA INFILE '/etc/passwd' INTO TABLE t;",
                "CREATE TABLE u (a TEXT COLLATE utf8mb4_no_such);")) {
            lab().machine()
                    .execWithInput("CREATE TABLE t (a INT);\n" + evil, "sh", "-c", "cat >/root/evil.sql")
                    .orThrow();
            Bench.Run run = bench().task();
            assertThatThrownBy(() -> run.run(load(joe, "/root/evil.sql")))
                    .as(evil)
                    .isInstanceOfAny(UnsafeDumpException.class, DatabaseServerException.class);
            run.undo();
            bench().done(engine().requireEmpty(request(joe)));
        }
        lab().machine()
                .exec(
                        "sh",
                        "-c",
                        "{ echo 'CREATE TABLE u (a TEXT COLLATE no_such);'; yes 'INSERT INTO t VALUES (1);' | head -n 900000; }"
                                + " >/root/evil.sql")
                .orThrow();
        Bench.Run early = bench().task();
        assertThatThrownBy(() -> early.run(load(joe, "/root/evil.sql")))
                .isInstanceOf(DatabaseServerException.class)
                .hasMessageContaining("no_such");
        early.undo();
        assertThat(lab().machine().exists("/tmp/evil")).isFalse();
        lab().machine().exec("rm", "/root/evil.sql").orThrow();
        assertThat(as(other, "SELECT a FROM t;").orThrow().stdout()).contains("1");
        Bench.Run missing = bench().task();
        assertThatThrownBy(() -> missing.run(load(joe, "/root/none.sql"))).isInstanceOf(RefusedException.class);
        missing.undo();
        removed(joe, other);
    }

    @Override
    public Database supported(Database database, Instant until) {
        return new MariaDbEngine().supported(database, until, "ann");
    }

    @Override
    public List<Step> support(Database database, Instant until) {
        return new MariaDbEngine().supportUser(request(database), until, "ann");
    }

    @Override
    public List<Step> sweep(Database database) {
        return new MariaDbEngine().sweepSupportUsers(request(database));
    }

    @Override
    public boolean knowsTime() {
        return false;
    }

    /** As MySQL 8 and newer MariaDB write it: what this server does not know is left out or becomes the next (abuse case 27). */
    @Test
    void whatOtherServersDumpIsLoadedOrNamed() throws Exception {
        Database joe = database("joe");
        bench().done(ensure(joe));
        String make = """
                import sys
                out = open("/root/other.sql", "wb")
                out.write(b"/*M!999999\\\\- enable the sandbox mode */ \\n-- MySQL dump 10.13\\n")
                out.write(b"SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'a-b:1-5';\\nSET @@SESSION.SQL_LOG_BIN= 0;\\n")
                out.write(b"/*!50503 SET NAMES utf8mb4 */;\\n/*!40101 SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\\n")
                out.write(b"CREATE TABLE `t` (`a` int NOT NULL, `b` longblob, `c` varchar(99) COLLATE utf8mb4_0900_ai_ci, `d` date,")
                out.write(b" PRIMARY KEY (`a`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;\\n")
                raw = bytes(range(256)).replace(b"\\\\", b"\\\\\\\\").replace(b"'", b"\\\\'").replace(b"\\0", b"\\\\0")
                out.write(b"INSERT INTO `t` VALUES (0,_binary '" + raw + b"','\\xc3\\xa9','0000-00-00')")
                size = int(sys.argv[1])
                row = b"'" + b"x" * 1000000 + b"',NULL,NULL)"
                for i in range(1, size + 1):
                    out.write(b",(%d,_binary " % i + row)
                out.write(b";\\n")
                """;
        lab().machine().execWithInput(make, "python3", "-", "15").orThrow();
        Bench.Run loaded = bench().done(load(joe, "/root/other.sql"));
        assertThat(loaded.results())
                .containsEntry("load.rows", "16")
                .containsEntry("load.compared", "false")
                .hasEntrySatisfying(
                        "load.changed",
                        changed -> assertThat(changed)
                                .contains(
                                        "the mark of the sandbox",
                                        "a setting of the server",
                                        "the collation utf8mb4_0900_ai_ci, instead of which there is utf8mb4_unicode_520_ci"));
        assertThat(asAdministrator(
                                "joe",
                                "SELECT LENGTH(b), CRC32(b), c, d, COLLATION(c) FROM t WHERE a = 0; SELECT"
                                        + " SUM(LENGTH(b)) FROM t;")
                        .orThrow()
                        .stdout())
                .isEqualTo("256\t688229491\té\t0000-00-00\tutf8mb4_unicode_520_ci\n15000256\n");
        loaded.undo();
        lab().machine().execWithInput(make, "python3", "-", "200").orThrow();
        Bench.Run early = bench().task();
        assertThatThrownBy(() -> early.run(load(joe, "/root/other.sql")))
                .isInstanceOf(UnloadableDumpException.class)
                .hasMessageContaining("16777216");
        early.undo();
        bench().done(engine().requireEmpty(request(joe)));
        lab().machine().exec("rm", "/root/other.sql").orThrow();
        removed(joe);
    }

    private DatabaseSums sums(Database database, boolean quick) throws Exception {
        Place place = Place.of(Software.MARIADB, new ServiceRequest(lab().server(), service()));
        Bench.Run run = bench().done(List.of(new QuickSums("sum", place, database, quick)));
        return StoredForm.read(run.results().get("sums"), DatabaseSums.class);
    }

    /** Of every kind of column, and where rows or columns exchange what they have. */
    @Test
    void theQuickHashTellsWhatTheOtherTells() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, KINDS + hard() + """
                CREATE TABLE moved (id INT PRIMARY KEY, a VARCHAR(99), b TEXT, n INT, m INT) CHARACTER SET utf8mb4;
                INSERT INTO moved SELECT seq, SHA1(seq), SHA1(seq + 1), seq % 7, 0 FROM seq_1_to_2000;
                """).orThrow();
        Bench.Run dumped = bench().done(dump(joe, "/root/quick.sql"));
        bench().done(load(copy, "/root/quick.sql"));
        DatabaseSums before = sums(joe, true);
        assertThat(before.quick()).isTrue();
        assertThat(sums(copy, true)).isEqualTo(before);
        DatabaseSums other = sums(joe, false);
        assertThat(before.ranges()).isEqualTo(other.ranges());
        for (String change : List.of(
                "UPDATE moved SET a = IF(id = 1, SHA1(2), SHA1(1)) WHERE id IN (1, 2)",
                "UPDATE moved SET a = b, b = SHA1(3) WHERE id = 3",
                "UPDATE moved SET a = CONCAT(a, 'x'), b = CONCAT('y', b) WHERE id = 4",
                "UPDATE moved SET a = CONCAT(LEFT(b, 1), RIGHT(a, 39)) WHERE id = 5",
                "UPDATE moved SET n = m, m = n WHERE id = 6",
                "UPDATE moved SET a = '', b = NULL WHERE id = 7",
                "UPDATE moved SET b = '' WHERE id = 7",
                "UPDATE moved SET a = CONCAT(b, a), b = '' WHERE id = 8",
                "UPDATE moved SET a = NULL, b = 'N' WHERE id = 9",
                "UPDATE moved SET n = NULL WHERE id = 10",
                "UPDATE hard SET i = b'100' WHERE k = 'N'",
                "UPDATE hard SET g = POINT(2, 1) WHERE k = 'N'",
                "UPDATE hard SET e = 'a' WHERE k = 'N'",
                "UPDATE hard SET l = 'u' WHERE k = 'N'",
                "UPDATE hard SET b = UNHEX('00FF24') WHERE k = 'N'",
                "UPDATE hard SET z = NULL WHERE k = 'N'",
                "UPDATE hard SET f = 1.0000000000000002e300 WHERE k = 'N'",
                "UPDATE named SET at = '2026-01-02' LIMIT 1",
                "UPDATE shapes SET a = '::2' WHERE id = 1")) {
            as(joe, change + ";").orThrow();
            DatabaseSums after = sums(joe, true);
            String table = change.split(" ")[1];
            assertThat(after.different(before)).as(change).containsOnlyKeys(table);
            assertThat(after.different(before).get(table)).as(change).hasSize(1);
            before = after;
        }
        assertThat(sums(joe, false).different(other)).containsOnlyKeys("moved", "hard", "named", "shapes");
        dumped.undo();
        removed(joe, copy);
    }

    /** Clients before 10.7 wrote all rows of a statement on one line. */
    @Test
    void rowsOfOlderClientsAreCounted() {
        String dump = """
                -- Table structure for table `a`
                CREATE TABLE `a` (`x` int);
                INSERT INTO `a` VALUES (1,'(2,\\'),(3'),(2,'it''s ('),(3,NULL);
                INSERT INTO `a` (`x(`, `y`) VALUES (4,'');
                DELIMITER ;;
                CREATE TRIGGER r BEFORE INSERT ON a FOR EACH ROW BEGIN
                INSERT INTO `b` VALUES (1);
                END ;;
                DELIMITER ;
                -- Table structure for table `b`
                CREATE TABLE `b` (`x` int);
                """;
        assertThat(lab().machine()
                        .execWithInput(
                                dump, "sh", "-c", "grep -n -a -v '^(' | awk \"$1\"", "sh", new MariaDbDumps().counter())
                        .orThrow()
                        .stdout()
                        .lines())
                .containsExactlyInAnyOrder(
                        "4\t-- Table structure for table `a`", "0\t-- Table structure for table `b`");
    }
}
