// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Id;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskState;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there, however and whenever the process dies. */
class KillTest {
    private static final int KILLS = 15;
    private static final int CHANGES = 100;

    @TempDir
    private Path home;

    @Test
    void nothingThatWasAcknowledgedIsLost() throws Exception {
        Path file = home.resolve("aegir.db");
        Random random = new Random();
        Set<String> acknowledged = new TreeSet<>();
        int kills = 0;
        while (kills < KILLS || acknowledged.size() < CHANGES) {
            List<String> said = killed(file, "run" + kills, random.nextInt(400));
            kills++;
            acknowledged.addAll(said);
            try (SqlStore store = Stores.openWithin(file)) {
                // All of the last run, and some of what was there before.
                said.forEach(line -> check(store, line));
                acknowledged.stream().filter(line -> random.nextInt(20) == 0).forEach(line -> check(store, line));
                assertThat(Stores.pragma(store, "integrity_check")).isEqualTo("ok");
            }
        }
        whatWasLeftRunningIsDeliveredAtOnce(file);
    }

    private static void whatWasLeftRunningIsDeliveredAtOnce(Path file) throws Exception {
        long begun = System.nanoTime();
        try (Store store = Stores.open(file)) {
            List<LedgerTask> left = store.ledger()
                    .list(new dev.aegir.spi.TaskQuery(
                            Set.of(TaskState.READY, TaskState.RUNNING), Optional.empty(), 1_000));
            assertThat(left).isNotEmpty();
            Set<Id> delivered = java.util.concurrent.ConcurrentHashMap.newKeySet();
            store.queue()
                    .listen(
                            id -> {
                                delivered.add(id);
                                Stores.run(store, id);
                            },
                            4);
            assertThat(Stores.within(Stores.SOON, () -> !delivered.isEmpty())).isTrue();
            // Who waited until a heartbeat is missed would wait for minutes.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
            for (LedgerTask task : left) {
                assertThat(Stores.within(Stores.SOON, () -> Stores.state(store, task.id()) == TaskState.SUCCEEDED))
                        .isTrue();
            }
        }
    }

    /** Lets a program work, kills it, and gives what it had said until then. */
    private static List<String> killed(Path file, String run, int millis) throws Exception {
        Process program = Stores.java(BusyProgram.class, file.toString(), run);
        List<String> said = new ArrayList<>();
        try (BufferedReader reader = program.inputReader()) {
            said.add(reader.readLine());
            Thread killer = new Thread(() -> {
                try {
                    // The moment is random; that is the point.
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                // SIGKILL; by its handle, because Process.destroyForcibly would throw away what it has said.
                program.toHandle().destroyForcibly();
            });
            killer.start();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.add(line);
            }
            killer.join();
        }
        assertThat(program.waitFor()).isEqualTo(137);
        // The last line may have been cut.
        return said.subList(0, said.size() - 1);
    }

    private static void check(Store store, String line) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "task" ->
                assertThat(store.ledger().findByKey(words[2]).map(LedgerTask::id))
                        .as(line)
                        .contains(Id.of(words[1]));
            case "fence" ->
                assertThat(store.ledger().find(Id.of(words[1])).orElseThrow().fence())
                        .as(line)
                        .isEqualTo(Long.parseLong(words[2]));
            case "event" ->
                assertThat(store.ledger().events(Id.of(words[1]), 0, 100))
                        .as(line)
                        .extracting(TaskEvent::text)
                        .contains(words[2]);
            case "document" ->
                assertThat(store.documents().byKey("site", "www-" + words[1]))
                        .as(line)
                        .isPresent();
            case "ended" -> {
                assertThat(Stores.state(store, Id.of(words[1]))).as(line).isEqualTo(TaskState.SUCCEEDED);
                assertThat(store.ledger().steps(Id.of(words[1])).get(0).state())
                        .as(line)
                        .isEqualTo(StepState.DONE);
            }
            default -> throw new AssertionError(line);
        }
    }
}
