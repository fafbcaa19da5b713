// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.FailsForGood;
import dev.aegir.lab.Fingerprint;
import dev.aegir.model.Site;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real WordPress whose database is MySQL's moves to another server and to MariaDB while people write in it. */
@Tag("lab")
@ExtendWith(FailsForGood.class)
@Timeout(600)
class MigrateMySqlIT {
    private static final Logger LOG = LoggerFactory.getLogger(MigrateMySqlIT.class);
    private static final String NAME = MoveLab.NAME;

    /** What both write otherwise if anything is: numbers, times, bytes, shapes, documents, and orders of text. */
    private static final String KINDS = """
            SET SESSION sql_mode = '', time_zone = '+00:00', cte_max_recursion_depth = 100000;
            CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, f FLOAT, d DOUBLE, n DECIMAL(20,10), y YEAR, da DATE, tm TIME(6),
                dt DATETIME(3), ts TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, i BIT(9), b VARBINARY(300),
                bl LONGBLOB, g GEOMETRY, e ENUM('a', 'ü'), s SET('a', 'b'), l VARCHAR(9) CHARACTER SET latin1,
                u VARCHAR(40) COLLATE utf8mb4_de_pb_0900_as_cs, j JSON, c INT AS (CHAR_LENGTH(u)) STORED, KEY (u))
                CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
            INSERT INTO kinds (f, d, n, y, da, tm, dt, ts, i, b, bl, g, e, s, l, u, j) VALUES
                (0.1, 0.1, 1.5, 2026, '0000-00-00', '-838:59:59.5', '2026-01-01 00:00:00.123', '2026-01-01', b'101', UNHEX('00FF5C27'),
                UNHEX('0A0D1A'), POINT(1, 2), 'ü', 'a,b', 'ü', 'Öl', '{"b": [1, 2.50, 1e100, "ü\\\\"\\\\n😀"], "a": null, "z": 1.0}'),
                (1.17549e-38, 1.7976931348623157e308, -0.0000000001, 0, NULL, '00:00:00.000001', NULL, NULL, NULL, '', NULL, NULL, '', '', '',
                'it''s; -- x', '[]'),
                (123456789, 1e-5, NULL, NULL, '2021-00-00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
            INSERT INTO kinds (f, d, u) WITH RECURSIVE numbers (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM numbers WHERE seq < 20000)
                SELECT seq / 7, seq / 11, CONCAT('row ', seq) FROM numbers;
            """;

    private static final String TOLD =
            "SELECT COUNT(*), SUM(n), MAX(dt), MIN(tm), MAX(CAST(i AS UNSIGNED)), MAX(HEX(b)), MAX(HEX(bl)),"
                    + " GROUP_CONCAT(HEX(e), HEX(s), HEX(l) ORDER BY id), SUM(c), MAX(HEX(g)), GROUP_CONCAT(j ORDER BY id) FROM kinds;";

    private static MoveLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new MoveLab();
    }

    @AfterAll
    static void close() {
        lab.web1.exec("systemctl", "disable", "--now", "mysql.service");
        lab.web1.reset();
        lab.close();
    }

    private static String origin(Site site, String sql) {
        return lab.web1
                .execWithInput(
                        sql,
                        "mysql",
                        "-N",
                        "--default-character-set=utf8mb4",
                        site.id().account())
                .orThrow()
                .stdout();
    }

    private static List<String> databases() {
        return lab.web1
                .execWithInput(
                        "SHOW DATABASES; SELECT User, Host FROM mysql.user; SELECT * FROM mysql.db;", "mysql", "-N")
                .orThrow()
                .stdout()
                .lines()
                .toList();
    }

    @Test
    void noWriteIsLostFromMySqlToMariaDb() throws Exception {
        try (Aegir aegir = lab.fresh(Aegir.open(home), "mysql", "mariadb")) {
            Site site = aegir.inventory().site(NAME).orElseThrow();
            Site elsewhere = site.http("web2/http").runtime("web2/runtime").database("web2/db");
            origin(site, KINDS);
            whatCannotBeTakenIsRefused(aegir, site, elsewhere);
            TaskInfo moved;
            Set<Integer> atTheEnd;
            int refused;
            try (Writers writers = new Writers(lab.web1.http(), NAME, 3)) {
                writers.awaitMore(20);
                moved = MoveSite.moveOften(aegir, elsewhere).orThrow();
                writers.awaitMore(20);
                writers.rest();
                atTheEnd = writers.acknowledged();
                refused = writers.refused();
            }
            Set<Integer> lost = new TreeSet<>(atTheEnd);
            lost.removeAll(MoveLab.written(lab.web2, site.id().account()));
            Set<Integer> lostUploads = new TreeSet<>(atTheEnd);
            lostUploads.removeAll(MoveLab.uploads(lab.web2, site));
            LOG.info(
                    "from MySQL to MariaDB: acknowledged writes: {}, lost rows: {}, lost uploads: {}, refused meanwhile: {}; {}",
                    atTheEnd.size(),
                    lost.size(),
                    lostUploads.size(),
                    refused,
                    moved.results());
            assertThat(lost).as("rows that were acknowledged and are not there").isEmpty();
            assertThat(lostUploads)
                    .as("uploads that were acknowledged and are not there")
                    .isEmpty();
            assertThat(atTheEnd).hasSizeGreaterThan(40);
            assertThat(moved.results())
                    .containsEntry("seed.used", "true")
                    .containsKeys("compare.rows", "freeze.milliseconds", "pass-4.ranges")
                    .hasEntrySatisfying(
                            "translate.changed",
                            changed -> assertThat(changed)
                                    .contains(
                                            "JSON is text there that must be JSON: kinds.j",
                                            "computed anew there: kinds.c",
                                            "utf8mb4_0900_ai_ci, instead of which there is utf8mb4_unicode_520_ci: kinds",
                                            "utf8mb4_de_pb_0900_as_cs, instead of which there is utf8mb4_bin: kinds.u"));
            assertThat(MoveLab.sql(
                            lab.web2,
                            "SET SESSION time_zone = '+00:00'; USE " + site.id().account() + ";" + TOLD))
                    .isEqualTo(origin(site, "SET SESSION time_zone = '+00:00';" + TOLD));
            assertThat(new Browser(lab.web2.http(), NAME).get("/"))
                    .returns(200, Page::status)
                    .extracting(Page::body)
                    .asString()
                    .contains("A moving story");
            MoveSite.retire(aegir, NAME);
            assertThat(databases().toString())
                    .doesNotContain(site.id().account())
                    .doesNotContain("aegir:");
            aegir.run(new DeleteSite(NAME)).orThrow();
        }
    }

    private void whatCannotBeTakenIsRefused(Aegir aegir, Site site, Site elsewhere) throws Exception {
        origin(site, "CREATE TABLE odd (a VARCHAR(9), KEY lower_a ((LOWER(a))));");
        List<String> databases = databases();
        Fingerprint files = MoveLab.files(lab.web1);
        TaskInfo refused = aegir.run(new MigrateSite(elsewhere));
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.toString()).contains("odd.lower_a");
        assertThat(databases()).isEqualTo(databases);
        assertThat(MoveLab.files(lab.web1).differencesFrom(files)).isEmpty();
        assertThat(MoveLab.databases(lab.web2).toString())
                .doesNotContain(site.id().account());
        origin(site, "DROP TABLE odd;");
    }
}
