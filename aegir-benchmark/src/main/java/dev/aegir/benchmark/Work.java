// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Ledger.NewTask;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.Transition;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Lock;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Tasks that do nothing, written into the ledger as the task runner does. */
final class Work {
    /** How many steps the plans have whose steps are begun and done in turn for ever. */
    static final int STEPS = 10;

    private Work() {}

    /** Something a thread does. */
    interface Part<T> {
        T run(int thread) throws Exception;
    }

    static <T> List<T> together(int threads, Part<T> part) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = IntStream.range(0, threads)
                    .mapToObj(i -> pool.submit(() -> part.run(i)))
                    .toList();
            List<T> all = new ArrayList<>();
            for (Future<T> future : futures) {
                all.add(future.get());
            }
            return all;
        } finally {
            pool.shutdownNow();
        }
    }

    static LedgerTask task() {
        Instant now = Instant.now();
        return new LedgerTask(
                Id.next(),
                Optional.empty(),
                "benchmark.noop",
                "Do nothing",
                "{\"site\":\"example.com\",\"size\":\"" + "x".repeat(100) + "\"}",
                0,
                Optional.empty(),
                CrashPolicy.RESUME,
                TaskState.WAITING,
                0,
                -1,
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                Optional.empty());
    }

    /** One of 2,000 sites to itself, and a share of one of 20 servers. */
    static List<Lock> locks(int number) {
        return List.of(Lock.exclusive("site", "s" + number % 2_000), new Lock("server", "web" + number % 20, 4));
    }

    static List<NewTask> tasks(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NewTask(task(), locks(i)))
                .toList();
    }

    static Id submit(Store store) {
        return submit(store, List.of());
    }

    static Id submit(Store store, List<Lock> locks) {
        return store.ledger().submit(task(), locks).id();
    }

    static Claim begin(Store store, Id task) {
        Claim claim = store.ledger().begin(task, Instant.now()).orElseThrow();
        record(store, claim, Transition.planned(plan(STEPS), -1, List.of(event(claim, Kind.PLANNED, ""))));
        return claim;
    }

    static List<LedgerStep> plan(int steps) {
        return IntStream.range(0, steps).mapToObj(Work::pending).toList();
    }

    private static LedgerStep pending(int number) {
        return new LedgerStep(
                number,
                number,
                "step " + number,
                "benchmark.Step",
                "{\"path\":\"/srv/site/" + number + "\"}",
                StepState.PENDING,
                0,
                Map.of(),
                Optional.empty());
    }

    /** One step is done and the next one begun, in one transition. */
    static void step(Store store, Claim claim, int number) {
        LedgerStep done =
                pending(number).begun().facts(Map.of("result", "\"ok\"")).state(StepState.DONE);
        LedgerStep next = pending((number + 1) % STEPS).begun();
        record(
                store,
                claim,
                Transition.steps(
                        List.of(done, next),
                        List.of(
                                event(claim, Kind.STEP_DONE, done.name()),
                                event(claim, Kind.STEP_STARTED, next.name()))));
    }

    /** Takes a task to its end. */
    static void run(Store store, Id id, int steps, Runnable whenDone) {
        Optional<Claim> begun = store.ledger().begin(id, Instant.now());
        if (begun.isEmpty()) {
            return;
        }
        Claim claim = begun.get();
        if (steps > 0) {
            List<LedgerStep> plan = new ArrayList<>(plan(steps));
            plan.set(0, plan.get(0).begun());
            record(store, claim, Transition.planned(plan, -1, List.of(event(claim, Kind.PLANNED, ""))));
            for (int i = 0; i < steps - 1; i++) {
                step(store, claim, i);
            }
        }
        List<LedgerStep> last =
                steps == 0 ? List.of() : List.of(pending(steps - 1).begun().state(StepState.DONE));
        record(
                store,
                claim,
                Transition.steps(last, List.of(event(claim, Kind.ENDED, "")))
                        .into(TaskState.SUCCEEDED, Optional.empty()));
        whenDone.run();
    }

    private static void record(Store store, Claim claim, Transition transition) {
        store.ledger().record(claim.task().id(), claim.task().fence(), transition, Instant.now());
    }

    private static TaskEvent event(Claim claim, Kind kind, String step) {
        return new TaskEvent(0, claim.task().id(), Instant.now(), kind, step, "");
    }

    static ProcessBuilder java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
