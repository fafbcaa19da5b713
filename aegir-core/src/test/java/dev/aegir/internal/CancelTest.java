// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.TaskHandle;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Lock;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Plan;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Abuse case 46: whenever a task is cancelled, it is taken back cleanly or it finishes. */
class CancelTest {
    private final Bench bench = new Bench();
    private final World world = bench.world;

    @AfterEach
    void close() {
        bench.close();
    }

    private static final Lock LOCK = Lock.exclusive("thing", "x");

    private TaskHandle locked(World of, String... steps) {
        return bench.submit(of.job(planner -> {
            planner.lock(LOCK);
            return of.plan(steps);
        }));
    }

    @Test
    void whileItWaitsForALock() throws InterruptedException {
        TaskHandle first = locked(world.blocks("do a"), "a");
        world.awaitIn("do a");
        World other = new World();
        TaskHandle second = locked(other, "b");
        World third = new World();
        TaskHandle last = locked(third, "c");
        TaskInfo info = second.cancel("changed my mind");
        assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(info.cause()).contains("changed my mind");
        assertThat(Bench.kinds(second))
                .containsExactly(Kind.SUBMITTED, Kind.WAITING, Kind.CANCEL_REQUESTED, Kind.ENDED);
        world.letGo("do a");
        assertThat(Bench.ended(first).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(Bench.ended(last).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(other.effects()).isEmpty();
        other.close();
        third.close();
    }

    @Test
    void beforeItIsBegun() throws InterruptedException {
        // All four threads are busy.
        World[] busy = new World[4];
        for (int i = 0; i < 4; i++) {
            busy[i] = new World().blocks("do a");
            bench.submit(busy[i].job("a"));
            busy[i].awaitIn("do a");
        }
        TaskHandle ready = bench.submit(world.job("b"));
        assertThat(ready.info().state()).isEqualTo(TaskState.READY);
        assertThat(ready.cancel("no").state()).isEqualTo(TaskState.CANCELLED);
        for (World one : busy) {
            one.letGo("do a");
        }
        World last = new World();
        assertThat(bench.run(last.job("c")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).isEmpty();
        last.close();
        for (World one : busy) {
            one.close();
        }
    }

    @Test
    void insideAStep() throws InterruptedException {
        TaskHandle handle = bench.submit(world.blocks("do b").job("a", "b", "c"));
        world.awaitIn("do b");
        handle.cancel("stop it");
        TaskInfo info = Bench.ended(handle);
        assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(info.cause()).contains("stop it");
        assertThat(world.effects()).containsExactly("do a", "do b", "undo b", "undo a");
        assertThat(Bench.kinds(handle)).doesNotContain(Kind.STEP_FAILED);
    }

    /** What a step makes of being interrupted is its own business; that it was cancelled is not. */
    @Test
    void insideAStepThatThrowsSomethingElseForIt() throws InterruptedException {
        world.when("do b", context -> {
            world.when("undo b", undoing -> assertThat(Thread.interrupted()).isFalse());
            try {
                Thread.sleep(60_000); // Until it is interrupted.
            } catch (InterruptedException e) {
                throw new UncheckedIOException(new IOException("connection closed"));
            }
        });
        TaskHandle handle = bench.submit(world.job("a", "b"));
        while (!world.effects().contains("do b")) {
            Thread.onSpinWait();
        }
        handle.cancel("stop it");
        TaskInfo info = Bench.ended(handle);
        assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(info.cause()).contains("stop it");
    }

    @Test
    void insideAStepThatEndsWellNevertheless() throws InterruptedException {
        World in = world.when("do a", context -> {
            Thread waits = Thread.currentThread();
            world.letGo("ready");
            while (!waits.isInterrupted()) {
                Thread.onSpinWait();
            }
        });
        TaskHandle handle = bench.submit(in.job("a", "b"));
        while (!world.effects().contains("do a")) {
            Thread.onSpinWait();
        }
        handle.cancel("stop it");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(world.effects()).containsExactly("do a", "undo a");
    }

    @Test
    void insideTheLastStepThatEndsWellNevertheless() throws InterruptedException {
        world.when("do a", context -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        });
        TaskHandle handle = bench.submit(world.job("a"));
        while (!world.effects().contains("do a")) {
            Thread.onSpinWait();
        }
        handle.cancel("too late");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void insideStepsSideBySide() throws InterruptedException {
        world.blocks("do a").blocks("do b").blocks("do c");
        Plan plan = Plan.empty()
                .together(List.of(List.of(world.act("a")), List.of(world.act("b")), List.of(world.act("c"))));
        TaskHandle handle = bench.submit(world.job(plan));
        world.awaitIn("do a");
        world.awaitIn("do b");
        world.awaitIn("do c");
        handle.cancel("stop them");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(world.effects()).endsWith("undo c", "undo b", "undo a");
    }

    @Test
    void whileItIsTakenBack() throws InterruptedException {
        TaskHandle handle = bench.submit(world.fails("do b").blocks("undo a").job("a", "b"));
        world.awaitIn("undo a");
        assertThat(handle.cancel("now").state()).isEqualTo(TaskState.UNDOING);
        assertThat(handle.cancel("now!").state()).isEqualTo(TaskState.UNDOING);
        world.letGo("undo a");
        TaskInfo info = Bench.ended(handle);
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElseThrow()).contains("do b failed");
        assertThat(world.effects()).containsExactly("do a", "do b", "undo b", "undo a");
        assertThat(Bench.kinds(handle)).doesNotContain(Kind.CANCEL_REQUESTED);
        assertThat(bench.heard).extracting(TaskEvent::kind).doesNotContain(Kind.CANCEL_REQUESTED);
    }

    @Test
    void afterTheCommitPointItIsTooLate() throws InterruptedException {
        Plan plan = world.plan("switch").commit().then(world.act("after"), world.act("last"));
        AtomicBoolean interrupted = new AtomicBoolean();
        world.blocks("do after")
                .when(
                        "do last",
                        context -> interrupted.set(Thread.currentThread().isInterrupted()));
        TaskHandle handle = bench.submit(world.job(plan));
        world.awaitIn("do after");
        assertThat(handle.cancel("too late").state()).isEqualTo(TaskState.RUNNING);
        world.letGo("do after");
        TaskInfo info = Bench.ended(handle);
        assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do switch", "do after", "do last");
        assertThat(interrupted).isFalse();
        assertThat(info.steps()).allSatisfy(step -> {
            assertThat(step.attempts()).isEqualTo(1);
            assertThat(step.error()).isEmpty();
        });
        assertThat(handle.events(0))
                .anySatisfy(event -> assertThat(event.text()).contains("too late, it finishes"));
    }

    @Test
    void insideTheCommitPointItselfItIsTakenBack() throws InterruptedException {
        Plan plan = world.plan("a", "switch").commit().then(world.act("after"));
        TaskHandle handle = bench.submit(world.blocks("do switch").job(plan));
        world.awaitIn("do switch");
        handle.cancel("in time");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(world.effects()).containsExactly("do a", "do switch", "undo switch", "undo a");
    }

    /** The wish comes at every point around the commit point; the outcome is one of the two, and whole. */
    @Test
    void aroundTheCommitPoint() throws InterruptedException {
        for (int i = 0; i < 60; i++) {
            World one = new World();
            Plan plan = one.plan("a", "switch").commit().then(one.act("after"), one.act("last"));
            TaskHandle handle = bench.submit(one.job(plan));
            int wanted = i % 5;
            while (one.effects().size() < wanted && !handle.info().state().ended()) {
                Thread.onSpinWait();
            }
            handle.cancel("maybe");
            TaskInfo info = Bench.ended(handle);
            List<String> effects = one.effects();
            if (info.state() == TaskState.SUCCEEDED) {
                assertThat(effects).containsExactly("do a", "do switch", "do after", "do last");
                assertThat(info.steps())
                        .allSatisfy(step -> assertThat(step.attempts()).isEqualTo(1));
            } else {
                assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
                assertThat(effects).doesNotContain("do after");
                assertThat(effects.contains("do a")).isEqualTo(effects.contains("undo a"));
                assertThat(effects.contains("do switch")).isEqualTo(effects.contains("undo switch"));
            }
            one.close();
        }
    }

    @Test
    void anEndedTaskStaysAsItIs() throws InterruptedException {
        TaskHandle handle = bench.submit(world.job("a"));
        TaskInfo ended = Bench.ended(handle);
        int events = handle.events(0).size();
        int heard = bench.heard.size();
        assertThat(handle.cancel("why not")).isEqualTo(ended);
        assertThat(handle.events(0)).hasSize(events);
        assertThat(bench.heard).hasSize(heard);
    }

    @Test
    void twiceIsOnce() throws InterruptedException {
        TaskHandle first = locked(world.blocks("do a"), "a");
        world.awaitIn("do a");
        World other = new World();
        TaskHandle second = locked(other, "b");
        second.cancel("one");
        second.cancel("two");
        assertThat(bench.heard.stream().filter(event -> event.task().equals(second.id())))
                .extracting(TaskEvent::kind)
                .containsExactly(Kind.SUBMITTED, Kind.WAITING, Kind.CANCEL_REQUESTED, Kind.ENDED);
        assertThat(second.info().cause()).contains("one");
        world.letGo("do a");
        Bench.ended(first);
        other.close();
    }

    @Test
    void anUnknownTaskIsRefused() {
        Id unknown = Id.next();
        assertThat(bench.aegir.task(unknown)).isEmpty();
        assertThatThrownBy(() -> new LedgerProbe(bench).cancel(unknown))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(unknown.value());
    }

    /** A handle on a task that was never submitted. */
    private record LedgerProbe(Bench bench) {
        void cancel(Id id) throws InterruptedException {
            TaskHandle handle = bench.submit(bench.world.job("a"));
            Bench.ended(handle);
            try (LedgerExecutor executor = Executors.over(bench, bench.store, Patience.USUAL, 0)) {
                executor.cancel(id, "x");
            }
        }
    }

    @Test
    void aParkedTask() throws InterruptedException {
        world.when("do a", context -> {
            throw new NotYetException(context.now().plus(Duration.ofDays(1)), "later");
        });
        TaskHandle handle = bench.submit(world.job("a", "b"));
        bench.awaitHeard(handle, Kind.PARKED);
        handle.cancel("no more");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
        // It has run, so it is taken back, although it waits to be run again.
        assertThat(world.effects()).containsExactly("do a", "undo a");
    }

    @Test
    void whileAStepDecidesToWait() throws InterruptedException {
        world.when("do a", context -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            throw new NotYetException(context.now().plus(Duration.ofDays(1)), "later");
        });
        TaskHandle handle = bench.submit(world.job("a"));
        while (!world.effects().contains("do a")) {
            Thread.onSpinWait();
        }
        handle.cancel("no more");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(world.effects()).containsExactly("do a", "undo a");
    }

    @Test
    void aStepOnAHostThatCannotBeReached() throws InterruptedException {
        world.blocks("do a").when("undo a", context -> {
            throw new HostUnreachableException("web1", "no route", new IOException("x"), true);
        });
        TaskHandle handle = bench.submit(world.job("a"));
        world.awaitIn("do a");
        handle.cancel("it takes too long");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void whileItIsPlanned() throws InterruptedException {
        AtomicBoolean again = new AtomicBoolean();
        TaskHandle handle = bench.submit(world.job(planner -> {
            if (again.getAndSet(true)) {
                world.letGo("planning");
                try {
                    Thread.sleep(60_000); // Until it is interrupted.
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return world.plan("a");
        }));
        while (handle.info().state() != TaskState.RUNNING) {
            Thread.onSpinWait();
        }
        handle.cancel("it takes too long");
        TaskInfo info = Bench.ended(handle);
        assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(info.cause()).contains("it takes too long");
        assertThat(world.effects()).isEmpty();
    }

    /** Abuse case 50: the thread is lost, the task is not. */
    @Test
    void aStepThatDoesNotStop() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        world.when("do b", context -> {
            while (!over.get()) {
                Thread.onSpinWait();
            }
            context.log("I am back");
        });
        Patience little = new Patience(
                Patience.USUAL.retries(), Duration.ofMillis(50), Duration.ofMillis(50), Patience.USUAL.look());
        try (LedgerExecutor executor = Executors.over(bench, new InMemoryStore(bench.clock), little, 2)) {
            Id id = executor.submit(List.of(dev.aegir.task.Submission.of(world.job("a", "b"))))
                    .get(0);
            while (!world.effects().contains("do b")) {
                Thread.onSpinWait();
            }
            executor.cancel(id, "it hangs");
            TaskInfo info = executor.await(id, Bench.LONG);
            assertThat(info.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
            assertThat(info.cause().orElseThrow()).contains("Step \"b\"", "did not", "left behind");
            assertThat(info.steps().get(1).state()).isEqualTo(StepState.STUCK);
            int events = executor.events(id, 0, 1000).size();
            over.set(true);
            executor.retry(id);
            TaskInfo end = executor.await(id, Bench.LONG);
            assertThat(end.state()).as("it was cancelled after all").isEqualTo(TaskState.CANCELLED);
            assertThat(world.effects()).containsExactly("do a", "do b", "undo b", "undo a");
            assertThat(executor.events(id, 0, 1000))
                    .hasSizeGreaterThan(events)
                    .noneSatisfy(event -> assertThat(event.text()).isEqualTo("I am back"));
        }
    }

    @Test
    void fromAnotherProcess() throws InterruptedException {
        TaskHandle handle = bench.submit(world.blocks("do a").job("a"));
        world.awaitIn("do a");
        try (LedgerExecutor other = Executors.over(bench, Executors.leftOpen(bench.store), Patience.USUAL, 0)) {
            other.cancel(handle.id(), "from afar");
            assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
        }
        assertThat(world.effects()).containsExactly("do a", "undo a");
    }
}
