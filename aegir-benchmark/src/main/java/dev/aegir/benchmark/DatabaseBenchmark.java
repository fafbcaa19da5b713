// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.Aegir;
import dev.aegir.engine.db.MariaDbEngine;
import dev.aegir.engine.db.PostgresqlEngine;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.spi.ComparingEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Planner;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.MakeSecret;
import dev.aegir.task.Plan;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * How long a database takes: dumped, loaded and proved equal by whole tasks, beside the server's own programs that do the same by
 * one pipe on the server itself, and check nothing. In turns, so that both have the same neighbours.
 */
public final class DatabaseBenchmark {
    private static final HostPath OURS = HostPath.of("/srv/benchmark-ours");
    private static final String THEIRS = "/srv/benchmark-theirs.sql";

    private final Aegir aegir;
    private final LabServer machine;
    private final Server server;
    private final Chosen chosen;
    private final Clock clock;
    private final int megabytes;
    private final int rounds;

    private DatabaseBenchmark(
            Aegir aegir, LabServer machine, Server server, Chosen chosen, Clock clock, int megabytes, int rounds) {
        this.aegir = aegir;
        this.machine = machine;
        this.server = server;
        this.chosen = chosen;
        this.clock = clock;
        this.megabytes = megabytes;
        this.rounds = rounds;
    }

    /**
     * Measures.
     *
     * @param arguments megabytes of rows, 500 when there is none; which server, both when there is none; rounds, 3 when there is none
     * @throws Exception when something fails
     */
    public static void main(String[] arguments) throws Exception {
        int megabytes = arguments.length == 0 ? 500 : Integer.parseInt(arguments[0]);
        List<String> engines = arguments.length < 2 ? List.of("mariadb", "postgresql") : List.of(arguments[1]);
        int rounds = arguments.length < 3 ? 3 : Integer.parseInt(arguments[2]);
        StringBuilder table = new StringBuilder("| " + megabytes + " MB of rows, medians of " + rounds
                + " | by one pipe | by Aegir | pipe / Aegir |\n|---|--:|--:|--:|\n");
        Path home = Files.createTempDirectory("aegir-benchmark");
        Chosen chosen = new Chosen();
        Clock clock = new Clock();
        KeptSecrets secrets = new KeptSecrets();
        try (Lab lab = Lab.open();
                Aegir aegir = Aegir.builder()
                        .onlyWhatIsNamed()
                        .backend(new CountedSsh())
                        .engine(new MariaDbEngine())
                        .engine(new PostgresqlEngine())
                        .task(chosen)
                        .listener(clock)
                        .store(JournalBenchmark.open(home))
                        .secrets(secrets)
                        .open()) {
            secrets.keep(KeySecrets.NAME, Secret.of(Files.readString(lab.privateKey())));
            LabServer machine = lab.server("database");
            machine.reset();
            Server server = Server.at(machine.name(), machine.address())
                    .hostKey(machine.hostKey())
                    .credential(KeySecrets.NAME)
                    .offering(Service.of(ServiceKind.DB, "mariadb"))
                    .offering(new Service(
                            Name.of("postgres"), ServiceKind.DB.name(), Name.of("postgresql"), Settings.none()));
            aegir.run(new EnrolServer(server)).orThrow();
            aegir.run(new PrepareServer(server.name())).orThrow();
            DatabaseBenchmark benchmark =
                    new DatabaseBenchmark(aegir, machine, server, chosen, clock, megabytes, rounds);
            for (SeedingEngine engine : List.of(new MariaDbEngine(), new PostgresqlEngine())) {
                if (engines.contains(engine.name())) {
                    benchmark.measure(table, engine, server.services().get(engine instanceof MariaDbEngine ? 0 : 1));
                }
            }
        } finally {
            Temporary.delete(home);
        }
        System.out.println(table);
        Path output = Path.of("target", "benchmarks", "database.md");
        Files.createDirectories(output.toAbsolutePath().getParent());
        Files.writeString(output, table);
    }

    private void measure(StringBuilder table, SeedingEngine engine, Service service) throws InterruptedException {
        EngineRequest<Database> from = made(engine, service, "origin");
        EngineRequest<Database> to = made(engine, service, "target");
        boolean maria = engine instanceof MariaDbEngine;
        script(maria ? FILL_MARIADB : FILL_POSTGRESQL, "origin");
        double[][] figures = new double[5][rounds];
        for (int round = 0; round < rounds; round++) {
            figures[0][round] = script((maria ? DUMP_MARIADB : DUMP_POSTGRESQL) + THEIRS, "origin");
            figures[1][round] = done("dump", engine.dump(from, OURS));
            script(maria ? MAKE_MARIADB : MAKE_POSTGRESQL, "plain");
            figures[2][round] = script((maria ? LOAD_MARIADB : LOAD_POSTGRESQL) + THEIRS, "plain");
            figures[3][round] = done("load", engine.load(to, OURS));
            List<Step> proof = new ArrayList<>(engine.sum(from, "proof"));
            proof.addAll(engine.compare(to, "proof"));
            figures[4][round] = done("compare", proof);
            script("rm -rf -- " + OURS + " " + THEIRS, "plain");
            done("remove", engine.remove(to));
            done("ensure", engine.ensure(to));
            System.err.println(engine.name() + ", round " + (round + 1) + " of " + rounds + ": pipe "
                    + Math.round(figures[2][round]) + " ms, Aegir " + Math.round(figures[3][round]) + " ms");
        }
        double[] still = new double[rounds];
        double[] tenth = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            still[round] = seeded(engine, from, to, "SELECT 1");
            tenth[round] = seeded(engine, from, to, CHANGE.replace("$r", String.valueOf(round)));
        }
        line(table, engine.name() + ": dumped", figures[0], figures[1]);
        line(table, engine.name() + ": loaded", figures[2], figures[3]);
        table.append(String.format(
                Locale.ROOT,
                "| %s: both summed up and compared | - | %,.0f ms | - |%n",
                engine.name(),
                median(figures[4])));
        table.append(String.format(
                Locale.ROOT,
                "| %s: finished, nothing or a tenth changed | - | %,.0f ms, %,.0f ms | - |%n",
                engine.name(),
                median(still),
                median(tenth)));
    }

    /** What is left to do when nobody writes any more, of a database that was copied while it was written to, and changed since. */
    private double seeded(SeedingEngine engine, EngineRequest<Database> from, EngineRequest<Database> to, String change)
            throws InterruptedException {
        String client = engine instanceof MariaDbEngine
                ? "mariadb \"$1\""
                : "cd /; runuser -u postgres -- psql -Xq -v ON_ERROR_STOP=1 -d \"$1\"";
        done("remove", engine.remove(to));
        done("ensure", engine.ensure(to));
        List<Step> steps = new ArrayList<>(engine.dumpSeed(from, OURS.child("seed"), "move"));
        steps.addAll(engine.loadSeed(to, OURS.child("seed"), "move"));
        steps.add(
                RunCommand.script("change", server.name(), "echo \"$2\" | { " + client + " >&2; }", "origin", change));
        steps.addAll(engine.dumpRest(from, OURS.child("rest"), "move"));
        steps.addAll(engine.loadRest(to, OURS.child("rest"), "move"));
        steps.addAll(engine.sum(from, "move"));
        steps.addAll(engine.compare(to, "move"));
        clock.reset();
        done("seeded", steps);
        double left = clock.after("change");
        script("rm -rf -- " + OURS, "plain");
        return left;
    }

    private EngineRequest<Database> made(ComparingEngine engine, Service service, String name)
            throws InterruptedException {
        Id owner = Id.next();
        Database database =
                new Database(owner, name + ".example.net", name, name, Database.passwordOf(owner, name), List.of());
        EngineRequest<Database> request = new EngineRequest<>(database, server, service);
        List<Step> steps = new ArrayList<>();
        steps.add(new MakeSecret(database.password(), name));
        steps.addAll(engine.ensure(request));
        done("make", steps);
        return request;
    }

    private static void line(StringBuilder table, String what, double[] pipe, double[] aegir) {
        table.append(String.format(
                Locale.ROOT,
                "| %s | %,.0f ms | %,.0f ms | %.2f |%n",
                what,
                median(pipe),
                median(aegir),
                median(IntStream.range(0, pipe.length)
                        .mapToDouble(round -> pipe[round] / aegir[round])
                        .toArray())));
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double done(String what, List<Step> steps) throws InterruptedException {
        chosen.steps.put(what, List.copyOf(steps));
        long begun = System.nanoTime();
        aegir.run(new Job(what)).orThrow();
        return (System.nanoTime() - begun) / 1e6;
    }

    private double script(String script, String database) {
        long begun = System.nanoTime();
        machine.exec("bash", "-euo", "pipefail", "-c", script, "benchmark", database, String.valueOf(megabytes))
                .orThrow();
        return (System.nanoTime() - begun) / 1e6;
    }

    /** The newest rows, in a column that is a key too. */
    private static final String CHANGE =
            "UPDATE posts SET name = concat('new', $r, id) WHERE id > (SELECT m - m / 11 FROM (SELECT"
                    + " MAX(id) AS m FROM posts) x); UPDATE meta SET name = concat('new', $r, id % 40) WHERE id > (SELECT m - m / 11 FROM"
                    + " (SELECT MAX(id) AS m FROM meta) x);";

    private static final String FILL_MARIADB = """
            rows=$(($2 * 250))
            mariadb "$1" <<SQL
            CREATE TABLE posts (id BIGINT PRIMARY KEY AUTO_INCREMENT, author INT, at DATETIME, title TEXT, name VARCHAR(200),
                content LONGTEXT, KEY (name), KEY (author, at));
            INSERT INTO posts SELECT seq, seq % 97, '2020-01-01' + INTERVAL seq MINUTE, CONCAT('Title ', MD5(seq)), MD5(seq * 7),
                REPEAT(CONCAT(SHA1(seq), ' it''s\\n'), 40) FROM seq_1_to_$rows;
            CREATE TABLE meta (id BIGINT PRIMARY KEY AUTO_INCREMENT, post BIGINT, name VARCHAR(255), value LONGTEXT, KEY (post),
                KEY (name));
            INSERT INTO meta SELECT seq, seq * 7919 % $rows, CONCAT('_key_', seq % 40), CONCAT(SHA1(seq), SHA1(seq + 1), MD5(seq))
                FROM seq_1_to_$((rows * 10));
            SQL
            """;
    private static final String FILL_POSTGRESQL = """
            rows=$(($2 * 250))
            runuser -u postgres -- psql -Xq -v ON_ERROR_STOP=1 -d "$1" <<SQL
            SELECT format('SET ROLE %I', pg_get_userbyid(datdba)) FROM pg_database WHERE datname = current_database() \\gexec
            CREATE TABLE posts (id BIGINT PRIMARY KEY, author INT, at TIMESTAMP, title TEXT, name TEXT, content TEXT);
            CREATE INDEX ON posts (name);
            CREATE INDEX ON posts (author, at);
            INSERT INTO posts SELECT n, n % 97, '2020-01-01'::timestamp + n * interval '1 minute', 'Title ' || md5(n::text),
                md5((n * 7)::text), repeat(md5(n::text) || md5((n + 1)::text) || E' it''s\\n', 28) FROM generate_series(1, $rows) n;
            CREATE TABLE meta (id BIGINT PRIMARY KEY, post BIGINT, name TEXT, value TEXT);
            CREATE INDEX ON meta (post);
            CREATE INDEX ON meta (name);
            INSERT INTO meta SELECT n, n::bigint * 7919 % $rows, '_key_' || n % 40, md5(n::text) || md5((n + 1)::text)
                || md5((n + 2)::text) FROM generate_series(1, $rows * 10) n;
            SQL
            """;
    private static final String DUMP_MARIADB = "mariadb-dump --single-transaction --quick --hex-blob -- \"$1\" >";
    private static final String DUMP_POSTGRESQL = "runuser -u postgres -- pg_dump -O -x -d \"$1\" >";
    private static final String MAKE_MARIADB = "mariadb -e \"DROP DATABASE IF EXISTS $1; CREATE DATABASE $1\"";
    private static final String MAKE_POSTGRESQL =
            "runuser -u postgres -- dropdb --if-exists \"$1\"; runuser -u postgres -- createdb -T template0 \"$1\"";
    private static final String LOAD_MARIADB = "mariadb \"$1\" <";
    private static final String LOAD_POSTGRESQL = "runuser -u postgres -- psql -Xq1 -v ON_ERROR_STOP=1 -d \"$1\" <";

    /**
     * One of the things that are measured.
     *
     * @param title what it is
     */
    public record Job(String title) implements Task {
        /** Makes it. */
        public Job {}
    }

    /** Plans the steps that were chosen. */
    private static final class Chosen implements TaskHandler<Job> {
        private final Map<String, List<Step>> steps = new ConcurrentHashMap<>();

        @Override
        public String name() {
            return "benchmark.database";
        }

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Plan plan(Job task, Planner planner) {
            return Plan.empty()
                    .then(Optional.ofNullable(steps.get(task.title())).orElseThrow());
        }
    }
}
