// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.FailsForGood;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A site with a database of PostgreSQL moves between two servers while people write in it. */
@Tag("lab")
@ExtendWith(FailsForGood.class)
@Timeout(600)
class MigratePostgresIT {
    private static final String NAME = MoveLab.NAME;
    private static final String START = """
            <?php
            $settings = require getenv('AEGIR_SETTINGS');
            $at = $settings['database'];
            $db = new PDO("pgsql:host=$at[socket];port=$at[port];dbname=$at[name]", $at['user'], $at['password']);
            $db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
            """;
    private static final String INSTALL = """
            <?php
            require __DIR__ . '/start.php';
            $db->exec("CREATE TABLE notes (id SERIAL PRIMARY KEY, number INTEGER UNIQUE, text TEXT)");
            $db->exec("INSERT INTO notes (text) SELECT 'note ' || i FROM generate_series(1, 2000) i");
            """;
    private static final String INDEX = """
            <?php
            require __DIR__ . '/start.php';
            $number = $_POST['number'] ?? null;
            if (is_string($number) && preg_match('/^[0-9]{1,9}$/D', $number)) {
                $db->prepare('INSERT INTO notes (number) VALUES (?)')->execute([$number]);
                $file = $settings['directories']['files'] . "/written-$number.txt";
                if (file_put_contents($file, $number) === strlen($number)) {
                    exit("kept $number");
                }
                http_response_code(500);
                exit('not kept');
            }
            echo $db->query('SELECT count(*) FROM notes WHERE number IS NULL')->fetchColumn(), ' on ', gethostname();
            """;
    private static MoveLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new MoveLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    private Site installed(Aegir aegir) throws Exception {
        lab.enrolled(aegir, "postgresql");
        String code = "/opt/applications/pg-writer";
        for (LabServer server : List.of(lab.web1, lab.web2)) {
            Map.of("start", START, "install", INSTALL, "index", INDEX)
                    .forEach((name, text) -> server.execWithInput(
                                    text, "sh", "-c", "mkdir -p \"$1\" && cat >\"$1/$2.php\"", "sh", code, name)
                            .orThrow());
        }
        aegir.run(new CreateCodebase(Codebase.of("writer", CodeSource.directory(code))
                        .application("php")
                        .on("web1")))
                .orThrow();
        Site site = Site.of(NAME, "writer")
                .http("web1/http")
                .runtime("web1/runtime")
                .database("web1/db")
                .with("php.install", "install.php");
        aegir.run(new InstallSite(site)).orThrow();
        return site;
    }

    private static String psql(LabServer server, String database, String statement) {
        return server.execWithInput(
                        statement, "runuser", "-u", "postgres", "--", "psql", "-AtX", "-v", "ON_ERROR_STOP=1", database)
                .orThrow()
                .stdout();
    }

    private static Set<Integer> rows(LabServer server, Site site) {
        return psql(server, site.id().account(), "SELECT number FROM notes WHERE number IS NOT NULL")
                .lines()
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<Integer> uploads(LabServer server, Site site) {
        return server.exec(
                        "find", "/srv/aegir/sites/" + site.id() + "/files", "-name", "written-*.txt", "-printf", "%f\n")
                .orThrow()
                .stdout()
                .lines()
                .map(name -> Integer.valueOf(name.replaceAll("[^0-9]", "")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String accounts(LabServer server) {
        return psql(
                server,
                "postgres",
                "SELECT datname FROM pg_database ORDER BY 1; SELECT rolname FROM pg_roles ORDER BY 1;");
    }

    @Test
    void noWriteIsLost() throws Exception {
        try (Aegir aegir = Aegir.open(home)) {
            Site site = installed(aegir);
            String account = site.id().account();
            Site elsewhere = site.http("web2/http").runtime("web2/runtime").database("web2/db");

            // First one that fails at its end: nothing is there, and what was here still is.
            String there = accounts(lab.web2);
            TaskInfo failed = aegir.run(new MigrateSite(elsewhere, List.of("false")));
            assertThat(failed.state()).as(failed.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(failed.cause().orElse("")).contains("false");
            assertThat(accounts(lab.web2)).isEqualTo(there);
            assertThat(new Browser(lab.web1.http(), NAME).get("/").body()).isEqualTo("2000 on web1");

            TaskInfo moved;
            Set<Integer> kept;
            Set<Integer> late;
            try (Writers writers = new Writers(lab.web1.http(), NAME, 3)) {
                writers.awaitMore(20);
                // All that are planned, so that what people write meanwhile is brought while they do.
                moved = aegir.run(new MigrateSite(elsewhere).anotherPassAbove(Duration.ZERO))
                        .orThrow();
                // They still ask the former server, which hands them on.
                writers.awaitMore(20);
                Set<Integer> known = new TreeSet<>(writers.acknowledged());
                writers.awaitMore(20);
                writers.rest();
                kept = writers.acknowledged();
                late = new TreeSet<>(kept);
                late.removeAll(known);
            }
            assertThat(moved.results())
                    .containsEntry("seed.used", "true")
                    .containsEntry("passes", "4")
                    .containsKeys("freeze.milliseconds", "pass-4.ranges");
            assertThat(rows(lab.web2, site)).containsAll(kept);
            assertThat(uploads(lab.web2, site)).containsAll(kept);
            assertThat(late).hasSizeGreaterThanOrEqualTo(20);
            assertThat(rows(lab.web1, site)).as("the former database").doesNotContainAnyElementsOf(late);
            assertThat(new Browser(lab.web2.http(), NAME).get("/").body()).isEqualTo("2000 on web2");
            // What counts its rows goes on counting.
            assertThat(psql(
                            lab.web2,
                            account,
                            "INSERT INTO notes (text) VALUES ('last') RETURNING id > (SELECT max(id) FROM notes)"))
                    .startsWith("t");

            aegir.run(new RetireMigration(NAME).now()).orThrow();
            assertThat(accounts(lab.web1)).doesNotContain(account);
            assertThat(new Browser(lab.web2.http(), NAME).get("/").body()).isEqualTo("2001 on web2");
        }
    }
}
