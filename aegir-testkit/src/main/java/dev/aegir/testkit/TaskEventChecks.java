// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Secret;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;

/** What a task tells while it runs, and what it must not tell; and steps that know no measure. */
final class TaskEventChecks {
    private static final int LINES = 500;

    private TaskEventChecks() {}

    private static List<String> lines(List<TaskEvent> events) {
        return events.stream()
                .filter(event -> event.kind() == Kind.LOG)
                .map(TaskEvent::text)
                .toList();
    }

    static void areReadFromAnyPosition(ExecutorUnderTest at) throws Exception {
        at.world.when("do a", context -> {
            for (int i = 0; i < LINES; i++) {
                context.log("line " + i);
            }
        });
        TaskInfo info = at.run(at.world.job("a", "b"));
        List<TaskEvent> all = at.events(info.id());
        assertEquals(IntStream.range(0, LINES).mapToObj(i -> "line " + i).toList(), lines(all), "no line is lost");
        assertEquals(
                List.of(Kind.STEP_STARTED, Kind.STEP_DONE, Kind.STEP_STARTED, Kind.STEP_DONE),
                all.stream()
                        .map(TaskEvent::kind)
                        .filter(kind -> kind == Kind.STEP_STARTED || kind == Kind.STEP_DONE)
                        .toList(),
                "every step is told of");
        long last = 0;
        for (TaskEvent event : all) {
            assertTrue(event.position() > last, "positions grow");
            last = event.position();
        }
        for (int from : new int[] {0, 1, 7, all.size() / 2, all.size() - 1}) {
            List<TaskEvent> rest = new ArrayList<>();
            long after = from == 0 ? 0 : all.get(from - 1).position();
            for (List<TaskEvent> page = at.executor().events(info.id(), after, 7);
                    !page.isEmpty();
                    page = at.executor().events(info.id(), after, 7)) {
                assertTrue(page.size() <= 7, "no more than asked for");
                rest.addAll(page);
                after = page.get(page.size() - 1).position();
            }
            assertEquals(all.subList(from, all.size()), rest, "from any position, nothing is lost or told twice");
        }
        at.openAgain();
        assertEquals(all, at.events(info.id()), "opened again, what was told is there");
    }

    static void areThereWhileItRuns(ExecutorUnderTest at) throws Exception {
        at.world.when("do a", context -> {
            context.log("while it runs");
            at.world.latch("go").await();
        });
        Id task = at.submit(at.world.job("a"));
        assertTrue(
                StoreUnderTest.within(
                        at.patience(), () -> lines(at.events(task)).contains("while it runs")),
                "what a step says can be read while it runs");
        List<TaskEvent> before = at.events(task);
        at.world.latch("go").countDown();
        at.ended(task);
        List<TaskEvent> after = at.events(task);
        assertEquals(before, after.subList(0, before.size()), "what was told once stays as it was");
        assertEquals(Kind.ENDED, after.get(after.size() - 1).kind(), "the end is told last");
    }

    /** Promise 9 and abuse case 37. */
    static void tellNoSecrets(ExecutorUnderTest at) throws Exception {
        String secret = "c0rrect-h0rse";
        SecretRef reference = SecretRef.of("contract/password");
        at.secrets.keep(reference, Secret.of(secret));
        at.world.when("do a", context -> {
            String known = context.secret(reference).reveal();
            context.log("the password is " + known);
            context.log("in two parts: " + known.substring(0, 6));
            context.log(known.substring(6) + ", you see");
            context.remember("fact", "it is " + known);
            context.result("result", "it is " + known);
            context.keep(SecretRef.of("contract/other"), Secret.of("an0ther-0ne"));
            throw new IllegalStateException("login with " + known + " or an0ther-0ne failed");
        });
        TaskInfo info = at.run(at.world.job("a"));
        assertEquals(TaskState.ROLLED_BACK, info.state());
        String said = info + " " + at.events(info.id()) + at.executor().list(TaskQuery.newest(10));
        assertTrue(said.contains("the password is "), "what is no secret is told");
        assertTrue(said.contains("failed"), "what is no secret is told");
        for (String part : List.of(secret, secret.substring(0, 6), secret.substring(6), "an0ther-0ne")) {
            assertFalse(said.contains(part), () -> "A secret is told: " + said);
        }
        assertEquals("it is (secret)", info.results().get("result"));
    }

    /** Abuse case 50: who throws whatever there is harms nobody but itself. */
    static void surviveWhatStepsThrow(ExecutorUnderTest at) throws Exception {
        List<ExecutorWorld.Behaviour> all = List.of(
                context -> {
                    throw new StackOverflowError("too deep");
                },
                context -> {
                    throw new NoClassDefFoundError("gone/Away");
                },
                context -> {
                    throw new IllegalStateException((String) null);
                },
                context -> {
                    throw new RefusedException("x".repeat(5_000_000));
                },
                context -> {
                    throw new InterruptedException("nobody asked for that");
                });
        for (int i = 0; i < all.size(); i++) {
            at.world.when("do throws" + i, all.get(i));
            TaskInfo info = at.run(at.world.job("a" + i, "throws" + i, "never"));
            assertEquals(TaskState.ROLLED_BACK, info.state(), "whatever a step throws is its failure");
            assertTrue(info.cause().isPresent());
            assertTrue(info.cause().get().length() < 100_000, "what is thrown is told within bounds");
        }
        at.world.when("do interrupts", context -> Thread.currentThread().interrupt());
        assertEquals(
                TaskState.SUCCEEDED,
                at.run(at.world.job("interrupts", "next")).state(),
                "who interrupts its own thread does not stop the next step");
        assertFalse(at.world.effects().contains("do never"));
    }

    static void surviveWhatHandlersDo(ExecutorUnderTest at) throws Exception {
        ExecutorWorld.Job nothing = at.world.job("nothing", planner -> null);
        ExecutorWorld.Job error = at.world.job("error", planner -> {
            throw new StackOverflowError("too deep");
        });
        ExecutorWorld.Job foreign = at.world.job("foreign", planner -> dev.aegir.task.Plan.of(new Undeclared("a")));
        for (ExecutorWorld.Job bad : List.of(nothing, error, foreign)) {
            Assertions.assertThrows(
                    RefusedException.class, () -> at.submit(bad), "who plans " + bad.title() + " is refused");
        }
        assertEquals(TaskState.SUCCEEDED, at.run(at.world.job("a")).state(), "others go on");
    }

    /** A step that no handler declares. */
    private record Undeclared(String name) implements dev.aegir.task.Step {
        @Override
        public List<dev.aegir.task.Change> preview(dev.aegir.task.StepContext context) {
            return List.of();
        }

        @Override
        public void run(dev.aegir.task.StepContext context) {}
    }

    static void surviveWhatStepsSay(ExecutorUnderTest at) throws Exception {
        at.world.when("do talks", context -> {
            context.log("y".repeat(5_000_000));
            for (int i = 0; i < 100_000; i++) {
                context.log("on and on ".repeat(12) + i);
            }
        });
        TaskInfo info = at.run(at.world.job("talks", "next"));
        assertEquals(TaskState.SUCCEEDED, info.state(), "who talks too much is not stopped for it");
        long length = 0;
        for (TaskEvent event : at.events(info.id())) {
            length += event.text().length();
        }
        assertTrue(length > 1000, "what is said is kept");
        assertTrue(length < 10_000_000, "but not without end: of 17 million characters at most 10 million");
    }

    static void surviveStepsThatHang(ExecutorUnderTest at) throws Exception {
        for (int i = 1; i < ExecutorUnderTest.THREADS; i++) {
            at.submit(at.world.blocks("do hangs" + i).job("hangs" + i));
            at.world.awaitIn("do hangs" + i);
        }
        assertEquals(TaskState.SUCCEEDED, at.run(at.world.job("a")).state(), "who hangs holds nobody else up");
        Id longest = at.submit(at.world.blocks("do hangs").job("hangs"));
        at.world.awaitIn("do hangs");
        at.executor().cancel(longest, "it hangs");
        assertEquals(TaskState.CANCELLED, at.ended(longest).state(), "who hangs can be cancelled");
        long begun = System.nanoTime();
        at.executor().close();
        assertTrue(
                Duration.ofNanos(System.nanoTime() - begun).compareTo(at.patience()) < 0,
                "closing does not wait for those who hang");
    }
}
