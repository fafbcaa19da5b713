// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.TaskHandle;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.Lock;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which tasks run, when, and beside which others: locks, keys, approvals, what can be refused before anything happens. */
class TaskOrderTest {
    private final Bench bench = new Bench();
    private final World world = bench.world;

    @AfterEach
    void close() {
        bench.close();
    }

    private TaskHandle locking(World of, int priority, List<Lock> locks, String... steps) {
        return bench.submit(Submission.of(of.job(planner -> {
                    locks.forEach(planner::lock);
                    return of.plan(steps);
                }))
                .priority(priority));
    }

    /** Abuse case 44: the second waits and says for whom. */
    @Test
    void twoTasksOnOneThingAreRunOneAfterTheOther() throws InterruptedException {
        List<Lock> lock = List.of(Lock.exclusive("site", "x"));
        TaskHandle first = locking(world.blocks("do a"), 0, lock, "a");
        world.awaitIn("do a");
        World other = new World();
        TaskHandle second = locking(other, 0, lock, "b");
        assertThat(second.info().state()).isEqualTo(TaskState.WAITING);
        assertThat(second.events(0)).last().satisfies(event -> {
            assertThat(event.kind()).isEqualTo(Kind.WAITING);
            assertThat(event.text()).isEqualTo("site:x, held by " + first.id());
        });
        assertThat(bench.heard)
                .filteredOn(event -> event.task().equals(second.id()))
                .last()
                .satisfies(event ->
                        assertThat(event.text()).contains("site:x", first.id().value()));
        assertThat(other.effects()).isEmpty();
        world.letGo("do a");
        assertThat(Bench.ended(second).state()).isEqualTo(TaskState.SUCCEEDED);
        other.close();
    }

    @Test
    void theMoreUrgentGoesFirstAndAmongEqualsTheEarlier() throws InterruptedException {
        List<Lock> lock = List.of(Lock.exclusive("site", "x"));
        TaskHandle first = locking(world.blocks("do a"), 0, lock, "a");
        world.awaitIn("do a");
        List<String> order = new ArrayList<>();
        List<TaskHandle> waiting = new ArrayList<>();
        int[] priorities = {0, 5, 0, 9, 5};
        for (int i = 0; i < priorities.length; i++) {
            World one = new World();
            String name = "p" + priorities[i] + "-" + i;
            one.when("do b", context -> order.add(name));
            waiting.add(locking(one, priorities[i], lock, "b"));
        }
        world.letGo("do a");
        for (TaskHandle handle : waiting) {
            Bench.ended(handle);
        }
        assertThat(order).containsExactly("p9-3", "p5-1", "p5-4", "p0-0", "p0-2");
        Bench.ended(first);
    }

    /** Abuse case 44: clone A to B while B to A. */
    @Test
    void locksAreTakenInOneOrderSoNobodyWaitsInACircle() throws InterruptedException {
        Lock a = Lock.exclusive("site", "a");
        Lock b = Lock.exclusive("site", "b");
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<TaskHandle> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            World one = new World();
            one.when("do x", context -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                inside.decrementAndGet();
            });
            all.add(locking(one, 0, i % 2 == 0 ? List.of(a, b) : List.of(b, a), "x"));
        }
        for (TaskHandle handle : all) {
            assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void locksAreOrderedByKindAndThenByName() {
        List<Lock> locks = List.of(
                new Lock("server", "a", 8),
                Lock.exclusive("site", "b"),
                Lock.exclusive("zone", "z"),
                Lock.exclusive("domain", "z.example"),
                Lock.shared("codebase", "c"),
                Lock.exclusive("cache", "q"),
                Lock.exclusive("site", "a"),
                new Lock("server", "a", 3));
        assertThat(Lock.inOrder(locks))
                .extracting(Lock::key)
                .containsExactly("domain:z.example", "site:a", "site:b", "codebase:c", "cache:q", "zone:z", "server:a");
        assertThat(Lock.inOrder(locks)).last().extracting(Lock::sharers).isEqualTo(3);
        for (String bad : new String[] {"", "A", "a b", "a:b"}) {
            assertThatThrownBy(() -> Lock.exclusive(bad, "x")).isInstanceOf(InvalidValueException.class);
        }
        assertThatThrownBy(() -> new Lock("site", "", 1)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new Lock("site", "x", 0)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void oneKeyIsOneTaskHoweverManyAskAtOnce() throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService pool = java.util.concurrent.Executors.newFixedThreadPool(16);
        try {
            List<Future<Id>> ids = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                ids.add(pool.submit(() -> {
                    start.await();
                    return bench.submit(Submission.of(world.job("a")).key("order 4711"))
                            .id();
                }));
            }
            start.countDown();
            Set<Id> all = new HashSet<>();
            for (Future<Id> id : ids) {
                all.add(id.get());
            }
            assertThat(all).hasSize(1);
            Id id = all.iterator().next();
            Bench.ended(bench.aegir.task(id).orElseThrow());
            assertThat(world.effects()).containsExactly("do a");
            assertThat(bench.submit(Submission.of(world.job("b")).key("order 4711"))
                            .id())
                    .isEqualTo(id);
            assertThat(bench.heard)
                    .filteredOn(event -> event.kind() == Kind.SUBMITTED)
                    .hasSize(1);
            assertThat(bench.aegir.tasks(TaskQuery.newest(10))).hasSize(1);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void oneKeyTwiceInOneSubmission() throws InterruptedException {
        List<TaskHandle> handles = bench.aegir.submitAll(List.of(
                Submission.of(world.job("a")).key("k"),
                Submission.of(world.job("a")).key("k"),
                Submission.of(world.job("a"))));
        assertThat(handles.get(0).id())
                .isEqualTo(handles.get(1).id())
                .isNotEqualTo(handles.get(2).id());
        for (TaskHandle handle : handles) {
            Bench.ended(handle);
        }
        assertThat(bench.heard)
                .filteredOn(event -> event.kind() == Kind.SUBMITTED)
                .hasSize(2);
    }

    /** A key that is submitted again while the first task waits is no news. */
    @Test
    void aKnownKeyIsNoNews() throws InterruptedException {
        TaskHandle first = locking(world.blocks("do a"), 0, List.of(Lock.exclusive("site", "x")), "a");
        world.awaitIn("do a");
        World other = new World();
        Submission waiting = Submission.of(other.job(planner -> {
                    planner.lock(Lock.exclusive("site", "x"));
                    return other.plan("b");
                }))
                .key("k");
        TaskHandle handle = bench.submit(waiting);
        int heard = bench.heard.size();
        assertThat(bench.submit(waiting).id()).isEqualTo(handle.id());
        assertThat(bench.heard).hasSize(heard);
        world.letGo("do a");
        Bench.ended(first);
        Bench.ended(handle);
        other.close();
    }

    @Test
    void keysAndHashesAreChecked() {
        Submission submission = Submission.of(world.job("a"));
        for (String bad : new String[] {"", "  ", "a\nb", "x".repeat(201)}) {
            assertThatThrownBy(() -> submission.key(bad)).isInstanceOf(InvalidValueException.class);
        }
        assertThatThrownBy(() -> submission.approved("abc")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void whatWasApprovedIsDone() throws InterruptedException {
        World.Job job = world.job("a", "b");
        PlanPreview preview = bench.aegir.preview(job);
        assertThat(preview.toString()).contains("1. a", "2. b", "as it is", preview.hash());
        assertThat(preview.isEmpty()).isFalse();
        assertThat(bench.aegir.preview(job).hash()).isEqualTo(preview.hash());
        TaskInfo info = Bench.ended(bench.submit(Submission.of(job).approved(preview)));
        assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b");
    }

    @Test
    void whenTheWorldHasChangedNothingIsDone() throws InterruptedException {
        World.Job job = world.job("a", "b");
        PlanPreview preview = bench.aegir.preview(job);
        world.state = "something else";
        TaskInfo info = Bench.ended(bench.submit(Submission.of(job).approved(preview.hash())));
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElseThrow())
                .contains(
                        "not what was approved",
                        preview.hash(),
                        bench.aegir.preview(job).hash());
        assertThat(info.steps()).isEmpty();
        assertThat(world.effects()).isEmpty();
    }

    @Test
    void whenThePlanHasChangedNothingIsDone() throws InterruptedException {
        PlanPreview preview = bench.aegir.preview(world.job("a"));
        World.Job job = world.job(world.plan("a").commit());
        assertThat(bench.aegir.preview(job).hash()).isNotEqualTo(preview.hash());
        assertThat(bench.aegir.preview(job).toString()).contains("point of no return");
        assertThat(Bench.ended(bench.submit(Submission.of(job).approved(preview)))
                        .state())
                .isEqualTo(TaskState.ROLLED_BACK);
        assertThat(world.effects()).isEmpty();
    }

    /** What the world is like counts when the task has its locks, not when it was submitted. */
    @Test
    void anApprovalIsLookedAtWhenTheTaskHasItsLocks() throws InterruptedException {
        TaskHandle first = locking(world.blocks("do a"), 0, List.of(Lock.exclusive("site", "x")), "a");
        world.awaitIn("do a");
        World other = new World();
        World.Job job = other.job(planner -> {
            planner.lock(Lock.exclusive("site", "x"));
            return other.plan("b");
        });
        TaskHandle handle = bench.submit(Submission.of(job).approved(bench.aegir.preview(job)));
        other.state = "changed by the first";
        world.letGo("do a");
        Bench.ended(first);
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(other.effects()).isEmpty();
        other.close();
    }

    @Test
    void aPlanThatNeedsOtherLocksThanBeforeGetsThem() throws InterruptedException {
        AtomicInteger plans = new AtomicInteger();
        Set<String> planned = ConcurrentHashMap.newKeySet();
        TaskHandle handle = bench.submit(world.job(planner -> {
            String key = plans.getAndIncrement() == 0 ? "x" : "y";
            planned.add(key);
            planner.lock(Lock.exclusive("site", key));
            return world.plan("a");
        }));
        world.when("do a", context -> {
            assertThat(bench.store.ledger().holders("site:y")).containsExactly(handle.id());
            assertThat(bench.store.ledger().holders("site:x")).isEmpty();
        });
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(planned).containsExactlyInAnyOrder("x", "y");
    }

    @Test
    void whatCannotBeDoneIsRefusedWhenItIsSubmitted() {
        world.job(planner -> {
            throw new RefusedException("not with me");
        });
        assertThatThrownBy(() -> bench.submit(new World.Job(world.name, "t")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("not with me");
        world.job(planner -> {
            throw new IllegalStateException("a bug of the plugin");
        });
        assertThatThrownBy(() -> bench.submit(new World.Job(world.name, "t")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("JobHandler")
                .hasMessageContaining("a bug of the plugin")
                .hasCauseInstanceOf(IllegalStateException.class);
        world.job(planner -> {
            throw new StackOverflowError("deep");
        });
        assertThatThrownBy(() -> bench.submit(new World.Job(world.name, "t"))).isInstanceOf(RefusedException.class);
        assertThat(bench.aegir.tasks(TaskQuery.newest(10))).isEmpty();
        assertThat(bench.heard).isEmpty();
    }

    @Test
    void oneThatIsRefusedMeansNoneIsAccepted() {
        World bad = new World();
        bad.job(planner -> {
            throw new RefusedException("no");
        });
        assertThatThrownBy(() -> bench.aegir.submitAll(
                        List.of(Submission.of(world.job("a")), Submission.of(new World.Job(bad.name, "t")))))
                .isInstanceOf(RefusedException.class);
        assertThat(bench.aegir.tasks(TaskQuery.newest(10))).isEmpty();
        bad.close();
    }

    @Test
    void aPlanThatCannotBeMadeAnyMoreEndsTheTaskBeforeAnythingIsDone() throws InterruptedException {
        for (Throwable thrown : List.of(new RefusedException("not any more"), new StackOverflowError("deep"))) {
            AtomicInteger plans = new AtomicInteger();
            TaskInfo info = bench.run(world.job(planner -> {
                if (plans.getAndIncrement() == 0) {
                    return world.plan("a");
                }
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }));
            assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(info.cause().orElseThrow()).contains(thrown.getMessage());
        }
        assertThat(world.effects()).isEmpty();
        assertThat(bench.run(world.job("a")).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void waitingIsBounded() throws InterruptedException {
        TaskHandle handle = bench.submit(world.blocks("do a").job("a"));
        world.awaitIn("do a");
        assertThat(handle.await(Duration.ZERO).state()).isEqualTo(TaskState.RUNNING);
        assertThat(handle.await(Duration.ofMillis(1)).state()).isEqualTo(TaskState.RUNNING);
        assertThat(handle.await(Duration.ofSeconds(-1)).state()).isEqualTo(TaskState.RUNNING);
        world.letGo("do a");
        assertThat(handle.await(ChronoUnit.FOREVER.getDuration()).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void runWaits() throws InterruptedException {
        assertThat(bench.aegir.run(world.job("a")).orThrow().steps()).hasSize(1);
    }

    @Test
    void tasksAreListedNewestFirst() throws InterruptedException {
        List<Id> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            TaskHandle handle = bench.submit((i == 2 ? world.fails("do a") : world.never("do a")).job("a"));
            Bench.ended(handle);
            ids.add(0, handle.id());
        }
        assertThat(bench.aegir.tasks(TaskQuery.newest(10)))
                .extracting(TaskInfo::id)
                .containsExactlyElementsOf(ids);
        assertThat(bench.aegir.tasks(TaskQuery.newest(10).in(TaskState.ROLLED_BACK)))
                .extracting(TaskInfo::id)
                .containsExactly(ids.get(2));
        assertThat(bench.aegir.tasks(new TaskQuery(Set.of(), java.util.Optional.of(ids.get(3)), 10)))
                .extracting(TaskInfo::id)
                .containsExactly(ids.get(4));
    }

    @Test
    void theEventsOfATaskAreReadFromAnyPosition() throws InterruptedException {
        world.when("do a", context -> {
            for (int i = 0; i < 2500; i++) {
                context.log("line " + i);
            }
        });
        TaskHandle handle = bench.submit(world.job("a", "b"));
        List<TaskEvent> followed = new ArrayList<>();
        handle.follow(followed::add);
        List<TaskEvent> all = new ArrayList<>();
        for (List<TaskEvent> page = handle.events(0);
                !page.isEmpty();
                page = handle.events(all.get(all.size() - 1).position())) {
            all.addAll(page);
        }
        assertThat(followed).isEqualTo(all).hasSize(2508);
        assertThat(all).extracting(TaskEvent::position).isSorted().doesNotHaveDuplicates();
        assertThat(all.stream().filter(event -> event.kind() == Kind.LOG).map(TaskEvent::text))
                .startsWith("line 0", "line 1")
                .endsWith("line 2499")
                .hasSize(2500);
        assertThat(all.get(all.size() - 1).kind()).isEqualTo(Kind.ENDED);
        assertThat(handle.events(all.get(2000).position())).hasSize(507).first().isEqualTo(all.get(2001));
        // Those who listen hear the same, in the same order.
        assertThat(bench.heard)
                .extracting(TaskEvent::text)
                .containsExactlyElementsOf(all.stream().map(TaskEvent::text).toList());
    }

    @Test
    void whoFollowsSeesWhatHappensWhileItHappens() throws InterruptedException {
        world.when("do a", context -> context.log("working")).blocks("do b");
        TaskHandle handle = bench.submit(world.job("a", "b"));
        List<String> seen = new ArrayList<>();
        handle.follow(event -> {
            seen.add(event.text());
            if (event.text().equals("working")) {
                world.letGo("do b");
            }
        });
        assertThat(seen).contains("working").last().isEqualTo("SUCCEEDED");
    }
}
