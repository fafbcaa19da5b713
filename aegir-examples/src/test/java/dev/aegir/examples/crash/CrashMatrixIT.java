// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promise 5: {@code kill -9} at any moment; after the restart the task resumes or is taken back, and what it reports is
 * true. For every task a program of its own is killed at its first crash point, its second, and so on until it ends before
 * it can be killed. After each kill the store is opened again, the task's end awaited, and the server compared, byte for
 * byte, with what that end says: as it was before, or as an undisturbed run leaves it.
 */
@Tag("lab")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashMatrixIT {
    private static final Logger LOG = LoggerFactory.getLogger(CrashMatrixIT.class);

    /** The scenarios are shared out over as many servers as this machine has cores for. */
    private static final List<String> SERVERS = List.of("crash1", "crash2");

    /**
     * Of a WordPress, which takes long to bring back, every so many points; each scenario begins at another. All of them with
     * {@code -Daegir.crash.every=1}.
     */
    private static final int EVERY = Integer.getInteger("aegir.crash.every", 40);

    private final Map<Scenario, String> table = Collections.synchronizedMap(new EnumMap<>(Scenario.class));
    private final BlockingQueue<Ground> free = new LinkedBlockingQueue<>();
    private Lab lab;

    @BeforeAll
    void startServers(@TempDir Path directory) throws IOException {
        lab = Lab.open();
        LabServer git = lab.server("git");
        String repository = LabGit.handbook(git, "/srv/git/handbook.git").daemonUrl();
        for (LabServer server : lab.servers(SERVERS.toArray(String[]::new))) {
            Path place = Files.createDirectories(directory.resolve(server.name()));
            Scenario.World world = new Scenario.World(server.address(), server.hostKey(), repository);
            free.add(new Ground(server, place, world));
        }
    }

    @AfterAll
    void show() throws IOException {
        StringBuilder text =
                new StringBuilder("| task | points | killed at | succeeded | rolled back |\n|---|---|---|---|---|\n");
        table.values().forEach(text::append);
        Path report = Path.of("target", "crash-matrix.md");
        Files.createDirectories(report.toAbsolutePath().getParent());
        Files.writeString(report, text);
        lab.close();
    }

    @ParameterizedTest
    @EnumSource(value = Scenario.class, mode = EnumSource.Mode.MATCH_NONE, names = "WORDPRESS_.*")
    @Execution(ExecutionMode.CONCURRENT)
    void survivesKillAtEveryPoint(Scenario scenario) throws Exception {
        onGround(scenario, 1);
    }

    @ParameterizedTest
    @EnumSource(value = Scenario.class, mode = EnumSource.Mode.MATCH_ALL, names = "WORDPRESS_.*")
    @Execution(ExecutionMode.CONCURRENT)
    void aWordPressSurvivesKill(Scenario scenario) throws Exception {
        onGround(scenario, EVERY);
    }

    private void onGround(Scenario scenario, int every) throws Exception {
        Ground ground = free.take();
        try {
            play(scenario, ground, every);
        } finally {
            free.add(ground);
        }
    }

    private void play(Scenario scenario, Ground ground, int every) throws Exception {
        LabServer server = ground.server();
        Path before = prepared(scenario, ground);
        Ground.State untouched = ground.look(scenario);

        Path undisturbed = copy(before, ground.directory().resolve("undisturbed"));
        String end = last(program(undisturbed, scenario, 0, ground.world()));
        assertThat(end).as("an undisturbed run").startsWith("ENDED " + scenario.end());
        Ground.State done = ground.look(scenario);
        int points = Integer.parseInt(end.substring(end.lastIndexOf(' ') + 1));
        assertThat(points).isGreaterThan(3);
        if (scenario.end() == TaskState.ROLLED_BACK) {
            assertThat(done.differencesFrom(untouched))
                    .as("taken back without a trace")
                    .isEmpty();
        }

        Map<TaskState, Integer> ends = new TreeMap<>();
        int killed = 0;
        for (int point = 1 + scenario.ordinal() % every; ; point += every) {
            ground.restore(scenario);
            Path home = copy(before, ground.directory().resolve("home"));
            String where = last(program(home, scenario, point, ground.world()));
            if (where.startsWith("ENDED")) {
                break;
            }
            killed++;
            TaskInfo task = resumed(home, scenario, ground.world());
            String what = scenario + " killed at point " + point + " (" + where + "): " + task;
            assertThat(task.state()).as(what).isIn(TaskState.SUCCEEDED, TaskState.ROLLED_BACK);
            Ground.State expected = task.state() == TaskState.SUCCEEDED ? done : untouched;
            assertThat(ground.look(scenario).differencesFrom(expected)).as(what).isEmpty();
            assertThat(server.exec("nginx", "-t", "-q").succeeded())
                    .as("nginx would start: " + what)
                    .isEqualTo(!scenario.before().contains(Scenario.Step.BREAK));
            ends.merge(task.state(), 1, Integer::sum);
        }
        // An undisturbed run may pass a point or two less or more: what is said in the background is written when it
        // fits.
        assertThat(killed)
                .as("points at which it was killed")
                .isBetween((points - 2) / every, (points + 2 + every - 1) / every);
        String row =
                "| " + scenario + " | " + points + " | " + killed + " | " + ends.getOrDefault(TaskState.SUCCEEDED, 0)
                        + " | " + ends.getOrDefault(TaskState.ROLLED_BACK, 0) + " |\n";
        LOG.info("killed {}", row.strip());
        table.put(scenario, row);
    }

    /** Does what comes before the scenario, and keeps the server and the store as they are then. */
    private Path prepared(Scenario scenario, Ground ground) throws Exception {
        LabServer server = ground.server();
        Path home = ground.directory().resolve("before");
        deleteTree(home);
        Files.createDirectories(home);
        server.reset();
        // A WordPress asks for updates, and the lab has nobody who answers: so it hears that at once.
        server.exec("sh", "-c", "grep -q wordpress.org /etc/hosts || echo 127.0.0.1 api.wordpress.org >>/etc/hosts")
                .orThrow();
        try (Aegir aegir = Aegir.open(home)) {
            aegir.secrets().keep(Scenario.KEY, Secret.of(Files.readString(lab.privateKey())));
            for (Scenario.Step step : scenario.before()) {
                switch (step) {
                    case DRIFT ->
                        server.exec(
                                        "sh",
                                        "-c",
                                        "echo '# by hand' >> /etc/nginx/aegir/sites/" + Scenario.SITE_ID + ".conf")
                                .orThrow();
                    case BREAK ->
                        server.execWithInput("nonsense {\n", "tee", "/etc/nginx/conf.d/by-hand.conf")
                                .orThrow();
                    case LOSE_CODE ->
                        server.exec("rm", "-rf", "/srv/aegir/code/" + Scenario.CODE_ID)
                                .orThrow();
                    default -> aegir.run(scenario.task(step, ground.world())).orThrow();
                }
            }
        }
        ground.keep(scenario);
        return home;
    }

    /** Runs the program and, when it waits at its deadly point, kills it. Gives what it said. */
    private static List<String> program(Path home, Scenario scenario, int deadly, Scenario.World world)
            throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CrashedProgram.class.getName(),
                        home.toString(),
                        scenario.name(),
                        Integer.toString(deadly),
                        world.address().toString(),
                        world.hostKey(),
                        world.repository())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> lines = new java.util.ArrayList<>();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                lines.add(line);
                if (line.startsWith("AT ")) {
                    process.destroyForcibly(); // SIGKILL
                    break;
                }
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(lines).as("the program said something").isNotEmpty();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String last(List<String> lines) {
        // Libraries may complain in between.
        List<String> ours =
                lines.stream().filter(line -> line.matches("(AT|ENDED) .*")).toList();
        assertThat(ours).as(String.join("\n", lines)).isNotEmpty();
        return ours.get(ours.size() - 1);
    }

    /** What happens after the restart: whoever wanted the task asks for it again by its key, and awaits its end. */
    private static TaskInfo resumed(Path home, Scenario scenario, Scenario.World world) throws InterruptedException {
        try (Aegir aegir = Aegir.open(home)) {
            return aegir.submit(Submission.of(scenario.task(world)).key(scenario.name()))
                    .await(Duration.ofMinutes(3));
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        deleteTree(to);
        try (var tree = Files.walk(from)) {
            tree.forEach(path -> {
                try {
                    Files.copy(
                            path,
                            to.resolve(from.relativize(path).toString()),
                            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return to;
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, java.io.IOException failure) throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
