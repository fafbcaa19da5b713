// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.task.Step;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Databases that are copied while they are written to, on a real server. */
interface Seeding {
    HostPath SEED = HostPath.of("/srv/seeding/seed");
    HostPath REST = HostPath.of("/srv/seeding/rest");
    HostPath SECOND = HostPath.of("/srv/seeding/pass-2");
    HostPath THIRD = HostPath.of("/srv/seeding/pass-3");

    Bench bench();

    DatabaseLab lab();

    List<Step> ensure(Database database);

    Database database(String name);

    void removed(Database... databases) throws Exception;

    ExecResult as(Database database, String sql);

    EngineRequest<Database> request(Database database);

    SeedingEngine seeding();

    /** Tables of all kinds; {@code much} has 60000 rows of keys from 1 on, some below 0 and some far above. */
    String grown();

    /** Changes them in all ways; five ranges of two. */
    String changed();

    /** What there is beside the rows, such as where keys go on; for both databases alike. */
    String beside();

    /** The same of one database, and what else shows whether two are equal. */
    default String beside(Database database) {
        return as(database, beside()).orThrow().stdout();
    }

    /** Makes something that can only be brought as a whole. */
    String obstacle();

    default Bench.Run seeded(Database joe, Database copy, int times) throws Exception {
        Bench.Run run = bench().task();
        for (List<Step> steps : List.of(
                seeding().dumpSeed(request(joe), SEED, "move"), seeding().loadSeed(request(copy), SEED, "move"))) {
            for (int i = 0; i < times; i++) {
                run.run(steps);
            }
        }
        return run;
    }

    default void dumped(Bench.Run run, Database joe, HostPath directory, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            run.run(seeding().dumpDelta(request(joe), directory, "move"));
        }
    }

    default void loaded(Bench.Run run, Database copy, HostPath directory, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            run.run(seeding().loadDelta(request(copy), directory, "move"));
        }
    }

    default Bench.Run finished(Bench.Run run, Database joe, Database copy, int times) throws Exception {
        for (List<Step> steps : List.of(
                seeding().dumpRest(request(joe), REST, "move"),
                seeding().loadRest(request(copy), REST, "move"),
                seeding().sum(request(joe), "move"),
                seeding().compare(request(copy), "move"))) {
            for (int i = 0; i < times; i++) {
                run.run(steps);
            }
        }
        return run;
    }

    default void undone(Bench.Run run, Database copy) throws Exception {
        run.undo();
        bench().done(seeding().requireEmpty(request(copy)));
        assertThat(lab().machine().exists("/srv/seeding")).isFalse();
    }

    @Test
    default void whatHasChangedSinceIsBrought() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, grown()).orThrow();
        // Each twice, as after a crash in the middle of it.
        Bench.Run run = seeded(joe, copy, 2);
        as(joe, changed()).orThrow();
        finished(run, joe, copy, 2);
        assertThat(run.results()).containsEntry("seed.used", "true").containsEntry("seed.ranges", "5");
        assertThat(beside(copy)).isEqualTo(beside(joe));
        undone(run, copy);

        run = finished(seeded(joe, copy, 1), joe, copy, 1);
        assertThat(run.results())
                .containsEntry("seed.used", "true")
                .containsEntry("seed.tables", "0")
                .containsEntry("seed.ranges", "0");
        undone(run, copy);
        removed(joe, copy);
    }

    /** What is written before, while and after it is brought while the site is open; each step twice, as after a crash in it. */
    @Test
    default void whatHasChangedIsBroughtWhileItIsWrittenTo() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, grown()).orThrow();
        Bench.Run run = seeded(joe, copy, 1);
        as(joe, changed()).orThrow();
        dumped(run, joe, SECOND, 2);
        assertThat(run.results()).containsEntry("pass-2.ranges", "5");
        as(
                        joe,
                        "DELETE FROM much WHERE id = 7; UPDATE much SET b = 'later' WHERE id = 20001;"
                                + " INSERT INTO keyless VALUES (2, 'y'); DELETE FROM parent WHERE id = 5;")
                .orThrow();
        loaded(run, copy, SECOND, 2);
        dumped(run, joe, THIRD, 2);
        assertThat(run.results()).containsEntry("pass-3.ranges", "3");
        loaded(run, copy, THIRD, 2);
        finished(run, joe, copy, 1);
        // Nothing was left, and it was known.
        assertThat(run.results())
                .containsEntry("seed.used", "true")
                .containsEntry("seed.tables", "0")
                .containsEntry("seed.ranges", "0");
        assertThat(beside(copy)).isEqualTo(beside(joe));
        undone(run, copy);
        removed(joe, copy);
    }

    /** Somebody writes all the time, rows that need each other and values that no two rows may have: no pass trips over that. */
    @Test
    default void whatIsBroughtInTheMiddleOfWritingFitsTogether() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(
                        joe,
                        "CREATE TABLE a (id INT PRIMARY KEY, once VARCHAR(20) UNIQUE);"
                                + " CREATE TABLE b (id INT PRIMARY KEY, a INT NOT NULL, FOREIGN KEY (a) REFERENCES a (id));"
                                + pair(1) + pair(2))
                .orThrow();
        Bench.Run run = seeded(joe, copy, 1);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int last = 2;
            while (!enough.get()) {
                last++;
                as(joe, pair(last)).orThrow();
            }
            return last;
        });
        try {
            for (HostPath directory : List.of(SECOND, THIRD)) {
                dumped(run, joe, directory, 2);
                loaded(run, copy, directory, 1);
            }
        } finally {
            enough.set(true);
        }
        int last = writer.get();
        assertThat(bench().lines()).noneMatch(line -> line.contains("is left until the site is closed: it could not"));
        finished(run, joe, copy, 1);
        assertThat(run.results()).containsEntry("seed.used", "true");
        String rows = "SELECT COUNT(*), MAX(once) FROM a; SELECT COUNT(*), SUM(a) FROM b;";
        assertThat(as(copy, rows).orThrow().stdout())
                .isEqualTo(as(joe, rows).orThrow().stdout())
                .contains(String.valueOf(last));
        undone(run, copy);
        removed(joe, copy);
    }

    /** Two rows of which one needs the other, in ranges of their own; what only the last has, one before it had. */
    private static String pair(int number) {
        int key = number * 5_000;
        return "BEGIN; UPDATE a SET once = NULL WHERE once = 'last'; INSERT INTO a VALUES (" + key + ", 'last');"
                + " INSERT INTO b VALUES (" + key + ", " + key + "); COMMIT;";
    }

    @Test
    default void whatCannotBeBroughtInPartsIsBroughtAsAWhole() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, grown()).orThrow();
        Bench.Run run = seeded(joe, copy, 1);
        as(joe, changed()).orThrow();
        as(joe, obstacle()).orThrow();
        dumped(run, joe, SECOND, 1);
        loaded(run, copy, SECOND, 1);
        assertThat(bench().lines()).anyMatch(line -> line.contains("is left until the site is closed: it has"));
        finished(run, joe, copy, 2);
        assertThat(run.results()).containsEntry("seed.used", "false");
        assertThat(beside(copy)).isEqualTo(beside(joe));
        undone(run, copy);

        // And when it has that from the beginning.
        run = seeded(joe, copy, 1);
        bench().done(seeding().requireEmpty(request(copy)));
        finished(run, joe, copy, 1);
        assertThat(run.results()).containsEntry("seed.used", "false");
        assertThat(bench().lines())
                .anyMatch(line -> line.contains("brought as a whole while the site is closed: it has"));
        undone(run, copy);
        removed(joe, copy);
    }
}
