// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.FailsForGood;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promise 5: {@code kill -9} at any moment; after the restart the task resumes or is taken back, and what it reports is
 * true. For every task a program of its own is killed at crash points; where bringing the servers back takes long, the
 * program that goes on with it is killed too, and the next. After that the store is opened again, the task's end awaited, and
 * the servers compared, byte for byte, with what that end says: as they were before, or as an undisturbed run leaves them; and
 * so is what their visitors get, and what the inventory says.
 */
@Tag("lab")
@ExtendWith(FailsForGood.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(7200)
class CrashMatrixIT {
    private static final Logger LOG = LoggerFactory.getLogger(CrashMatrixIT.class);

    /** The scenarios are shared out over as many grounds as this machine has cores for. */
    private static final List<List<String>> GROUNDS = List.of(List.of("crash1", "crash3"), List.of("crash2", "crash4"));

    private final Map<Scenario, String> table = Collections.synchronizedMap(new EnumMap<>(Scenario.class));
    private final Set<String> kinds = Collections.synchronizedSet(new TreeSet<>());
    private final Set<String> killedKinds = Collections.synchronizedSet(new HashSet<>());
    private final BlockingQueue<Ground> free = new LinkedBlockingQueue<>();
    private Lab lab;

    @BeforeAll
    void startServers(@TempDir Path directory) throws IOException {
        lab = Lab.open();
        LabServer git = lab.server("git");
        String repository = LabGit.handbook(git, "/srv/git/handbook.git").daemonUrl();
        lab.servers(GROUNDS.stream().flatMap(List::stream).toArray(String[]::new));
        for (List<String> names : GROUNDS) {
            Path place = Files.createDirectories(directory.resolve(names.get(0)));
            List<Machine> machines =
                    names.stream().map(lab::server).map(Machine::new).toList();
            free.add(new Ground(machines, place, lab.privateKey(), repository));
        }
    }

    @AfterAll
    void show() throws IOException {
        StringBuilder text = new StringBuilder(
                "| task | points | kills | tasks killed | succeeded | rolled back |\n|---|--:|--:|--:|--:|--:|\n");
        table.values().forEach(text::append);
        Set<String> never = new TreeSet<>(kinds);
        never.removeAll(killedKinds);
        text.append("\nKinds of step: ")
                .append(kinds.size())
                .append("; never killed in one: ")
                .append(never)
                .append('\n');
        Path report = Path.of("target", "crash-matrix.md");
        Files.createDirectories(report.toAbsolutePath().getParent());
        Files.writeString(report, text);
        lab.close();
    }

    /** All, or those whose names match {@code -Daegir.crash.only}. */
    static Stream<Scenario> survivesKill() {
        String only = System.getProperty("aegir.crash.only", ".*");
        return Arrays.stream(Scenario.values())
                .filter(scenario -> scenario.name().matches(only));
    }

    @ParameterizedTest
    @MethodSource
    @Execution(ExecutionMode.CONCURRENT)
    void survivesKill(Scenario scenario) throws Exception {
        Ground ground = free.take();
        try {
            play(scenario, ground);
        } finally {
            free.add(ground);
        }
    }

    private void play(Scenario scenario, Ground ground) throws Exception {
        Path before = ground.prepared(scenario);
        Ground.State untouched = ground.look(scenario, before);
        Path undisturbed = Homes.copy(before, ground.directory().resolve("undisturbed"));
        List<String> said = ground.run(undisturbed, scenario, "0");
        assertThat(Killer.last(said)).as("an undisturbed run").startsWith("ENDED " + scenario.end());
        Ground.State done = ground.look(scenario, undisturbed);
        List<CrashPoints.Point> points = said.stream()
                .filter(line -> line.startsWith("POINT "))
                .map(CrashMatrixIT::point)
                .toList();
        assertThat(points).hasSizeGreaterThan(3);
        if (scenario.end() == TaskState.ROLLED_BACK) {
            assertThat(done.differencesFrom(untouched))
                    .as("taken back without a trace")
                    .isEmpty();
        }

        Map<TaskState, Integer> ends = new TreeMap<>();
        List<CrashPoints.Point> sample = Sample.of(scenario, points);
        List<CrashPoints.Point> killedAt = new ArrayList<>();
        Deque<List<CrashPoints.Point>> plays = new ArrayDeque<>(Sample.plays(scenario, sample));
        Iterator<CrashPoints.Point> others = Sample.others(sample, points).iterator();
        while (!plays.isEmpty() || (killedAt.isEmpty() && others.hasNext())) {
            List<CrashPoints.Point> play = plays.isEmpty() ? List.of(others.next()) : plays.remove();
            ground.restore(scenario);
            Path home = Homes.copy(before, ground.directory().resolve("home"));
            List<CrashPoints.Point> kills = killed(home, scenario, play, ground);
            if (!kills.isEmpty()) {
                killedAt.addAll(kills);
                ends.merge(resumed(home, scenario, kills, ground, untouched, done), 1, Integer::sum);
            }
            // Where it did not come again it is killed there in a run of its own; what is said in the background is
            // written when it fits, and such a point may not come at all.
            play.stream()
                    .filter(point -> play.size() > 1 && !kills.contains(point))
                    .map(List::of)
                    .forEach(plays::add);
        }
        killedAt.forEach(point -> killedKinds.add(point.kind()));
        int killed = killedAt.size();
        // Some come another number of times where steps run side by side; most do come.
        assertThat(killed)
                .as("points at which it was killed")
                .isBetween(Math.max(1, sample.size() * 2 / 3), sample.size());
        points.forEach(point -> kinds.add(point.kind()));
        String row = "| " + scenario + " | " + points.size() + " | " + killed + " | "
                + ends.values().stream().mapToInt(Integer::intValue).sum() + " | "
                + ends.getOrDefault(TaskState.SUCCEEDED, 0) + " | " + ends.getOrDefault(TaskState.ROLLED_BACK, 0)
                + " |\n";
        LOG.info("killed {}", row.strip());
        table.put(scenario, row);
    }

    /** Kills it at one point after the other, each time while it goes on. Gives those at which it was. */
    private static List<CrashPoints.Point> killed(
            Path home, Scenario scenario, List<CrashPoints.Point> play, Ground ground) throws Exception {
        List<CrashPoints.Point> kills = new ArrayList<>();
        for (CrashPoints.Point point : play) {
            String deadly = kills.isEmpty() ? point.deadly() : point.deadlyAgain();
            if (Killer.last(ground.run(home, scenario, deadly)).startsWith("ENDED")) {
                break;
            }
            kills.add(point);
        }
        return kills;
    }

    private static CrashPoints.Point point(String line) {
        int tab = line.indexOf('\t');
        String deadly = line.substring(tab + 1);
        return new CrashPoints.Point(
                line.substring("POINT ".length(), tab),
                deadly.substring(deadly.indexOf(' ') + 1),
                Integer.parseInt(deadly.substring(0, deadly.indexOf(' '))));
    }

    /** What happens after the restart: whoever wanted the task asks for it again by its key, and awaits its end. */
    private static TaskState resumed(
            Path home,
            Scenario scenario,
            List<CrashPoints.Point> kills,
            Ground ground,
            Ground.State untouched,
            Ground.State done)
            throws InterruptedException {
        try (Aegir aegir = Aegir.open(home)) {
            TaskInfo task = aegir.submit(
                            Submission.of(scenario.task(ground.world())).key(scenario.name()))
                    .await(Duration.ofMinutes(3));
            String what = scenario + " killed at " + kills + ": " + task;
            assertThat(task.state()).as(what).isIn(TaskState.SUCCEEDED, TaskState.ROLLED_BACK);
            boolean succeeded = task.state() == TaskState.SUCCEEDED;
            Ground.State now = ground.look(scenario, aegir.inventory());
            assertThat(now.differencesFrom(succeeded ? done : untouched))
                    .as(what)
                    .isEmpty();
            assertThat(now.stored()).as(what).isEqualTo(now.backups());
            if (succeeded) {
                assertThat(now.backups()).as(what).isEqualTo(done.backups());
            } else {
                // A failure never deletes the safety backup that was made before it.
                now.backups().remove(Made.SAFETY_ID.value());
                assertThat(now.backups()).as(what).isEqualTo(untouched.backups());
            }
            assertThat(ground.websServe(scenario))
                    .as("nginx would start: " + what)
                    .isEqualTo(!scenario.before().contains(Scenario.Step.BREAK));
            return task.state();
        }
    }
}
