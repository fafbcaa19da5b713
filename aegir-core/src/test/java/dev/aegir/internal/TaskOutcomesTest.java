// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.TaskHandle;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.AegirException;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Lock;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Plan;
import dev.aegir.task.StepInfo;
import dev.aegir.task.StepState;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskFailedException;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.WaitUntil;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The typed outcomes of tasks: what each means is so, and says so. */
class TaskOutcomesTest {
    private final Bench bench = new Bench();
    private final World world = bench.world;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void success() throws InterruptedException {
        TaskHandle handle = bench.submit(world.job("a", "b"));
        TaskInfo info = Bench.ended(handle);
        assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(info.cause()).isEmpty();
        assertThat(info.orThrow()).isSameAs(info);
        assertThat(world.effects()).containsExactly("do a", "do b");
        assertThat(info.steps())
                .extracting(StepInfo::number, StepInfo::name, StepInfo::state, StepInfo::attempts)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, "a", StepState.DONE, 1),
                        org.assertj.core.groups.Tuple.tuple(2, "b", StepState.DONE, 1));
        assertThat(handle.events(0))
                .extracting(TaskEvent::kind)
                .containsExactly(
                        Kind.SUBMITTED,
                        Kind.BEGUN,
                        Kind.PLANNED,
                        Kind.STEP_STARTED,
                        Kind.STEP_DONE,
                        Kind.STEP_STARTED,
                        Kind.STEP_DONE,
                        Kind.ENDED);
    }

    @Test
    void aTaskWithNothingToDoSucceeds() throws InterruptedException {
        assertThat(bench.run(world.job()).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void aFailureIsTakenBackInTheExactReverseWithTheStepThatFailed() throws InterruptedException {
        TaskInfo info = bench.run(world.fails("do c").job("a", "b", "c", "d"));
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause()).contains("Step \"c\": IllegalStateException: do c failed");
        assertThat(world.effects()).containsExactly("do a", "do b", "do c", "undo c", "undo b", "undo a");
        assertThat(info.steps())
                .extracting(StepInfo::state)
                .containsExactly(StepState.UNDONE, StepState.UNDONE, StepState.UNDONE, StepState.PENDING);
        assertThat(info.steps().get(2).error()).contains("IllegalStateException: do c failed");
        assertThatThrownBy(info::orThrow)
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("a job")
                .hasMessageContaining("ROLLED_BACK");
    }

    @Test
    void anErrorIsAFailureOfItsStepAlone() throws InterruptedException {
        for (Error error :
                List.of(new StackOverflowError("deep"), new AssertionError("odd"), new LinkageError("gone"))) {
            world.forgetEffects();
            world.when("do a", context -> {
                throw error;
            });
            TaskInfo info = bench.run(world.job("a"));
            assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(info.cause().orElseThrow()).contains(error.getMessage());
        }
        world.never("do a");
        assertThat(bench.run(world.job("a")).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void whatCannotBeTakenBackNeedsAttentionAndGoesOnWhenRetried() throws InterruptedException {
        world.fails("do c").fails("undo b", 2);
        Lock lock = Lock.exclusive("thing", "x");
        TaskHandle handle = bench.submit(world.job(planner -> {
            planner.lock(lock);
            return world.plan("a", "b", "c");
        }));
        TaskInfo stuck = Bench.ended(handle);
        assertThat(stuck.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(stuck.cause().orElseThrow())
                .startsWith("Step \"c\": IllegalStateException: do c failed\n")
                .contains("Taking it back stopped at step \"b\": IllegalStateException: undo b failed")
                .contains("Left as they are: \"a\", \"b\".")
                .contains("retry", "release");
        assertThat(stuck.steps())
                .extracting(StepInfo::state)
                .containsExactly(StepState.DONE, StepState.STUCK, StepState.UNDONE);
        assertThat(bench.store.ledger().holders(lock.key())).containsExactly(handle.id());

        handle.retry();
        TaskInfo again = Bench.ended(handle);
        assertThat(again.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(again.cause()).isEqualTo(stuck.cause());

        handle.retry();
        TaskInfo end = Bench.ended(handle);
        assertThat(end.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(end.cause()).contains("Step \"c\": IllegalStateException: do c failed");
        assertThat(world.effects())
                .containsExactly("do a", "do b", "do c", "undo c", "undo b", "undo b", "undo b", "undo a");
        assertThat(bench.store.ledger().holders(lock.key())).isEmpty();
        assertThatThrownBy(handle::retry).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> handle.release("done")).isInstanceOf(RefusedException.class);
    }

    @Test
    void releaseFreesTheLocksOfWhatNeedsAttention() throws InterruptedException {
        world.fails("do a").fails("undo a");
        Lock lock = Lock.exclusive("thing", "x");
        TaskHandle stuck = bench.submit(world.job(planner -> {
            planner.lock(lock);
            return world.plan("a");
        }));
        Bench.ended(stuck);
        World other = new World();
        TaskHandle waiting = bench.submit(other.job(planner -> {
            planner.lock(lock);
            return other.plan("b");
        }));
        assertThat(waiting.info().state()).isEqualTo(TaskState.WAITING);
        assertThat(waiting.events(0).get(1).text()).isEqualTo("thing:x, held by " + stuck.id());
        stuck.release("removed it by hand");
        assertThat(Bench.ended(waiting).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(stuck.info().state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(bench.store.ledger().holders(lock.key())).isEmpty();
        assertThat(stuck.events(0))
                .last()
                .extracting(TaskEvent::text)
                .asString()
                .contains("removed it by hand");
        other.close();
    }

    @Test
    void afterTheCommitPointAFailureIsRetriedAndNeverTakenBack() throws InterruptedException {
        world.fails("do after", 5);
        Plan plan = world.plan("before").then(world.act("switch")).commit().then(world.act("after"), world.act("last"));
        TaskHandle handle = bench.submit(world.job(plan));
        TaskInfo info = bench.endedInTime(handle);
        assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects())
                .containsExactly(
                        "do before",
                        "do switch",
                        "do after",
                        "do after",
                        "do after",
                        "do after",
                        "do after",
                        "do after",
                        "do last");
        assertThat(info.steps().get(2).attempts()).isEqualTo(6);
        assertThat(info.steps().get(2).error()).as("it went well in the end").isEmpty();
        assertThat(handle.events(0).stream()
                        .filter(event -> event.kind() == Kind.PARKED)
                        .map(TaskEvent::text))
                .containsExactly(
                        "too late to take it back; tried again in 1 s",
                        "too late to take it back; tried again in 2 s",
                        "too late to take it back; tried again in 5 s",
                        "too late to take it back; tried again in 15 s",
                        "too late to take it back; tried again in 60 s");
    }

    @Test
    void whatDoesNotSucceedAfterTheCommitPointNeedsAttentionAndHasNewPatienceWhenRetried() throws InterruptedException {
        List<String> keys = new ArrayList<>();
        world.when("do after", context -> {
            keys.add(context.key());
            throw new IllegalStateException("no");
        });
        TaskHandle handle = bench.submit(world.job(world.plan("switch").commit().then(world.act("after"))));
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(world.effects()).hasSize(7).doesNotContain("undo switch", "undo after");
        assertThat(handle.info().cause().orElseThrow()).contains("Step \"after\": IllegalStateException: no", "retry");
        handle.retry();
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(world.effects()).hasSize(13);
        // A command that is run once for a key is really run again, also after a person has mended what was wrong.
        assertThat(keys).doesNotHaveDuplicates().hasSize(12);
        world.never("do after");
        handle.retry();
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void afterAConnectionWasLostTheSameRunIsFoundAgain() throws InterruptedException {
        List<String> keys = new ArrayList<>();
        world.when("do after", context -> {
            keys.add(context.key());
            if (keys.size() < 3) {
                throw new HostUnreachableException("web1", "cut off");
            }
        });
        TaskHandle handle = bench.submit(world.job(world.plan("switch").commit().then(world.act("after"))));
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(keys).hasSize(3).containsOnly(handle.id() + ".1");
    }

    /** Looking again is no failure: a step that waited long has all its retries still. */
    @Test
    void waitingDoesNotUseUpRetries() throws InterruptedException {
        int[] calls = {0};
        world.when("do after", context -> {
            int call = ++calls[0];
            if (call <= 10) {
                throw new NotYetException(context.now().plusSeconds(1), "not there yet");
            }
            if (call <= 15) {
                throw new IllegalStateException("no");
            }
        });
        TaskHandle handle = bench.submit(world.job(world.plan("switch").commit().then(world.act("after"))));
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(calls[0]).isEqualTo(16);
    }

    @Test
    void aDurableWaitHoldsNoThread() throws InterruptedException {
        Instant then = bench.clock.instant().plus(Duration.ofDays(3));
        List<TaskHandle> waiting = new ArrayList<>();
        List<World> worlds = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            World one = new World();
            worlds.add(one);
            waiting.add(bench.submit(
                    one.job(one.plan("a").then(new WaitUntil("wait", then)).then(one.act("b")))));
        }
        for (TaskHandle handle : waiting) {
            bench.awaitHeard(handle, Kind.PARKED);
            assertThat(handle.info().state()).isEqualTo(TaskState.PARKED);
        }
        // More tasks wait than there are threads, and others run.
        assertThat(bench.run(world.job("c")).state()).isEqualTo(TaskState.SUCCEEDED);
        bench.clock.pass(Duration.ofDays(2));
        assertThat(bench.run(world.job("c")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(worlds).allSatisfy(one -> assertThat(one.effects()).containsExactly("do a"));
        bench.clock.pass(Duration.ofDays(1));
        for (TaskHandle handle : waiting) {
            assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(worlds).allSatisfy(one -> assertThat(one.effects()).containsExactly("do a", "do b"));
        worlds.forEach(World::close);
    }

    @Test
    void aStepThatWantsToBeRunAgainAtOnceDoesNotSpin() throws InterruptedException {
        world.when("do a", context -> {
            throw new NotYetException(Instant.MIN, "at once");
        });
        TaskHandle handle = bench.submit(world.job("a"));
        bench.awaitHeard(handle, Kind.PARKED);
        // The clock stands still, so it is not run again.
        assertThat(handle.await(Duration.ofMillis(200)).state()).isEqualTo(TaskState.PARKED);
        assertThat(world.effects()).containsExactly("do a");
        handle.cancel("enough");
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void stepsOfOneStageRunAtTheSameTime() throws InterruptedException {
        CyclicBarrier all = new CyclicBarrier(3);
        for (String step : List.of("a", "b", "c")) {
            world.when("do " + step, context -> all.await(60, TimeUnit.SECONDS));
        }
        Plan plan = Plan.empty()
                .together(List.of(
                        List.of(world.act("a"), world.act("a2")), List.of(world.act("b")), List.of(world.act("c"))));
        TaskInfo info = bench.run(world.job(plan));
        assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects().subList(0, 3)).containsExactlyInAnyOrder("do a", "do b", "do c");
        assertThat(world.effects().get(3)).isEqualTo("do a2");
    }

    @Test
    void stepsOfOneStageFailTogether() throws InterruptedException {
        CyclicBarrier all = new CyclicBarrier(2);
        world.when("do b", context -> all.await(60, TimeUnit.SECONDS));
        world.when("do c", context -> {
            all.await(60, TimeUnit.SECONDS);
            throw new IllegalStateException("c is broken");
        });
        world.when("do d", context -> {
            throw new NotYetException(context.now().plusSeconds(60), "later");
        });
        Plan plan = world.plan("a")
                .together(List.of(List.of(world.act("b")), List.of(world.act("c")), List.of(world.act("d"))))
                .then(world.act("e"));
        TaskInfo info = bench.run(world.job(plan));
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause()).contains("Step \"c\": IllegalStateException: c is broken");
        assertThat(world.effects().subList(4, 8)).containsExactly("undo d", "undo c", "undo b", "undo a");
    }

    @Test
    void everyFailureOfAStageIsTold() throws InterruptedException {
        world.fails("do a").fails("do b");
        Plan plan = Plan.empty().together(List.of(List.of(world.act("a")), List.of(world.act("b"))));
        TaskInfo info = bench.run(world.job(plan));
        assertThat(info.cause().orElseThrow().lines())
                .containsExactly(
                        "Step \"a\": IllegalStateException: do a failed",
                        "Step \"b\": IllegalStateException: do b failed");
    }

    @Test
    void afterTheCommitPointOnlyWhatFailedIsRunAgain() throws InterruptedException {
        world.fails("do b", 2);
        int[] waits = {0};
        world.when("do c", context -> {
            if (waits[0]++ == 0) {
                throw new NotYetException(context.now().plusSeconds(1), "later");
            }
        });
        Plan plan = world.plan("switch")
                .commit()
                .together(List.of(List.of(world.act("a")), List.of(world.act("b")), List.of(world.act("c"))));
        TaskHandle handle = bench.submit(world.job(plan));
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects())
                .containsOnlyOnce("do switch", "do a")
                .filteredOn("do b"::equals)
                .hasSize(3);
        assertThat(world.effects()).filteredOn("do c"::equals).hasSize(2);
        assertThat(Bench.kinds(handle)).doesNotContain(Kind.STEP_IN_DOUBT);
    }

    @Test
    void aStepThatNeverReachedItsHostNeedsNoHostToBeTakenBack() throws InterruptedException {
        world.when("do b", context -> {
            throw new HostUnreachableException("web1", "no route", new java.io.IOException("x"), true);
        });
        world.when("undo b", context -> {
            throw new HostUnreachableException("web1", "no route", new java.io.IOException("x"), true);
        });
        TaskInfo info = bench.run(world.job("a", "b"));
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(world.effects()).containsExactly("do a", "do b", "undo b", "undo a");
    }

    @Test
    void aStepThatRememberedSomethingNeedsItsHostToBeTakenBack() throws InterruptedException {
        int[] tries = {0};
        world.when("do a", context -> {
            context.remember("before", "x");
            throw new HostUnreachableException("web1", "cut off");
        });
        world.when("undo a", context -> {
            if (++tries[0] < 4) {
                throw new HostUnreachableException("web1", "cut off");
            }
        });
        TaskHandle handle = bench.submit(world.job("a"));
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(tries[0]).isEqualTo(4);
        assertThat(Bench.kinds(handle)).filteredOn(Kind.PARKED::equals).hasSize(3);
    }

    /** Of what a step says that it may pass, a task waits for the end when it is taken back. */
    @Test
    void whatMayPassIsWaitedForWhenATaskIsTakenBack() throws InterruptedException {
        int[] tries = {0};
        world.fails("do b").when("undo a", context -> {
            if (++tries[0] < 4) {
                throw new Starting();
            }
        });
        assertThat(bench.endedInTime(bench.submit(world.job("a", "b"))).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(tries[0]).isEqualTo(4);
    }

    private static final class Starting extends AegirException {
        private static final long serialVersionUID = 1L;

        Starting() {
            super("it is just starting");
        }

        @Override
        public boolean mayPass() {
            return true;
        }
    }

    @Test
    void aHostThatStaysAwayNeedsAttention() throws InterruptedException {
        world.fails("do b").when("undo a", context -> {
            throw new HostUnreachableException("web1", "cut off");
        });
        TaskHandle handle = bench.submit(world.job("a", "b"));
        TaskInfo info = bench.endedInTime(handle);
        assertThat(info.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        assertThat(world.effects()).filteredOn("undo a"::equals).hasSize(6);
        world.never("undo a");
        handle.retry();
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.ROLLED_BACK);
    }

    @Test
    void takingBackMayHaveToWait() throws InterruptedException {
        int[] calls = {0};
        world.fails("do b").when("undo a", context -> {
            if (calls[0]++ < 2) {
                throw new NotYetException(context.now().plusSeconds(30), "still in use");
            }
        });
        TaskHandle handle = bench.submit(world.job("a", "b"));
        assertThat(bench.endedInTime(handle).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(calls[0]).isEqualTo(3);
    }

    @Test
    void aTaskForLaterIsRunThenAndHoldsNothingUntilThen() throws InterruptedException {
        Instant later = bench.clock.instant().plusSeconds(3600);
        TaskHandle handle = bench.submit(Submission.of(world.job(planner -> {
                    planner.lock(Lock.exclusive("thing", "x"));
                    return world.plan("a");
                }))
                .notBefore(later));
        World other = new World();
        assertThat(bench.run(other.job(planner -> {
                            planner.lock(Lock.exclusive("thing", "x"));
                            return other.plan("b");
                        }))
                        .state())
                .isEqualTo(TaskState.SUCCEEDED);
        assertThat(handle.info().state()).isEqualTo(TaskState.READY);
        bench.clock.pass(Duration.ofHours(1));
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a");
        other.close();
    }

    @Test
    void aTaskForLaterCanBeCancelledBefore() throws InterruptedException {
        TaskHandle handle = bench.submit(
                Submission.of(world.job("a")).notBefore(bench.clock.instant().plusSeconds(60)));
        assertThat(handle.cancel("not needed").state()).isEqualTo(TaskState.CANCELLED);
        bench.clock.pass(Duration.ofHours(1));
        assertThat(bench.run(new World().job("b")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).isEmpty();
    }
}
