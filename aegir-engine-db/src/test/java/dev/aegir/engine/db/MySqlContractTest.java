// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.util.List;
import java.util.Map;

/** What every engine must keep, on a host whose MySQL remembers what it was told. */
class MySqlContractTest extends EngineContract<Database> {
    @Override
    protected Engine<Database> engine() {
        return new MySqlEngine();
    }

    @Override
    protected Database sample() {
        return FakeDatabases.sample(List.of());
    }

    @Override
    protected Database changed() {
        return FakeDatabases.sample(List.of("192.0.2.7", "192.0.2.8"));
    }

    @Override
    protected Database neighbour() {
        return FakeDatabases.neighbour();
    }

    @Override
    protected Map<String, Database> refused() {
        return Map.of(
                "MySQL's own database",
                FakeDatabases.named("mysql", "joe"),
                "an administrator",
                FakeDatabases.named("joe", "root"));
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(HostPath.of("/nowhere"));
    }

    @Override
    protected void given(FakeHost host, Database database) {
        FakeFacts.serve(host, "mysql.service");
        host.program(FakeMySql::answer, "mysql");
    }

    @Override
    protected void verify(FakeHost host, Database database) {
        assertThat(host.fact("database " + database.name())).isEqualTo("made");
        assertThat(host.fact("mark " + MariaDbText.pattern(database.name()))).isEqualTo("aegir:" + database.owner());
        assertThat(FakeFacts.named(host, "account " + database.user() + "\n"))
                .hasSize(1 + database.clients().size())
                .allSatisfy(fact -> assertThat(host.fact(fact))
                        .endsWith("\n" + MariaDbText.pattern(database.name()) + "\n" + MySql.RIGHTS));
    }
}
