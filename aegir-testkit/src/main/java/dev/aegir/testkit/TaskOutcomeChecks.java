// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import dev.aegir.task.StepInfo;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** How tasks end, and that they say so. */
final class TaskOutcomeChecks {
    private TaskOutcomeChecks() {}

    static List<StepState> states(TaskInfo info) {
        return info.steps().stream().map(StepInfo::state).toList();
    }

    static void areTrue(ExecutorUnderTest at) throws Exception {
        at.world.when("do a", context -> context.result("where", "here"));
        TaskInfo info = at.run(at.world.job("a", "b"));
        assertEquals(TaskState.SUCCEEDED, info.state());
        assertEquals(List.of("do a", "do b"), at.world.effects(), "its steps run, each once");
        assertEquals(List.of(StepState.DONE, StepState.DONE), states(info));
        assertEquals(
                List.of("a", "b"), info.steps().stream().map(StepInfo::name).toList());
        assertEquals(
                List.of(1, 1), info.steps().stream().map(StepInfo::attempts).toList());
        assertEquals(Map.of("where", "here"), info.results(), "results are for the caller");
        assertEquals("job of a, b", info.title());
        assertTrue(info.cause().isEmpty(), "a success needs no reason");
        List<TaskEvent.Kind> kinds =
                at.events(info.id()).stream().map(TaskEvent::kind).toList();
        assertEquals(TaskEvent.Kind.SUBMITTED, kinds.get(0), "the first event");
        assertEquals(TaskEvent.Kind.ENDED, kinds.get(kinds.size() - 1), "the last event");
        assertEquals(TaskState.SUCCEEDED, at.run(at.world.job()).state(), "a task with nothing to do succeeds");
    }

    static void runInOrderAndSideBySide(ExecutorUnderTest at) throws Exception {
        AtomicBoolean early = new AtomicBoolean();
        // Whoever does not wait for the first stage has time enough to show it.
        at.world.when(
                "do a",
                context -> early.set(StoreUnderTest.within(
                        at.moment(), () -> at.world.effects().size() > 1)));
        CountDownLatch both = new CountDownLatch(2);
        for (String step : List.of("b1", "b2")) {
            at.world.when("do " + step, context -> {
                both.countDown();
                at.world.await(both, "The steps of one stage did not run at the same time");
            });
        }
        ExecutorWorld.Job job = at.world.job(
                "stages",
                planner -> at.world
                        .plan("a")
                        .together(List.of(List.of(at.world.act("b1"), at.world.act("c1")), List.of(at.world.act("b2"))))
                        .then(at.world.act("d")));
        TaskInfo info = at.run(job);
        assertEquals(
                TaskState.SUCCEEDED, info.state(), () -> "the steps of one stage run side by side: " + info.cause());
        assertFalse(early.get(), "stages run one after the other");
        List<String> effects = at.world.effects();
        assertEquals("do a", effects.get(0), "stages run one after the other");
        assertEquals(
                List.of("do b1", "do b2"),
                effects.subList(1, 3).stream().sorted().toList());
        assertEquals(List.of("do c1", "do d"), effects.subList(3, effects.size()));
    }

    static void takeBackInReverse(ExecutorUnderTest at) throws Exception {
        at.world.fails("do c");
        TaskInfo info = at.run(at.world.job("a", "b", "c", "d"));
        assertEquals(TaskState.ROLLED_BACK, info.state());
        assertEquals(
                List.of("do a", "do b", "do c", "undo c", "undo b", "undo a"),
                at.world.effects(),
                "what was done is taken back in reverse, the step that failed first");
        assertTrue(info.cause().orElse("").contains("do c failed"), () -> "the reason is told: " + info.cause());
        assertEquals(List.of(StepState.UNDONE, StepState.UNDONE, StepState.UNDONE, StepState.PENDING), states(info));
    }

    static void cannotAlwaysBeTakenBack(ExecutorUnderTest at) throws Exception {
        at.world.fails("do b").fails("undo b");
        Lock lock = Lock.exclusive("thing", "outcome");
        ExecutorWorld.Job job = at.world.job("stuck", planner -> {
            planner.lock(lock);
            return at.world.plan("a", "b");
        });
        TaskInfo stuck = at.run(job);
        assertEquals(TaskState.NEEDS_ATTENTION, stuck.state());
        assertTrue(stuck.cause().orElse("").contains("undo b failed"), () -> "the reason is told: " + stuck.cause());
        assertEquals(List.of("do a", "do b", "undo b"), at.world.effects(), "nothing is taken back past what is stuck");
        Id waiting = at.submit(at.world.job("waiting", planner -> {
            planner.lock(lock);
            return at.world.plan("next");
        }));
        assertEquals(TaskState.WAITING, at.info(waiting).state(), "what needs attention keeps its locks");
        at.world.never("undo b");
        at.executor().retry(stuck.id());
        assertEquals(TaskState.ROLLED_BACK, at.ended(stuck.id()).state(), "retried, it goes on where it stopped");
        assertEquals(TaskState.SUCCEEDED, at.ended(waiting).state());
        assertEquals(List.of("do a", "do b", "undo b", "undo b", "undo a", "do next"), at.world.effects());
        Assertions.assertThrows(RefusedException.class, () -> at.executor().retry(stuck.id()), "it has ended");
    }

    static void areReleasedByAPerson(ExecutorUnderTest at) throws Exception {
        at.world.fails("do a").fails("undo a");
        Lock lock = Lock.exclusive("thing", "released");
        TaskInfo stuck = at.run(at.world.job("stuck", planner -> {
            planner.lock(lock);
            return at.world.plan("a");
        }));
        assertEquals(TaskState.NEEDS_ATTENTION, stuck.state());
        Id waiting = at.submit(at.world.job("waiting", planner -> {
            planner.lock(lock);
            return at.world.plan("next");
        }));
        at.executor().release(stuck.id(), "mended by hand");
        assertEquals(TaskState.SUCCEEDED, at.ended(waiting).state(), "released, its locks are free");
        Assertions.assertThrows(
                RefusedException.class, () -> at.executor().release(waiting, "no"), "only what needs attention");
    }

    static void areNeverTakenBackAfterTheCommitPoint(ExecutorUnderTest at) throws Exception {
        at.world.fails("do after");
        Plan plan = at.world.plan("before", "switch").commit().then(at.world.act("after"));
        Id task = at.submit(at.world.job("commit", planner -> plan));
        TaskInfo info = at.endedInTime(task);
        assertEquals(TaskState.NEEDS_ATTENTION, info.state(), "after the commit point nothing is rolled back");
        List<String> effects = at.world.effects();
        assertFalse(effects.stream().anyMatch(e -> e.startsWith("undo")), "after the commit point nothing is undone");
        long tries = effects.stream().filter("do after"::equals).count();
        assertTrue(tries > 1, "after the commit point what failed is tried again before a person is asked");
        assertEquals(List.of("do before", "do switch"), effects.subList(0, 2));
        assertEquals(1, Stream.of("do switch").filter(effects::contains).count());
        at.world.never("do after");
        at.executor().retry(task);
        assertEquals(TaskState.SUCCEEDED, at.endedInTime(task).state(), "retried, it goes on where it stopped");
        assertEquals(tries + 3, at.world.effects().size(), "what was done is not done again");
    }

    static void areRefusedBeforeTheyBegin(ExecutorUnderTest at) throws Exception {
        ExecutorWorld.Job good = at.world.job("a");
        ExecutorWorld.Job bad = at.world.job("bad", planner -> {
            throw new RefusedException("There is no such thing.");
        });
        Assertions.assertThrows(
                RefusedException.class,
                () -> at.executor()
                        .submit(List.of(dev.aegir.task.Submission.of(good), dev.aegir.task.Submission.of(bad))),
                "a task that cannot be planned is refused");
        assertEquals(
                List.of(), at.executor().list(dev.aegir.spi.TaskQuery.newest(10)), "one is refused: none was accepted");
        assertEquals(List.of(), at.world.effects());
    }

    static void areFoundAndListed(ExecutorUnderTest at) throws Exception {
        Id nobody = Id.next();
        assertTrue(at.executor().find(nobody).isEmpty());
        Assertions.assertThrows(
                RefusedException.class, () -> at.executor().cancel(nobody, "?"), "there is no such task");
        Assertions.assertThrows(RefusedException.class, () -> at.executor().retry(nobody), "there is no such task");
        Assertions.assertThrows(
                RefusedException.class, () -> at.executor().await(nobody, at.patience()), "there is no such task");
        Id one = at.submit(at.world.job("a"));
        at.ended(one);
        Id two = at.submit(at.world.blocks("do b").job("b"));
        at.world.awaitIn("do b");
        assertEquals(
                List.of(two, one),
                at.executor().list(dev.aegir.spi.TaskQuery.newest(10)).stream()
                        .map(TaskInfo::id)
                        .toList(),
                "newest first");
        assertEquals(
                List.of(one),
                at.executor().list(dev.aegir.spi.TaskQuery.newest(10).in(TaskState.SUCCEEDED)).stream()
                        .map(TaskInfo::id)
                        .toList(),
                "only those asked for");
        long begun = System.nanoTime();
        TaskInfo running = at.executor().await(two, Duration.ofMillis(100));
        assertEquals(TaskState.RUNNING, running.state(), "waiting is bounded");
        assertTrue(System.nanoTime() - begun < at.patience().toNanos());
        at.world.letGo("do b");
        assertEquals(TaskState.SUCCEEDED, at.ended(two).state());
    }

    static void areNotAcceptedWhenClosed(ExecutorUnderTest at) {
        ExecutorWorld.Job job = at.world.job("a");
        at.executor().close();
        Assertions.assertThrows(IllegalStateException.class, () -> at.submit(job), "a closed executor accepts no task");
        assertEquals(List.of(), at.world.effects());
    }
}
