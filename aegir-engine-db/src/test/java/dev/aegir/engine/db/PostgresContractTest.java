// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.util.List;
import java.util.Map;

/** What every engine must keep, on a host whose PostgreSQL remembers what it was told. */
class PostgresContractTest extends EngineContract<Database> {
    private static final String RULES = "local all all peer\n";

    @Override
    protected Engine<Database> engine() {
        return new PostgresqlEngine();
    }

    @Override
    protected Database sample() {
        return FakeDatabases.sample(List.of());
    }

    @Override
    protected Database changed() {
        return FakeDatabases.sample(List.of("192.0.2.7", "2001:db8::7"));
    }

    @Override
    protected Database neighbour() {
        return FakeDatabases.neighbour();
    }

    @Override
    protected Map<String, Database> refused() {
        return Map.of(
                "PostgreSQL's own database", FakeDatabases.named("template1", "joe"),
                "an administrator", FakeDatabases.named("joe", "postgres"));
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(HostPath.of(FakePostgres.ACCESS_FILE));
    }

    @Override
    protected void given(FakeHost host, Database database) {
        FakeFacts.serve(host, "postgresql.service");
        host.program(
                call -> {
                    call.host()
                            .fact(
                                    "loaded rules",
                                    call.host().text(FakePostgres.ACCESS_FILE).orElseThrow());
                    call.host().fact("postgresql.service", "active");
                    return Answer.ok();
                },
                "systemctl",
                "start");
        host.program(
                call -> {
                    call.host().fact("loaded rules", "").fact("postgresql.service", "");
                    return Answer.ok();
                },
                "systemctl",
                "stop");
        host.program(FakePostgres::answer, "psql");
        host.program(
                call -> call.command().words().get(3).equals("aegir-access") ? FakePostgres.edit(call) : Answer.ok(),
                "sh",
                "-c");
        if (host.text(FakePostgres.ACCESS_FILE).isEmpty()) {
            host.file(FakePostgres.ACCESS_FILE, RULES, "0640", "postgres:postgres");
        }
    }

    @Override
    protected void verify(FakeHost host, Database database) {
        assertThat(host.fact("database " + database.name() + "\ncomment")).isEqualTo("aegir:" + database.owner());
        assertThat(host.fact("database " + database.name() + "\npublic")).isEmpty();
        String rules = host.text(FakePostgres.ACCESS_FILE).orElseThrow();
        assertThat(rules)
                .contains("local all +aegir_sites scram-sha-256 # aegir sites.\n")
                .endsWith(RULES);
        for (String client : database.clients()) {
            assertThat(rules).contains("host \"docs_db\" \"docs\" " + client + "/");
        }
        assertThat(host.fact("loaded rules")).isEqualTo(rules);
    }
}
