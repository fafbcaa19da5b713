// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.task.Step;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Accounts for people who help, on a real server: they read what there is and what comes, for some time. */
interface SupportAccounts {
    Bench bench();

    List<Step> ensure(Database database);

    Database database(String name);

    void removed(Database... databases) throws Exception;

    ExecResult as(Database database, String sql);

    ExecResult as(Database database, String password, String host, String sql);

    List<String> world();

    Database supported(Database database, Instant until);

    List<Step> support(Database database, Instant until);

    List<Step> sweep(Database database);

    /** Whether the server itself lets nobody in whose time is over. */
    boolean knowsTime();

    @Test
    default void whoeverHelpsMayReadForSomeTime() throws Exception {
        Database joe = database("joe");
        bench().done(ensure(joe));
        as(joe, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);").orThrow();
        List<String> before = world();
        Instant until = Instant.now().plusSeconds(3600);
        Database helper = supported(joe, until);
        bench().secret(helper.password(), "helper's");
        bench().done(support(joe, until)).undo();
        assertThat(world()).isEqualTo(before);
        bench().done(support(joe, until));
        assertThat(bench().preview(support(joe, until))).isEmpty();
        bench().done(support(joe, until));
        as(joe, "CREATE TABLE later (a INT); CREATE VIEW v AS SELECT a FROM t;").orThrow();
        for (String what : List.of("t", "later", "v")) {
            as(helper, "helper's", "", "SELECT a FROM " + what + ";").orThrow();
        }
        for (String write : List.of(
                "DELETE FROM t;",
                "INSERT INTO later VALUES (1);",
                "CREATE TABLE u (a INT);",
                "DROP TABLE t;",
                "CREATE TEMPORARY TABLE u (a INT);")) {
            assertThat(as(helper, "helper's", "", write).succeeded()).as(write).isFalse();
        }
        as(joe, "DROP VIEW v; DROP TABLE later;").orThrow();
        bench().done(sweep(joe));
        as(helper, "helper's", "", "SELECT a FROM t;").orThrow();
        bench().at(until.plusSeconds(60));
        assertThat(bench().preview(sweep(joe))).hasSize(1);
        bench().done(sweep(joe));
        assertThat(world()).isEqualTo(before);
        Instant over = Instant.now().minusSeconds(60);
        Database late = supported(joe, over);
        bench().secret(late.password(), "late's");
        bench().done(support(joe, over));
        assertThat(as(late, "late's", "", "SELECT a FROM t;").succeeded()).isEqualTo(!knowsTime());
        bench().done(support(joe, until));
        removed(joe);
    }
}
