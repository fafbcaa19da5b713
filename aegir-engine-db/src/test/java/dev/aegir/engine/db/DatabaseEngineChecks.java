// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.ComparingEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.MeasuringEngine;
import dev.aegir.spi.MeasuringEngine.Measured;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What engines of databases must keep, on a real server. */
@Tag("lab")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseEngineChecks {
    private DatabaseLab lab;
    private Bench bench;
    private List<String> pristine = List.of();
    private final List<Database> made = new ArrayList<>();

    public abstract ComparingEngine engine();

    /** Runs SQL as an account of a site, over the socket, or over the network when there is a host. */
    public abstract ExecResult as(Database database, String password, String host, String sql);

    /** Runs SQL as the administrator, in a database. */
    public abstract ExecResult asAdministrator(String database, String sql);

    /** Every database and account, with what it may do. */
    public abstract List<String> world();

    /** Names that are hard to write. */
    abstract List<String> hardNames();

    /** Makes a database with a mark, as somebody else would; or drops it, for the mark {@code gone}. */
    abstract void foreign(Database database, String mark);

    abstract List<Step> facts(Database database);

    /** Gives the account joe rights beyond its own, and another password. */
    abstract void widen();

    public DatabaseLab lab() {
        return lab;
    }

    public Bench bench() {
        return bench;
    }

    Service service() {
        return Service.of(ServiceKind.DB, engine().name());
    }

    public EngineRequest<Database> request(Database database) {
        return new EngineRequest<>(database, lab.server(), service());
    }

    public List<Step> ensure(Database database) {
        return engine().ensure(request(database));
    }

    public Database database(String name) {
        return database(Id.next(), name, name, List.of());
    }

    Database database(Id owner, String name, String user, List<String> clients) {
        Database database =
                new Database(owner, name + ".example.net", name, user, Database.passwordOf(owner, user), clients);
        bench.secret(database.password(), password(database));
        made.add(database);
        return database;
    }

    static String password(Database database) {
        return "pw" + database.owner().value() + database.user().hashCode();
    }

    @BeforeAll
    void open() throws Exception {
        lab = new DatabaseLab();
        install(lab);
        bench = new Bench(lab.host());
        List<Step> prepare = engine().prepare(new ServiceRequest(lab.server(), service()));
        assertThat(bench.preview(prepare)).isNotEmpty();
        assertThat(bench.preview(ensure(database("early")))).isNotEmpty();
        Bench.Run run = bench.done(prepare);
        assertThat(bench.preview(prepare)).isEmpty();
        run.undo();
        assertThat(lab.machine()
                        .exec("systemctl", "is-active", engine().name() + ".service")
                        .succeeded())
                .isFalse();
        bench.done(prepare);
        bench.done(prepare);
        hurry(true);
        pristine = world();
    }

    /** Brings what the image of the lab does not have. */
    void install(DatabaseLab lab) {}

    /** Lets the server be as fast as it can while it is only tested, or no longer. */
    void hurry(boolean now) {}

    @AfterAll
    void close() {
        hurry(false);
        lab.machine().exec("systemctl", "disable", "--now", engine().name() + ".service");
        lab.machine().reset();
        lab.close();
    }

    @BeforeEach
    void nothingIsLeft() throws Exception {
        // One test that fails shall not make all others fail.
        for (Database each : made) {
            bench.done(engine().remove(request(each)));
        }
        made.clear();
        assertThat(world()).isEqualTo(pristine);
    }

    public void removed(Database... databases) throws Exception {
        for (Database database : databases) {
            bench.done(engine().remove(request(database)));
        }
        assertThat(world()).isEqualTo(pristine);
    }

    public ExecResult as(Database database, String sql) {
        return as(database, password(database), "", sql);
    }

    private void refused(List<Step> steps) throws Exception {
        List<String> before = world();
        Bench.Run run = bench.task();
        assertThatThrownBy(() -> run.run(steps)).isInstanceOf(ForeignDatabaseException.class);
        run.undo();
        assertThat(world()).isEqualTo(before);
    }

    @Test
    void madeUsedAndRemoved() throws Exception {
        Database joe = database("joe");
        assertThat(bench.preview(ensure(joe)).toString()).contains("joe").doesNotContain(password(joe));
        bench.done(ensure(joe));
        assertThat(bench.preview(ensure(joe))).isEmpty();
        List<String> once = world();
        bench.done(ensure(joe));
        assertThat(world()).isEqualTo(once);
        bench.done(engine().requireEmpty(request(joe)));
        as(joe, "CREATE TABLE t (a INT PRIMARY KEY); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT a FROM t;")
                .orThrow();
        assertThat(as(joe, "SELECT a FROM v;").orThrow().stdout()).contains("1");
        assertThat(bench.done(facts(joe)).results())
                .containsEntry("database.tables", "1")
                .hasEntrySatisfying(
                        "database.bytes",
                        bytes -> assertThat(Long.parseLong(bytes)).isPositive())
                .hasEntrySatisfying(
                        "database.charset", charset -> assertThat(charset).containsIgnoringCase("utf8"));
        MeasuringEngine measuring = (MeasuringEngine) engine();
        Measured measured = bench.done(measuring.measure(request(joe), "room"))
                .remembered(MeasuringEngine.fact("room"), Measured.class);
        assertThat(measured.bytes()).isPositive();
        assertThat(measured.directory().map(HostPath::value))
                .hasValueSatisfying(
                        directory -> assertThat(lab.machine().exists(directory)).isTrue());
        assertThat(bench.done(measuring.measure(request(database("nobody")), "room"))
                        .remembered(MeasuringEngine.fact("room"), Measured.class)
                        .bytes())
                .isZero();
        assertThatThrownBy(() -> bench.done(engine().requireEmpty(request(joe))))
                .isInstanceOf(DatabaseNotEmptyException.class)
                .hasMessageContaining("joe");
        assertThat(bench.preview(engine().remove(request(joe))).toString()).contains("joe");
        removed(joe);
        assertThat(bench.preview(engine().remove(request(joe)))).isEmpty();
    }

    @Test
    void takenBackItNeverWas() throws Exception {
        Bench.Run run = bench.done(ensure(database("joe")));
        run.undo();
        assertThat(world()).isEqualTo(pristine);
        run.undo();
        assertThat(world()).isEqualTo(pristine);
    }

    /** Abuse case 24. */
    @Test
    void anAccountSeesItsDatabaseAndNoOther() throws Exception {
        Database one = database("joe_wp");
        Database two = database("joeXwp");
        bench.done(ensure(one));
        bench.done(ensure(two));
        as(two, "CREATE TABLE secret_plans (a INT);").orThrow();
        assertThat(as(one, "SELECT table_name FROM information_schema.tables;")
                        .orThrow()
                        .stdout())
                .doesNotContain("secret_plans");
        Database across = new Database(one.owner(), one.title(), two.name(), one.user(), one.password(), one.clients());
        assertThat(as(across, password(one), "", "SELECT 1;").succeeded()).isFalse();
        removed(one, two);
    }

    /** Abuse case 24. */
    @Test
    void namesMayHaveWhatHasAMeaningElsewhere() throws Exception {
        for (String name : hardNames()) {
            Database database = database(Id.next(), name, name.substring(0, Math.min(name.length(), 8)), List.of());
            bench.done(ensure(database));
            assertThat(bench.preview(ensure(database))).as(name).isEmpty();
            assertThat(as(database, "CREATE TABLE t (a INT);").stderr())
                    .as(name)
                    .isEmpty();
            removed(database);
        }
    }

    /** Abuse case 25. */
    @Test
    void passwordsMayHaveAnything() throws Exception {
        Database joe = database("joe");
        for (String hard :
                List.of("'", "\"", "\\", "a\nb", "#", "%", "$", " ", "\t", "`", "\uD83D\uDE00", "é", "'; DROP--")) {
            String password = "x" + hard + "y" + hard;
            bench.secret(joe.password(), password);
            bench.done(ensure(joe));
            assertThat(bench.preview(ensure(joe))).as(password).isEmpty();
            assertThat(as(joe, password, "", "SELECT 1;").stderr()).as(password).isEmpty();
        }
        assertThat(as(joe, "x'y'", "", "SELECT 1;").succeeded())
                .as("an old password")
                .isFalse();
        removed(joe);
    }

    @Test
    void rightsAndPasswordBecomeExact() throws Exception {
        Database joe = database("joe");
        bench.done(ensure(joe));
        List<String> exact = world();
        widen();
        assertThat(world()).isNotEqualTo(exact);
        assertThat(as(joe, "SELECT 1;").succeeded()).isFalse();
        assertThat(bench.preview(ensure(joe))).isNotEmpty();
        bench.done(ensure(joe));
        assertThat(world()).isEqualTo(exact);
        as(joe, "SELECT 1;").orThrow();
        removed(joe);
    }

    @Test
    void oneAccountFollowsAnother() throws Exception {
        Database first = database("joe");
        bench.done(ensure(first));
        as(first, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);").orThrow();
        Database second = database(first.owner(), "joe", "joe2", List.of());
        bench.done(ensure(second));
        as(first, "INSERT INTO t VALUES (2);").orThrow();
        as(second, "INSERT INTO t VALUES (3); ALTER TABLE t ADD b INT; CREATE TABLE u (a INT);")
                .orThrow();
        as(first, "DROP TABLE u;").orThrow();
        Bench.Run run = bench.done(engine().removeUser(request(first)));
        assertThat(as(first, "SELECT 1;").succeeded()).isFalse();
        assertThat(as(second, "SELECT count(*) FROM t;").orThrow().stdout()).contains("3");
        run.undo();
        as(first, "SELECT 1;").orThrow();
        assertThat(bench.preview(ensure(first))).isEmpty();
        bench.done(engine().removeUser(request(first)));
        assertThat(bench.preview(engine().removeUser(request(first)))).isEmpty();
        bench.done(engine().removeUser(request(first)));
        bench.done(ensure(first));
        removed(second);
    }

    /** Abuse case 29. */
    @Test
    void whatIsSomebodyElsesIsNotTakenOver() throws Exception {
        Database joe = database("joe");
        for (String mark : List.of("", "aegir:" + Id.next())) {
            foreign(joe, mark);
            assertThatThrownBy(() -> bench.preview(ensure(joe)))
                    .isInstanceOf(ForeignDatabaseException.class)
                    .hasMessageContaining("joe");
            refused(ensure(joe));
            refused(engine().remove(request(joe)));
            refused(engine().requireEmpty(request(joe)));
            foreign(joe, "gone");
        }
    }

    /** Abuse case 30. */
    @Test
    void aCloneIsRemovedAndTheOriginalStays() throws Exception {
        Database production = database("shop");
        bench.done(ensure(production));
        as(production, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);").orThrow();
        List<String> before = world();
        Database clone = database("shop2");
        bench.done(ensure(clone));
        bench.done(engine().remove(request(clone)));
        assertThat(world()).isEqualTo(before);
        removed(production);
    }

    /** G22, abuse case 30: a site that is none, whose settings name the database and the account of one that is. */
    @Test
    void g22_deletingAGhostNeverDropsTheRealDatabase() throws Exception {
        Database production = database("shop");
        bench.done(ensure(production));
        as(production, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);").orThrow();
        List<String> before = world();
        Database ghost = new Database(
                Id.next(), "ghost", production.name(), production.user(), production.password(), List.of());
        refused(engine().remove(request(ghost)));
        refused(engine().removeUser(request(ghost)));
        refused(ensure(ghost));
        refused(engine().requireEmpty(request(ghost)));
        assertThat(world()).isEqualTo(before);
        assertThat(as(production, "SELECT a FROM t;").orThrow().stdout()).contains("1");
        removed(production);
    }

    @Test
    void anAccountOfSomebodyElsesIsNotTakenOver() throws Exception {
        Database other = database("other");
        bench.done(ensure(other));
        refused(ensure(database(Id.next(), "joe", "other", List.of())));
        as(other, "SELECT 1;").orThrow();
        removed(other);
    }

    @Test
    void onlyWhatWasEmptyCanBePutBack() throws Exception {
        Database joe = database("joe");
        bench.done(ensure(joe));
        List<String> before = world();
        Bench.Run empty = bench.done(engine().remove(request(joe)));
        empty.undo();
        assertThat(world()).isEqualTo(before);
        assertThat(bench.preview(ensure(joe))).isEmpty();
        as(joe, "CREATE TABLE t (a INT);").orThrow();
        Bench.Run full = bench.done(engine().remove(request(joe)));
        assertThatThrownBy(full::undo).isInstanceOf(RefusedException.class).hasMessageContaining("backup");
        assertThat(world()).isEqualTo(pristine);
    }

    @Test
    void otherServersAreAdmittedByTheirAddress() throws Exception {
        String address =
                lab.machine().exec("hostname", "-I").orThrow().stdout().strip().split(" ")[0];
        Database joe = database(Id.next(), "joe", "joe", List.of(address));
        Bench.Run deaf = bench.task();
        assertThatThrownBy(() -> deaf.run(ensure(joe)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("listen=");
        deaf.undo();
        Service open = service().with("listen", "0.0.0.0");
        Bench.Run listening = bench.done(engine().prepare(new ServiceRequest(lab.server(), open)));
        Bench.Run run = bench.done(ensure(joe));
        assertThat(bench.preview(ensure(joe))).isEmpty();
        as(joe, password(joe), address, "CREATE TABLE t (a INT);").orThrow();
        Database elsewhere = database(joe.owner(), "joe", "joe", List.of("192.0.2.7", "2001:db8::7"));
        Bench.Run moved = bench.done(ensure(elsewhere));
        assertThat(bench.preview(ensure(elsewhere))).isEmpty();
        assertThat(as(joe, password(joe), address, "SELECT 1;").succeeded()).isFalse();
        moved.undo();
        as(joe, password(joe), address, "DROP TABLE t;").orThrow();
        assertThat(bench.preview(ensure(joe))).isEmpty();
        run.undo();
        listening.undo();
        assertThat(world()).isEqualTo(pristine);
    }

    /** Eight sites at once; meanwhile whoever looks at the processes sees no password (abuse case 25). */
    @Test
    void eightAtOnceAndNoPasswordIsSeen() throws Exception {
        List<Database> databases = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            databases.add(database("site_" + i));
        }
        String client = engine().name().equals("postgresql") ? "--no-psqlrc" : "--binary-mode";
        String watch = """
                import glob, os, sys
                seen = set()
                open("/tmp/watching", "w").close()
                while not os.path.exists("/tmp/watched"):
                    for file in glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/environ"):
                        try:
                            with open(file) as content:
                                said = content.read()
                            if file.endswith("cmdline") and sys.argv[1] in said and said not in seen and "/tmp/watched" not in said:
                                open("/tmp/client", "w").close()
                            seen.add(said)
                        except OSError:
                            pass
                open("/tmp/seen", "w").write("\\n".join(seen))
                """;
        ExecutorService threads = Executors.newFixedThreadPool(9);
        try {
            Future<?> watching = threads.submit(() -> lab.machine().exec("python3", "-c", watch, client));
            lab.machine()
                    .exec("sh", "-c", "until [ -e /tmp/watching ]; do :; done")
                    .orThrow();
            List<Callable<Bench.Run>> installs = new ArrayList<>();
            databases.forEach(each -> installs.add(() -> bench.done(ensure(each))));
            for (Future<Bench.Run> install : threads.invokeAll(installs)) {
                install.get();
            }
            // It runs for a moment only: again until it was seen, so that a password would have been, too.
            while (!lab.machine().exists("/tmp/client")) {
                bench.done(ensure(databases.get(0)));
            }
            lab.machine().exec("touch", "/tmp/watched").orThrow();
            watching.get(120, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        String seen = lab.machine().file("/tmp/seen");
        lab.machine()
                .exec("rm", "/tmp/seen", "/tmp/watched", "/tmp/watching", "/tmp/client")
                .orThrow();
        for (Database database : databases) {
            assertThat(seen.contains(password(database)))
                    .as("a password is seen")
                    .isFalse();
            assertThat(bench.preview(ensure(database))).isEmpty();
            as(database, "CREATE TABLE t (a INT);").orThrow();
        }
        assertThat(bench.lines().toString()).doesNotContain("pw01");
        removed(databases.toArray(Database[]::new));
    }
}
