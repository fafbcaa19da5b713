// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.Id;
import dev.aegir.task.Lock;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.WaitUntil;
import java.time.Duration;
import java.util.List;

/** Abuse case 46: whenever a task is cancelled, it is taken back, or it is too late and it finishes. */
final class TaskCancelChecks {
    private TaskCancelChecks() {}

    private static void assertCancelled(ExecutorUnderTest at, Id task, List<String> effects) throws Exception {
        TaskInfo info = at.ended(task);
        assertEquals(
                TaskState.CANCELLED, info.state(), "a task that is cancelled before its commit point is taken back");
        assertTrue(info.cause().orElse("").contains("changed my mind"), () -> "the reason is told: " + info.cause());
        assertEquals(effects, at.world.effects(), "what was done is taken back, the rest is not begun");
    }

    static void whileItWaitsForALock(ExecutorUnderTest at) throws Exception {
        Lock thing = Lock.exclusive("thing", "x");
        Id holder = at.submit(at.world.blocks("do a").job("holder", planner -> {
            planner.lock(thing);
            return at.world.plan("a");
        }));
        at.world.awaitIn("do a");
        Id waiting = at.submit(at.world.job("waiting", planner -> {
            planner.lock(thing);
            return at.world.plan("b");
        }));
        at.executor().cancel(waiting, "changed my mind");
        assertCancelled(at, waiting, List.of("do a"));
        at.world.letGo("do a");
        assertEquals(TaskState.SUCCEEDED, at.ended(holder).state(), "who holds the lock does not mind");
        assertEquals(List.of("do a"), at.world.effects());
    }

    static void beforeItsTime(ExecutorUnderTest at) throws Exception {
        Submission later =
                Submission.of(at.world.job("a")).notBefore(at.clock.instant().plus(Duration.ofDays(1)));
        Id task = at.submit(later);
        at.executor().cancel(task, "changed my mind");
        assertCancelled(at, task, List.of());
    }

    static void insideAStep(ExecutorUnderTest at) throws Exception {
        Id task = at.submit(at.world.blocks("do b").job("a", "b", "c"));
        at.world.awaitIn("do b");
        at.executor().cancel(task, "changed my mind");
        assertCancelled(at, task, List.of("do a", "do b", "undo b", "undo a"));
        at.executor().cancel(task, "once more");
        assertEquals(TaskState.CANCELLED, at.info(task).state(), "what has ended stays as it is");
    }

    static void insideAStepThatEndsWellNevertheless(ExecutorUnderTest at) throws Exception {
        at.world.when("do b", context -> {
            try {
                at.world.latch("in do b").countDown();
                at.world.latch("never").await();
            } catch (InterruptedException e) {
                context.log("nearly done anyway");
            }
        });
        Id task = at.submit(at.world.job("a", "b", "c"));
        at.world.awaitIn("do b");
        at.executor().cancel(task, "changed my mind");
        assertCancelled(at, task, List.of("do a", "do b", "undo b", "undo a"));
    }

    static void whileItWaits(ExecutorUnderTest at) throws Exception {
        WaitUntil wait = new WaitUntil("wait", at.clock.instant().plus(Duration.ofDays(1)));
        Id task = at.submit(at.world.job("waits", planner -> at.world.plan("a").then(wait)));
        at.awaitState(task, TaskState.PARKED);
        at.executor().cancel(task, "changed my mind");
        assertCancelled(at, task, List.of("do a", "undo a"));
    }

    static void whileItIsTakenBack(ExecutorUnderTest at) throws Exception {
        at.world.fails("do b").blocks("undo b");
        Id task = at.submit(at.world.job("a", "b"));
        at.world.awaitIn("undo b");
        at.executor().cancel(task, "changed my mind");
        at.world.letGo("undo b");
        TaskInfo info = at.ended(task);
        assertEquals(TaskState.ROLLED_BACK, info.state(), "it failed before it was cancelled");
        assertEquals(List.of("do a", "do b", "undo b", "undo a"), at.world.effects(), "taking back is not stopped");
    }

    static void afterTheCommitPoint(ExecutorUnderTest at) throws Exception {
        at.world.blocks("do after");
        Id task = at.submit(at.world.job(
                "commit", planner -> at.world.plan("a", "switch").commit().then(at.world.act("after"))));
        at.world.awaitIn("do after");
        TaskInfo asked = at.executor().cancel(task, "changed my mind");
        assertFalse(asked.state().ended(), "after the commit point it is too late to cancel");
        at.world.letGo("do after");
        assertEquals(TaskState.SUCCEEDED, at.ended(task).state(), "it is too late: it finishes, and that is a success");
        assertEquals(List.of("do a", "do switch", "do after"), at.world.effects());
    }
}
