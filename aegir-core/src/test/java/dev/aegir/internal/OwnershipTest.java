// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.TaskHandle;
import dev.aegir.host.FencedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreException;
import dev.aegir.task.Doubt;
import dev.aegir.task.Plan;
import dev.aegir.task.StepInfo;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who owns a task, what becomes of one whose owner is gone, and of an owner whose task is (abuse cases 43 and 45). */
class OwnershipTest {
    private final Bench bench = new Bench(builder -> builder.threads(0));
    private final World world = bench.world;
    private final ExecutorService threads = java.util.concurrent.Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
        bench.close();
    }

    private TaskInfo info(Id id) {
        return bench.aegir.task(id).orElseThrow().info();
    }

    /** Runs a task by somebody who dies in the middle of a step. */
    private Id interruptedIn(String step, World.Job job) throws InterruptedException {
        Id id = bench.submit(job).id();
        killIn(step, id);
        return id;
    }

    private void killIn(String step, Id id) throws InterruptedException {
        MortalLedger mortal = new MortalLedger(bench.store.ledger());
        Store store = Executors.with(bench.store, mortal, bench.store.documents());
        world.when("do " + step, context -> {
            world.never("do " + step);
            mortal.die();
        });
        try (TaskRunner runner = Executors.runner(bench, store)) {
            assertThatThrownBy(() -> runner.run(id)).isInstanceOf(MortalLedger.Killed.class);
        }
    }

    private TaskInfo goOn(Id id) throws InterruptedException {
        bench.clock.pass(Duration.ofMinutes(2));
        try (TaskRunner runner = Executors.runner(bench, Executors.leftOpen(bench.store))) {
            runner.run(id);
        }
        return info(id);
    }

    @Test
    void aStepInDoubtIsRunAgain() throws InterruptedException {
        Id id = interruptedIn("b", world.job("a", "b", "c"));
        assertThat(info(id).state()).isEqualTo(TaskState.RUNNING);
        TaskInfo info = goOn(id);
        assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b", "do b", "do c");
        assertThat(info.steps()).extracting(StepInfo::attempts).containsExactly(1, 2, 1);
        assertThat(bench.aegir.task(id).orElseThrow().events(0))
                .filteredOn(event -> event.kind() == Kind.STEP_IN_DOUBT)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.step()).isEqualTo("b");
                    assertThat(event.text()).isEqualTo("RUN_AGAIN");
                });
        assertThat(bench.aegir.task(id).orElseThrow().events(0))
                .extracting(TaskEvent::text)
                .contains("going on after an interruption");
    }

    @Test
    void aStepInDoubtIsDone() throws InterruptedException {
        world.doubts.put("b", Doubt.DONE);
        Id id = interruptedIn("b", world.job("a", "b", "c"));
        assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b", "do c");
    }

    @Test
    void aStepInDoubtIsToBeTakenBack() throws InterruptedException {
        world.doubts.put("b", Doubt.UNDO);
        Id id = interruptedIn("b", world.job("a", "b", "c"));
        TaskInfo info = goOn(id);
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElseThrow()).contains("Step \"b\"", "interrupted");
        assertThat(world.effects()).containsExactly("do a", "do b", "undo b", "undo a");
    }

    @Test
    void onlyAPersonKnowsAboutAStepInDoubt() throws InterruptedException {
        world.doubts.put("b", Doubt.ASK);
        Id id = interruptedIn("b", world.job("a", "b", "c"));
        TaskInfo asked = goOn(id);
        assertThat(asked.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(asked.cause().orElseThrow()).contains("Step \"b\"", "only a person can tell", "retry", "release");
        assertThat(asked.steps().get(1).state()).isEqualTo(StepState.STUCK);
        assertThat(world.effects()).containsExactly("do a", "do b");

        // The person says go on, and that is an answer: it is not asked the same again.
        bench.aegir.task(id).orElseThrow().retry();
        assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b", "do b", "do c");
    }

    @Test
    void aPersonsAnswerCountsOnce() throws InterruptedException {
        world.doubts.put("b", Doubt.ASK);
        Id id = interruptedIn("b", world.job("a", "b"));
        goOn(id);
        bench.aegir.task(id).orElseThrow().retry();
        killIn("b", id);
        assertThat(goOn(id).state()).isEqualTo(TaskState.NEEDS_ATTENTION);
    }

    @Test
    void aStepThatCannotSayWhetherItIsDone() throws InterruptedException {
        world.when("doubt b", context -> {
            throw new IllegalStateException("no idea");
        });
        Id id = interruptedIn("b", world.job("a", "b"));
        TaskInfo info = goOn(id);
        assertThat(info.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(info.cause().orElseThrow()).contains("no idea", "a person must");
        assertThat(world.effects()).containsExactly("do a", "do b");
    }

    @Test
    void aHostThatIsAwayIsWaitedForBeforeAPersonIsAsked() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        world.when("doubt b", context -> {
            if (asked.incrementAndGet() < 4) {
                throw new HostUnreachableException("web1", "still starting");
            }
        });
        world.doubts.put("b", Doubt.DONE);
        Id id = interruptedIn("b", world.job("a", "b"));
        for (int i = 0; i < 3; i++) {
            assertThat(goOn(id).state()).isEqualTo(TaskState.PARKED);
        }
        assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b");

        World other = new World();
        other.when("doubt b", context -> {
            throw new HostUnreachableException("web1", "gone");
        });
        Id lost = interruptedOther(other);
        for (int i = 0; i < 5; i++) {
            assertThat(goOn(lost).state()).isEqualTo(TaskState.PARKED);
        }
        assertThat(goOn(lost).state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(info(lost).cause().orElseThrow()).contains("web1", "gone");
        other.close();
    }

    private Id interruptedOther(World other) throws InterruptedException {
        Id id = bench.submit(other.job("b")).id();
        MortalLedger mortal = new MortalLedger(bench.store.ledger());
        other.when("do b", context -> mortal.die());
        try (TaskRunner runner =
                Executors.runner(bench, Executors.with(bench.store, mortal, bench.store.documents()))) {
            assertThatThrownBy(() -> runner.run(id)).isInstanceOf(MortalLedger.Killed.class);
        }
        return id;
    }

    @Test
    void pastTheCommitPointNothingIsTakenBackForADoubt() throws InterruptedException {
        world.doubts.put("b", Doubt.UNDO);
        Plan plan = world.plan("a").commit().then(world.act("b"));
        Id id = interruptedIn("b", world.job(plan));
        assertThat(goOn(id).state()).isEqualTo(TaskState.PARKED);
        assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b", "do b");
    }

    /** Fault 10: a step whose class vanished is never lost. */
    @Test
    void aStepThatIsNotKnownAnyMoreNeedsAttention() throws InterruptedException {
        Id id = interruptedIn("b", world.job("a", "b", "c"));
        bench.clock.pass(Duration.ofMinutes(2));
        try (TaskRunner runner = Executors.runnerWithoutTheTestsSteps(bench)) {
            runner.run(id);
        }
        TaskInfo info = info(id);
        assertThat(info.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(info.cause().orElseThrow()).contains("Step \"b\"", "World$Act is not known any more", "class path");
        assertThat(world.effects()).containsExactly("do a", "do b");

        // With the artifact back it goes on, and the step is still in doubt.
        bench.aegir.task(id).orElseThrow().retry();
        assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b", "do b", "do c");
    }

    @Test
    void aStepThatIsNotKnownAnyMoreWhileItIsTakenBack() throws InterruptedException {
        world.fails("do b");
        Id id = bench.submit(world.job("a", "b")).id();
        MortalLedger mortal = new MortalLedger(bench.store.ledger());
        world.when("undo b", context -> mortal.die());
        try (TaskRunner runner =
                Executors.runner(bench, Executors.with(bench.store, mortal, bench.store.documents()))) {
            assertThatThrownBy(() -> runner.run(id)).isInstanceOf(MortalLedger.Killed.class);
        }
        try (TaskRunner runner = Executors.runnerWithoutTheTestsSteps(bench)) {
            runner.run(id);
        }
        assertThat(info(id).state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(info(id).cause().orElseThrow()).contains("do b failed", "not known any more");
        world.never("undo b");
        bench.aegir.task(id).orElseThrow().retry();
        assertThat(goOn(id).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(world.effects()).endsWith("undo b", "undo a");
    }

    @Test
    void aTaskThatIsNotKnownAnyMoreEndsBeforeAnythingIsDone() throws InterruptedException {
        Id id = bench.submit(world.job("a")).id();
        try (TaskRunner runner = Executors.runnerWithoutTheTestsSteps(bench)) {
            runner.run(id);
        }
        assertThat(info(id).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info(id).cause().orElseThrow()).contains("There is no task test.job");
    }

    /** Abuse case 45: the first owner was paused, another has taken over; the first can no longer write anything. */
    @Test
    void anOwnerThatLostItsTaskWritesNothing() throws Exception {
        List<Throwable> refused = new ArrayList<>();
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch wakes = new CountDownLatch(1);
        Codebase codebase = Codebase.of("docs", CodeSource.directory("/srv/docs"));
        world.when("do a", context -> {
            world.never("do a");
            paused.countDown();
            World.await(wakes);
            for (Runnable write : List.<Runnable>of(
                    () -> context.remember("x", "y"),
                    () -> context.result("x", "y"),
                    () -> context.inventory().save(codebase),
                    () -> context.inventory().removeCodebase(codebase.id()))) {
                try {
                    write.run();
                } catch (FencedException e) {
                    refused.add(e);
                }
            }
            context.log("I am still here");
        });
        Id id = bench.submit(world.job("a", "b")).id();
        try (TaskRunner first = Executors.runner(bench, Executors.leftOpen(bench.store))) {
            Future<?> run = threads.submit(() -> {
                first.run(id);
                return null;
            });
            World.await(paused);
            assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
            List<TaskEvent> said = bench.aegir.task(id).orElseThrow().events(0);
            wakes.countDown();
            run.get(60, TimeUnit.SECONDS);
            assertThat(refused).hasSize(4);
            assertThat(info(id).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(info(id).results()).isEmpty();
            assertThat(bench.aegir.inventory().codebases()).isEmpty();
            assertThat(world.effects()).containsExactly("do a", "do a", "do b");
            // It may say what it has still to say, but nothing happens any more.
            assertThat(bench.aegir.task(id).orElseThrow().events(0))
                    .startsWith(said.toArray(TaskEvent[]::new))
                    .filteredOn(event -> event.kind() != Kind.LOG)
                    .hasSize(said.size());
        }
    }

    @Test
    void anOwnerThatLostItsTaskIsStoppedSoon() throws Exception {
        CountDownLatch paused = new CountDownLatch(1);
        AtomicReference<Throwable> stopped = new AtomicReference<>();
        world.when("do a", context -> {
            world.never("do a");
            paused.countDown();
            try {
                World.await(new CountDownLatch(1));
            } catch (InterruptedException e) {
                stopped.set(e);
                throw e;
            }
        });
        Id id = bench.submit(world.job("a", "b")).id();
        try (TaskRunner first = Executors.runner(bench, Executors.leftOpen(bench.store))) {
            Future<?> run = threads.submit(() -> {
                first.run(id);
                return null;
            });
            World.await(paused);
            assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
            run.get(60, TimeUnit.SECONDS);
            assertThat(stopped.get()).isInstanceOf(InterruptedException.class);
            assertThat(world.effects()).containsExactly("do a", "do a", "do b");
        }
    }

    /** A host may refuse for another reason than that the task has a new owner; then the task has no other to end it. */
    @Test
    void aHostThatRefusesThePresentOwnerIsAFailure() throws InterruptedException {
        world.when("do b", context -> {
            throw new FencedException("web1", "site:x");
        });
        Id id = bench.submit(world.job("a", "b")).id();
        TaskInfo info = goOn(id);
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElseThrow())
                .contains("Step \"b\": web1: site:x has a newer owner", "This store knows of none");
        world.when("do a", context -> {
            throw new FencedException("web1", "site:x");
        });
        world.when("undo a", context -> {
            throw new FencedException("web1", "site:x");
        });
        assertThat(goOn(bench.submit(world.job("a")).id()).state()).isEqualTo(TaskState.NEEDS_ATTENTION);
    }

    @Test
    void aTaskIsRunOnceAtATimeInOneProcess() throws Exception {
        Id id = bench.submit(world.blocks("do a").job("a")).id();
        try (TaskRunner runner = Executors.runner(bench, Executors.leftOpen(bench.store))) {
            Future<?> run = threads.submit(() -> {
                runner.run(id);
                return null;
            });
            world.awaitIn("do a");
            assertThatThrownBy(() -> runner.run(id))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(id.value());
            world.letGo("do a");
            run.get(60, TimeUnit.SECONDS);
            runner.run(id); // It has ended: nothing is to be done.
        }
        assertThat(info(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a");
    }

    /** A store that fails for a moment costs time, and nothing else. */
    @Test
    void aStoreThatFailsForAMomentIsAskedAgain() throws InterruptedException {
        for (int n = 1; n < 8; n++) {
            World one = new World();
            FailingLedger failing = new FailingLedger(bench.store.ledger(), n);
            Id id = bench.submit(one.job("a", "b", "c")).id();
            try (TaskRunner runner =
                    Executors.runner(bench, Executors.with(bench.store, failing, bench.store.documents()))) {
                for (int i = 0; i < 3 && !info(id).state().ended(); i++) {
                    try {
                        runner.run(id);
                    } catch (StoreException e) {
                        assertThat(e).hasMessage("the disk is full");
                    }
                }
            }
            assertThat(info(id).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(one.effects().stream().distinct()).containsExactly("do a", "do b", "do c");
            one.close();
        }
    }

    /** One of several steps side by side cannot write; the others are not left running behind the next owner's back. */
    @Test
    void whenTheStoreFailsInOneStepTheOthersAreStoppedBeforeTheTaskIsGivenBack() throws InterruptedException {
        FailingLedger failing = new FailingLedger(bench.store.ledger(), Integer.MAX_VALUE);
        CountDownLatch running = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        world.when("do b", context -> {
            world.never("do b");
            inside.incrementAndGet();
            running.countDown();
            try {
                World.await(new CountDownLatch(1));
            } finally {
                inside.decrementAndGet();
            }
        });
        world.when("doubt c", context -> {
            World.await(running);
            failing.failNext();
        });
        Plan plan = Plan.empty().together(List.of(List.of(world.act("b")), List.of(world.act("c"))));
        // Somebody died while the steps ran, so that the next owner asks them, and writes that they are run again.
        Id id = bench.submit(world.job(plan)).id();
        LedgerTask before = bench.store.ledger().find(id).orElseThrow();
        assertThat(before.state()).isEqualTo(TaskState.READY);
        MortalLedger mortal = new MortalLedger(bench.store.ledger());
        mortal.diesAt(1, true, () -> {});
        try (TaskRunner runner =
                Executors.runner(bench, Executors.with(bench.store, mortal, bench.store.documents()))) {
            assertThatThrownBy(() -> runner.run(id)).isInstanceOf(MortalLedger.Killed.class);
        }
        try (TaskRunner runner =
                Executors.runner(bench, Executors.with(bench.store, failing, bench.store.documents()))) {
            assertThatThrownBy(() -> runner.run(id)).isInstanceOf(StoreException.class);
            assertThat(inside).hasValue(0);
        }
        world.never("doubt c");
        assertThat(goOn(id).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    /** What is wrong in the runner itself must not keep a task from ever ending. */
    @Test
    void anErrorOfTheRunnerEndsWithAPerson() throws InterruptedException {
        FailingLedger failing = new FailingLedger(bench.store.ledger(), Integer.MAX_VALUE);
        failing.failNextFindWith(new IllegalArgumentException("a bug"));
        TaskHandle handle = bench.submit(world.job("a", "b"));
        try (TaskRunner runner =
                Executors.runner(bench, Executors.with(bench.store, failing, bench.store.documents()))) {
            runner.run(handle.id());
        }
        assertThat(handle.info().state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(handle.info().cause().orElseThrow()).contains("lies in Aegir itself", "a bug", "retry");
        handle.retry();
        assertThat(goOn(handle.id()).state()).isEqualTo(TaskState.SUCCEEDED);
    }
}
