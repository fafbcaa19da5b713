// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.spi.ComparingEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Dumps that are large enough to be loaded by two connections, on a real server. */
interface LargeLoads {
    Bench bench();

    List<Step> ensure(Database database);

    Database database(String name);

    void removed(Database... databases) throws Exception;

    List<Step> dump(Database database, String path);

    List<Step> load(Database database, String path);

    ExecResult asAdministrator(String database, String sql);

    ExecResult as(Database database, String sql);

    private List<Step> both(Database one, Database other) {
        List<Step> steps = new ArrayList<>(engine().sum(request(one), "proof"));
        steps.addAll(engine().compare(request(other), "proof"));
        return steps;
    }

    ComparingEngine engine();

    EngineRequest<Database> request(Database database);

    /** Makes a table {@code hard} of types that are hard to compare, with a key {@code k} that is no number. */
    String hard();

    /** Statements that each change one thing, and what is said then. */
    default Map<String, String> changes() {
        return Map.of(
                "UPDATE much SET a = 'x' WHERE id = 70001;", "much differs in 1 of 17 ranges",
                "UPDATE hard SET c = NULL WHERE k = 'N';", "hard differs in 1 of 1 ranges");
    }

    /** More of them. */
    default Map<String, String> more() {
        return Map.of(
                "DELETE FROM much WHERE id = 80000;",
                "much differs in 1 of 17 ranges and has 79999 rows and not 80000",
                "UPDATE hard SET c = d, d = c WHERE k = 'swap';",
                "hard differs in 1 of 1 ranges",
                "CREATE TABLE more (a INT);",
                "more is too much");
    }

    /** Makes two things that whoever else makes them need not let a site's account read; nothing where it can read all. */
    String closed();

    /** Tells which keys {@code much} has. */
    String keys();

    /** Makes a table {@code much} of 15 megabytes, of which many rows refer to others, with a trigger that would spoil its rows. */
    String much();

    @Test
    default void muchIsLoadedByTwo() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, much()).orThrow();
        Bench.Run dumped = bench().done(dump(joe, "/root/much.sql"));
        Bench.Run loaded = bench().done(load(copy, "/root/much.sql"));
        assertThat(loaded.results())
                .containsEntry("load.connections", "2")
                .containsEntry("load.compared", "true")
                .containsEntry("load.rows", dumped.results().get("dump.rows"));
        String sums = "SELECT COUNT(*), SUM(LENGTH(b)), MIN(a), MAX(a), COUNT(DISTINCT a) FROM much;"
                + " SELECT COUNT(*) FROM much WHERE b = 'spoilt';";
        assertThat(asAdministrator("copy", sums).orThrow().stdout())
                .isEqualTo(asAdministrator("joe", sums).orThrow().stdout());
        assertThat(asAdministrator("copy", keys()).orThrow().stdout())
                .isEqualTo(asAdministrator("joe", keys()).orThrow().stdout())
                .contains("much");
        loaded.undo();
        bench().done(load(copy, "/root/much.sql"));
        as(copy, hard()).orThrow();
        as(joe, hard()).orThrow();
        Bench.Run equal = bench().done(both(joe, copy));
        assertThat(equal.results())
                .containsEntry("compare.tables", equal.results().get("sums.tables"))
                .hasEntrySatisfying(
                        "compare.ranges",
                        ranges -> assertThat(Integer.parseInt(ranges)).isGreaterThan(7));
        for (Map<String, String> changes : List.of(changes(), more())) {
            String sql = String.join(" ", changes.keySet());
            as(copy, sql).orThrow();
            assertThatThrownBy(() -> bench().done(both(joe, copy)))
                    .isInstanceOfSatisfying(
                            DatabasesDifferException.class,
                            different -> assertThat(different.differences().toString())
                                    .contains(changes.values()));
            as(joe, sql).orThrow();
        }
        assertThat(bench().done(both(joe, copy)).results()).containsEntry("compare.closed", "0");
        if (!closed().isEmpty()) {
            asAdministrator("joe", closed()).orThrow();
            as(copy, closed()).orThrow();
            assertThat(bench().done(both(joe, copy)).results()).containsEntry("compare.closed", "2");
        }
        dumped.undo();
        removed(joe, copy);
    }
}
