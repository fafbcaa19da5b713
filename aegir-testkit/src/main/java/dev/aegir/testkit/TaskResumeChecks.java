// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.Id;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Doubt;
import dev.aegir.task.StepContext;
import dev.aegir.task.StepInfo;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What becomes of a task whose executor is closed in the middle of it. */
final class TaskResumeChecks {
    private TaskResumeChecks() {}

    /** Submits a task and opens the executor again while it is in its second step. */
    private static Id interrupted(ExecutorUnderTest at, Doubt doubt, CrashPolicy onCrash) throws Exception {
        at.world.blocksOnce("do b").doubt("b", doubt);
        Id task = at.submit(Submission.of(at.world.job("a", "b", "c")).onCrash(onCrash));
        at.world.awaitIn("do b");
        at.openAgain();
        return task;
    }

    static void isRunAgain(ExecutorUnderTest at) throws Exception {
        TaskInfo info = at.ended(interrupted(at, Doubt.RUN_AGAIN, CrashPolicy.RESUME));
        assertEquals(TaskState.SUCCEEDED, info.state(), "opened again, it goes on where it stopped");
        assertEquals(
                List.of("do a", "do b", "do b", "do c"),
                at.world.effects(),
                "only the step that was in doubt is run again");
        assertEquals(
                List.of(1, 2, 1), info.steps().stream().map(StepInfo::attempts).toList());
    }

    static void isDoneAlready(ExecutorUnderTest at) throws Exception {
        TaskInfo info = at.ended(interrupted(at, Doubt.DONE, CrashPolicy.RESUME));
        assertEquals(TaskState.SUCCEEDED, info.state());
        assertEquals(List.of("do a", "do b", "do c"), at.world.effects(), "what says that it is done is not run again");
    }

    static void isTakenBackIfItSaysSo(ExecutorUnderTest at) throws Exception {
        TaskInfo info = at.ended(interrupted(at, Doubt.UNDO, CrashPolicy.RESUME));
        assertEquals(TaskState.ROLLED_BACK, info.state());
        assertEquals(
                List.of("do a", "do b", "undo b", "undo a"),
                at.world.effects(),
                "what says that it must be taken back is taken back, with all before it");
    }

    static void asksAPerson(ExecutorUnderTest at) throws Exception {
        Id task = interrupted(at, Doubt.ASK, CrashPolicy.RESUME);
        assertEquals(TaskState.NEEDS_ATTENTION, at.ended(task).state());
        assertEquals(List.of("do a", "do b"), at.world.effects(), "until a person has looked, nothing is done");
        at.world.doubt("b", Doubt.DONE);
        at.executor().retry(task);
        assertEquals(TaskState.SUCCEEDED, at.ended(task).state(), "when the person has, it goes on");
    }

    static void isTakenBackIfThePolicySaysSo(ExecutorUnderTest at) throws Exception {
        TaskInfo info = at.ended(interrupted(at, Doubt.RUN_AGAIN, CrashPolicy.UNDO));
        assertEquals(TaskState.ROLLED_BACK, info.state());
        assertEquals(List.of("do a", "do b", "undo b", "undo a"), at.world.effects());
    }

    static void isTakenBackFurther(ExecutorUnderTest at) throws Exception {
        at.world.fails("do c").blocksOnce("undo b");
        Id task = at.submit(at.world.job("a", "b", "c"));
        at.world.awaitIn("undo b");
        at.openAgain();
        assertEquals(TaskState.ROLLED_BACK, at.ended(task).state());
        assertEquals(
                List.of("do a", "do b", "do c", "undo c", "undo b", "undo b", "undo a"),
                at.world.effects(),
                "a task that is being taken back never goes forward again");
    }

    /** What a step remembers, its key and its run on the host are there when another runs it. */
    static void attachesAgain(ExecutorUnderTest at) throws Exception {
        AtomicInteger ran = new AtomicInteger();
        at.host.program(
                call -> {
                    ran.incrementAndGet();
                    return Answer.ok();
                },
                "long-dump");
        List<String> keys = new CopyOnWriteArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        at.world.when("do b", context -> {
            keys.add(context.key());
            context.host(ExecutorUnderTest.SERVER).runOnce(context.key(), Command.of("long-dump"), Input.none());
            if (context.recall("begun", String.class).isEmpty()) {
                context.remember("begun", "yes, \u00e9");
                at.world.latch("in do b").countDown();
                never.await();
            }
            context.result("begun", context.recall("begun", String.class).orElse("forgotten"));
        });
        Id task = at.submit(at.world.job("a", "b"));
        at.world.awaitIn("do b");
        at.openAgain();
        TaskInfo info = at.ended(task);
        assertEquals(TaskState.SUCCEEDED, info.state(), () -> "it goes on: " + info.cause());
        assertEquals("yes, \u00e9", info.results().get("begun"), "what was remembered is there");
        assertEquals(2, keys.size());
        assertEquals(keys.get(0), keys.get(1), "the step has the same key, so it finds its run on the host again");
        assertEquals(1, ran.get(), "what runs once on the host has run once");
    }

    /** Abuse case 45. */
    static void keepsFormerExecutorsOut(ExecutorUnderTest at) throws Exception {
        AtomicInteger touched = new AtomicInteger();
        at.host.program(
                call -> {
                    touched.incrementAndGet();
                    return Answer.ok();
                },
                "touch");
        CountDownLatch wakes = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        List<String> allowed = new CopyOnWriteArrayList<>();
        at.world.when("do b", context -> {
            at.world.never("do b");
            Host mine = context.host(ExecutorUnderTest.SERVER);
            at.world.latch("in do b").countDown();
            pause(wakes);
            attempt(allowed, "run a command", () -> mine.run(Command.of("touch", "late")));
            attempt(allowed, "run one once", () -> mine.runOnce("late", Command.of("touch"), Input.none()));
            attempt(allowed, "ask for its host", () -> late(context).run(Command.of("touch")));
            attempt(allowed, "remember", () -> context.remember("late", "late"));
            attempt(allowed, "give a result", () -> context.result("late", "late"));
            attempt(allowed, "log", () -> context.log("I am back"));
            over.countDown();
        });
        Id task = at.submit(at.world.job("a", "b", "c"));
        at.world.awaitIn("do b");
        at.openAgain();
        TaskInfo info = at.ended(task);
        assertEquals(TaskState.SUCCEEDED, info.state(), "another executor has finished the task");
        List<String> effects = at.world.effects();
        assertEquals(List.of("do a", "do b", "do b", "do c"), effects);
        wakes.countDown();
        at.world.await(over, "the step that was paused did not go on");
        assertFalse(allowed.contains("run a command"), "a former executor can still " + allowed);
        assertEquals(0, touched.get(), "a former executor does nothing on a host");
        assertEquals(info, at.info(task), "a former executor changes nothing about the task");
        assertTrue(
                at.events(task).stream().noneMatch(event -> event.text().contains("I am back")),
                "a former executor says nothing any more");
        assertEquals(effects, at.world.effects(), "a former executor begins no further step");
    }

    private static Host late(StepContext context) throws InterruptedException {
        return context.host(ExecutorUnderTest.SERVER);
    }

    /** Does not care that it is interrupted, as a machine that is frozen does not. */
    private static void pause(CountDownLatch wakes) {
        boolean awake = false;
        while (!awake) {
            try {
                wakes.await();
                awake = true;
            } catch (InterruptedException e) {
                awake = false;
            }
        }
    }

    private interface Deed {
        void does() throws Exception;
    }

    private static void attempt(List<String> allowed, String what, Deed deed) {
        try {
            deed.does();
            allowed.add(what);
        } catch (Exception e) {
            // As it should be.
            Thread.interrupted();
        }
    }
}
