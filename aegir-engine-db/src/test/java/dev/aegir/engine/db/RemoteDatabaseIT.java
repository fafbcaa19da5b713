// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.LabServer;
import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.DatabaseEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.TableEngine;
import dev.aegir.task.Step;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A database server that is reached over the network only: its administrator's password is all there is. */
@Tag("lab")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemoteDatabaseIT {
    private static final SecretRef ADMIN = SecretRef.of("db9/admin");
    private static final String HARD = "ad'm\"i\\n";
    private final DatabaseLab lab;
    private final LabServer elsewhere;
    private final Bench bench;
    private final String here;

    RemoteDatabaseIT() throws InterruptedException {
        lab = new DatabaseLab();
        elsewhere = lab.another("db9");
        bench = new Bench(lab.host());
        here = address(lab.machine());
    }

    private static String address(LabServer server) {
        return server.exec("hostname", "-I").orThrow().stdout().strip().split(" ")[0];
    }

    @BeforeAll
    void start() {
        String maria = MariaDbText.literal(HARD);
        elsewhere
                .execWithInput(
                        "CREATE USER keeper@" + MariaDbText.literal(here) + " IDENTIFIED BY " + maria
                                + ";\nGRANT ALL PRIVILEGES ON *.* TO keeper@" + MariaDbText.literal(here)
                                + " WITH GRANT OPTION;\n",
                        "sh",
                        "-c",
                        "printf '[mariadbd]\\nbind-address = 0.0.0.0\\n' >/etc/mysql/mariadb.conf.d/99-test.cnf;"
                                + " systemctl restart mariadb && mariadb")
                .orThrow();
        elsewhere
                .execWithInput(
                        "CREATE ROLE keeper SUPERUSER LOGIN PASSWORD " + PostgresText.literal(HARD) + ";\n",
                        "sh",
                        "-c",
                        "echo \"listen_addresses = '*'\" >/etc/postgresql/15/main/conf.d/test.conf;"
                                + " echo 'host all all " + here
                                + "/32 scram-sha-256' >>/etc/postgresql/15/main/pg_hba.conf;"
                                + " systemctl restart postgresql@15-main && runuser -u postgres -- psql -Xq")
                .orThrow();
        bench.secret(ADMIN, HARD);
    }

    @AfterAll
    void stop() {
        elsewhere.reset();
        elsewhere.remove();
        lab.machine().reset();
        lab.close();
    }

    private EngineRequest<Database> request(String engine, String name) {
        Service service = Service.of(ServiceKind.DB, engine)
                .with("host", address(elsewhere))
                .with("admin", "keeper")
                .with("password", "db9/admin")
                .with("clients", here);
        Id owner = Id.next();
        Database database =
                new Database(owner, name + ".example.net", name, name, Database.passwordOf(owner, name), List.of());
        bench.secret(database.password(), "site's " + name);
        return new EngineRequest<>(database, lab.server(), service);
    }

    private String world(String engine) {
        return engine.equals("mariadb")
                ? elsewhere
                        .exec(
                                "mariadb",
                                "-N",
                                "-e",
                                "SHOW DATABASES; SELECT User, Host FROM mysql.user ORDER BY 1, 2; SELECT * FROM mysql.db")
                        .orThrow()
                        .stdout()
                : elsewhere
                        .exec(
                                "sh",
                                "-c",
                                "cd /; runuser -u postgres -- psql -XAtqc 'SELECT datname, datacl FROM pg_database ORDER BY 1'"
                                        + " -c \"SELECT rolname FROM pg_roles WHERE rolname <> 'aegir_sites' ORDER BY 1\"")
                        .orThrow()
                        .stdout();
    }

    @Test
    void mariaDb() throws Exception {
        MariaDbEngine engine = new MariaDbEngine();
        both(engine, engine::facts, (request, path) -> engine.dump(request, path, "root:root"), engine::loadFile);
    }

    @Test
    void postgresql() throws Exception {
        PostgresqlEngine engine = new PostgresqlEngine();
        both(engine, engine::facts, (request, path) -> engine.dump(request, path, "root:root"), engine::loadFile);
    }

    private void both(
            DatabaseEngine engine,
            java.util.function.Function<EngineRequest<Database>, List<Step>> facts,
            BiFunction<EngineRequest<Database>, HostPath, List<Step>> dump,
            BiFunction<EngineRequest<Database>, HostPath, List<Step>> load)
            throws Exception {
        String before = world(engine.name());
        EngineRequest<Database> joe = request(engine.name(), "joe");
        EngineRequest<Database> copy = request(engine.name(), "copy");
        ServiceRequest service = new ServiceRequest(joe.server(), joe.service());
        bench.done(engine.prepare(service));
        assertThat(bench.preview(engine.ensure(joe))).isNotEmpty();
        bench.done(engine.ensure(joe));
        bench.done(engine.ensure(copy));
        assertThat(bench.preview(engine.ensure(joe))).isEmpty();
        DatabaseAccess access = engine.access(joe);
        assertThat(access.socket()).isEmpty();
        assertThat(access.host()).isEqualTo(address(elsewhere));
        bench.done(engine.requireEmpty(joe));
        asSite(access, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2); CREATE TABLE e (a INT);");
        assertThat(bench.done(facts.apply(joe)).results()).containsEntry("database.tables", "2");
        assertThat(bench.done(dump.apply(joe, HostPath.of("/root/far.sql"))).results())
                .containsEntry("dump.rows", "2")
                .containsEntry("dump.exact", "true");
        Bench.Run loaded = bench.done(load.apply(copy, HostPath.of("/root/far.sql")));
        assertThat(loaded.results()).containsEntry("load.rows", "2").containsEntry("load.compared", "true");
        loaded.undo();
        bench.done(engine.requireEmpty(copy));
        seeded(engine, joe, copy);
        // A dump that lost a row since.
        lab.machine()
                .exec("sh", "-c", "sed -i -e 's/^(1),$//' -e 's/^1$//;/^$/d' /root/far.sql")
                .orThrow();
        Bench.Run lost = bench.task();
        assertThatThrownBy(() -> lost.run(load.apply(copy, HostPath.of("/root/far.sql"))))
                .isInstanceOf(DatabaseServerException.class)
                .hasMessageContaining("t has 1 rows and not 2");
        lost.undo();
        lab.machine().exec("rm", "/root/far.sql").orThrow();
        bench.done(engine.removeUser(joe)).undo();
        assertThat(bench.preview(engine.ensure(joe))).isEmpty();
        bench.secret(ADMIN, "wrong");
        assertThatThrownBy(() -> bench.preview(engine.ensure(joe)))
                .isInstanceOfSatisfying(
                        DatabaseServerException.class, e -> assertThat(e.code()).isIn("1045", "28P01"))
                .hasMessageContaining(address(elsewhere))
                .hasMessageNotContaining("wrong");
        bench.secret(ADMIN, HARD);
        bench.done(engine.remove(joe));
        bench.done(engine.remove(copy));
        assertThat(world(engine.name())).isEqualTo(before);
        assertThat(bench.lines().toString()).doesNotContain(HARD, "site's");
    }

    private void seeded(DatabaseEngine engine, EngineRequest<Database> joe, EngineRequest<Database> copy)
            throws Exception {
        SeedingEngine seeding = (SeedingEngine) engine;
        TableEngine tables = (TableEngine) engine;
        Bench.Run run = bench.task();
        run.run(seeding.dumpSeed(joe, HostPath.of("/srv/far/seed"), "move"));
        run.run(seeding.loadSeed(copy, HostPath.of("/srv/far/seed"), "move"));
        asSite(engine.access(joe), "INSERT INTO e VALUES (3);");
        run.run(seeding.dumpRest(joe, HostPath.of("/srv/far/rest"), "move"));
        run.run(seeding.loadRest(copy, HostPath.of("/srv/far/rest"), "move"));
        run.run(seeding.sum(joe, "move"));
        run.run(seeding.compare(copy, "move"));
        assertThat(run.results()).containsEntry("seed.used", "true").containsEntry("seed.tables", "1");
        asSite(engine.access(joe), "DELETE FROM t;");
        bench.task()
                .run(tables.requireSwitchable(joe, List.of("t")))
                .run(tables.switchTables(joe, copy.resource(), List.of("t")))
                .run(tables.forgetTables(joe, List.of("t")));
        Bench.Run again = bench.done(engine.dump(joe, HostPath.of("/srv/far/again")));
        assertThat(again.results()).containsEntry("dump.rows", "3");
        again.undo();
        run.undo();
    }

    private void asSite(DatabaseAccess access, String sql) {
        String secret = "site's " + access.user();
        boolean maria = access.protocol().value().equals("mysql");
        String file = maria
                ? "[client]\nprotocol=tcp\nhost=" + access.host() + "\nuser=" + access.user() + "\npassword="
                        + MariaDbText.option(secret) + "\n"
                : "*:*:*:*:" + PostgresText.passwordFile(secret) + "\n";
        String client = maria
                ? "mariadb --defaults-file=/root/credentials " + access.database()
                : "PGPASSFILE=/root/credentials psql -Xq -v ON_ERROR_STOP=1 -h " + access.host() + " -U "
                        + access.user() + " " + access.database();
        lab.machine()
                .execWithInput(
                        Client.header(file) + sql,
                        "sh",
                        "-c",
                        "umask 077; head -c 4096 >/root/credentials; " + client
                                + "; code=$?; rm /root/credentials; exit $code")
                .orThrow();
    }
}
