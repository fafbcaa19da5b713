// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Lock;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Which task runs when: keys, locks, approvals, waits. */
final class TaskOrderChecks {
    private TaskOrderChecks() {}

    static void oneKeyIsOneTask(ExecutorUnderTest at) throws Exception {
        Submission once = Submission.of(at.world.job("a")).key("the key");
        Id first = at.submit(once);
        List<Callable<Id>> asking = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            asking.add(() -> at.submit(once));
        }
        Set<Id> all = new HashSet<>(StoreUnderTest.together(asking));
        assertEquals(Set.of(first), all, "one key is one task, however many ask");
        assertEquals(TaskState.SUCCEEDED, at.ended(first).state());
        assertEquals(first, at.submit(once), "one key is one task, also when it has ended");
        assertEquals(List.of("do a"), at.world.effects(), "one key is run once");
        List<Id> two = at.executor().submit(List.of(once.key("other"), once.key("other")));
        assertEquals(two.get(0), two.get(1), "one key is one task, also in one submission");
        assertNotEquals(first, two.get(0), "another key is another task");
        at.ended(two.get(0));
        assertEquals(List.of("do a", "do a"), at.world.effects());
    }

    private static ExecutorWorld.Job locked(ExecutorUnderTest at, String step, Lock... locks) {
        return at.world.job("job " + step, planner -> {
            List.of(locks).forEach(planner::lock);
            return at.world.plan(step, step + " too");
        });
    }

    static void oneThingIsOneTasksAtATime(ExecutorUnderTest at) throws Exception {
        Lock thing = Lock.exclusive("thing", "x");
        at.world.blocks("do first");
        Id first = at.submit(locked(at, "first", thing));
        at.world.awaitIn("do first");
        Id second = at.submit(locked(at, "second", thing));
        assertEquals(TaskState.WAITING, at.info(second).state(), "a second task on the same thing waits");
        String said = at.events(second).toString();
        assertTrue(said.contains(first.value()), () -> "who waits says for whom: " + said);
        TaskInfo other = at.run(locked(at, "other", Lock.exclusive("thing", "y")));
        assertEquals(TaskState.SUCCEEDED, other.state(), "a task on another thing need not wait");
        at.world.letGo("do first");
        at.ended(second);
        assertEquals(
                List.of("do first", "do other", "do other too", "do first too", "do second", "do second too"),
                at.world.effects(),
                "two tasks on one thing run one after the other");
    }

    static void readersShare(ExecutorUnderTest at) throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        for (String reader : List.of("one", "two")) {
            at.world.when("do " + reader, context -> {
                both.countDown();
                at.world.await(both, "Two tasks that share a lock did not run at the same time");
            });
        }
        Lock shared = Lock.shared("thing", "x");
        Id one = at.submit(locked(at, "one", shared));
        Id two = at.submit(locked(at, "two", shared));
        Id alone = at.submit(locked(at, "alone", Lock.exclusive("thing", "x")));
        for (Id each : List.of(one, two, alone)) {
            TaskInfo info = at.ended(each);
            assertEquals(TaskState.SUCCEEDED, info.state(), () -> "those who share run together: " + info.cause());
        }
        List<String> effects = at.world.effects();
        assertEquals(
                List.of("do alone", "do alone too"),
                effects.subList(effects.size() - 2, effects.size()),
                "who wants it alone waits for all who share it");
    }

    /** Abuse case 44: one from A to B while another goes from B to A. */
    static void nobodyWaitsInACircle(ExecutorUnderTest at) throws Exception {
        Lock x = Lock.exclusive("site", "x");
        Lock y = Lock.exclusive("site", "y");
        Lock server = Lock.shared("server", "web1");
        List<Id> all = new ArrayList<>();
        at.world.blocks("do s0");
        for (int i = 0; i < 12; i++) {
            all.add(at.submit(i % 2 == 0 ? locked(at, "s" + i, x, server, y) : locked(at, "s" + i, y, server, x)));
        }
        at.world.awaitIn("do s0");
        // The first is held until all others wait for it, or one of them did not: chance decides nothing.
        assertTrue(
                StoreUnderTest.within(
                        at.patience(),
                        () -> at.world.effects().size() > 1
                                || all.stream()
                                        .skip(1)
                                        .allMatch(id -> at.info(id).state() == TaskState.WAITING)),
                "a task that cannot have its locks waits");
        at.world.letGo("do s0");
        for (Id each : all) {
            assertEquals(
                    TaskState.SUCCEEDED,
                    at.ended(each).state(),
                    "locks are taken in one order, so nobody waits for ever");
        }
        List<String> effects = at.world.effects();
        assertEquals(24, effects.size());
        for (int i = 0; i < effects.size(); i += 2) {
            assertEquals(effects.get(i) + " too", effects.get(i + 1), "no two of them run at the same time");
        }
    }

    static void onlyWhatWasApprovedIsDone(ExecutorUnderTest at) throws Exception {
        ExecutorWorld.Job job = at.world.job("a", "b");
        PlanPreview preview = at.preview(job);
        TaskInfo approved = at.ended(at.submit(Submission.of(job).approved(preview)));
        assertEquals(TaskState.SUCCEEDED, approved.state(), () -> "what was approved is done: " + approved.cause());
        assertEquals(List.of("do a", "do b"), at.world.effects());
        at.world.changes("not as it was");
        refused(at, Submission.of(job).approved(preview), "the world has changed since it was approved");
        Submission fresh = Submission.of(job).approved(at.preview(job));
        at.world.job(job.title(), planner -> at.world.plan("a", "b", "c"));
        refused(at, fresh, "the plan has changed since it was approved");
        refused(at, Submission.of(job).approved("0".repeat(64)), "it was never approved");
        assertEquals(List.of("do a", "do b"), at.world.effects(), "what was not approved is not done");
    }

    private static void refused(ExecutorUnderTest at, Submission submission, String why) throws Exception {
        try {
            TaskInfo info = at.ended(at.submit(submission));
            assertEquals(TaskState.ROLLED_BACK, info.state(), "a task is refused when " + why);
            assertTrue(info.cause().isPresent(), "the reason is told");
        } catch (RefusedException e) {
            assertTrue(!e.getMessage().isBlank());
        }
        assertEquals(2, at.world.effects().size(), "nothing is done when " + why);
    }

    /** Abuse case 44, seen by the approval: it is looked at when the task has its locks, not before. */
    static void anApprovalHoldsWhenTheTaskBegins(ExecutorUnderTest at) throws Exception {
        Lock thing = Lock.exclusive("thing", "x");
        at.world.blocks("do first");
        Id first = at.submit(locked(at, "first", thing));
        at.world.awaitIn("do first");
        ExecutorWorld.Job job = locked(at, "second", thing);
        Id second = at.submit(Submission.of(job).approved(at.preview(job)));
        at.world.changes("changed by the first");
        at.world.letGo("do first");
        assertEquals(TaskState.SUCCEEDED, at.ended(first).state());
        assertEquals(TaskState.ROLLED_BACK, at.ended(second).state(), "the world has changed while it waited");
        assertEquals(List.of("do first", "do first too"), at.world.effects());
    }

    static void aWaitHoldsNoThread(ExecutorUnderTest at) throws Exception {
        Duration days = Duration.ofDays(3);
        List<Id> waiting = new ArrayList<>();
        int many = 3 * ExecutorUnderTest.THREADS;
        for (int i = 0; i < many; i++) {
            String step = "after " + i;
            java.time.Instant then = at.clock.instant().plus(days);
            waiting.add(at.submit(at.world.job(
                    "waits " + i,
                    planner -> at.world
                            .plan("before")
                            .then(new dev.aegir.task.WaitUntil("wait", then))
                            .then(at.world.act(step)))));
        }
        for (Id each : waiting) {
            at.awaitState(each, TaskState.PARKED);
        }
        assertEquals(
                TaskState.SUCCEEDED, at.run(at.world.job("c")).state(), "more wait than there are threads, others run");
        at.openAgain();
        at.clock.forward(days.dividedBy(2));
        assertEquals(TaskState.SUCCEEDED, at.run(at.world.job("d")).state());
        assertEquals(many + 2, at.world.effects().size(), "nothing goes on before its time");
        at.clock.forward(days);
        for (Id each : waiting) {
            assertEquals(TaskState.SUCCEEDED, at.ended(each).state(), "a wait survives that the executor is closed");
        }
        assertEquals(2 * many + 2, at.world.effects().size(), "what was done before the wait is not done again");
    }

    static void aTaskForLaterIsRunThen(ExecutorUnderTest at) throws Exception {
        Lock thing = Lock.exclusive("thing", "x");
        Submission later = Submission.of(locked(at, "later", thing))
                .notBefore(at.clock.instant().plus(Duration.ofDays(1)));
        Id task = at.submit(later);
        assertEquals(TaskState.SUCCEEDED, at.run(locked(at, "now", thing)).state(), "until then it is in nobody's way");
        assertEquals(List.of("do now", "do now too"), at.world.effects());
        at.clock.forward(Duration.ofDays(1));
        assertEquals(TaskState.SUCCEEDED, at.ended(task).state());
        assertTrue(at.events(task).stream().anyMatch(event -> event.kind() == TaskEvent.Kind.SUBMITTED));
    }
}
