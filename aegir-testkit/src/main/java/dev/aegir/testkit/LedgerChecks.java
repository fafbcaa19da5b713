// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.FencedException;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Ledger.NewTask;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.Transition;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Lock;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ledger's tasks and journal must keep. */
abstract class LedgerChecks {
    private final Supplier<StoreUnderTest> opener;
    private final boolean durable;
    private StoreUnderTest store;

    LedgerChecks(Supplier<StoreUnderTest> opener, boolean durable) {
        this.opener = opener;
        this.durable = durable;
    }

    @BeforeEach
    void open() {
        store = opener.get();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private LedgerTask keyed(String key) {
        return store.task(Optional.of(key), 0, Optional.empty());
    }

    private void fenced(Claim claim, Transition transition) {
        assertThrows(FencedException.class, () -> store.record(claim, transition));
    }

    @Test
    void everyFieldOfATaskIsKept() {
        Instant then = store.now().minusSeconds(5);
        LedgerTask task = new LedgerTask(
                Id.next(),
                Optional.of("key 'a' \ud83d\ude00"),
                "site.install",
                "Install \"x\"\n",
                "{\"a\":\"" + "x".repeat(100_000) + "\"}",
                -7,
                Optional.of("ab".repeat(32)),
                CrashPolicy.UNDO,
                TaskState.WAITING,
                0,
                -1,
                Optional.empty(),
                Optional.empty(),
                then,
                then,
                Optional.of(then.plusSeconds(60)));
        LedgerTask ready = store.ledger().submit(task, List.of());
        LedgerTask expected = new LedgerTask(
                task.id(),
                task.key(),
                task.type(),
                task.title(),
                task.json(),
                -7,
                task.approved(),
                CrashPolicy.UNDO,
                TaskState.READY,
                0,
                -1,
                Optional.empty(),
                Optional.empty(),
                then,
                ready.updated(),
                task.notBefore());
        assertEquals(expected, ready);
        assertEquals(Optional.of(expected), store.ledger().find(task.id()));
        assertEquals(Optional.of(expected), store.ledger().findByKey("key 'a' \ud83d\ude00"));
        assertEquals(Optional.empty(), store.ledger().find(Id.next()));
        assertEquals(Optional.empty(), store.ledger().findByKey("key"));
    }

    @Test
    void theSameKeyOrIdFindsTheFirstTaskWhateverBecameOfIt() {
        LedgerTask first = store.ledger().submit(keyed("k"), List.of());
        assertEquals(first, store.ledger().submit(keyed("k"), List.of(Lock.exclusive("site", "x"))));
        assertEquals(List.of(), store.ledger().holders("site:x"));
        assertEquals(first.id(), store.ledger().submit(first, List.of()).id());
        store.run(first);
        assertEquals(
                TaskState.SUCCEEDED,
                store.ledger().submit(keyed("k"), List.of()).state());
        assertEquals(1, store.ledger().list(TaskQuery.newest(10)).size());
    }

    @Test
    void manyWhoSubmitTheSameKeyAtOnceGetOneTask() throws Exception {
        List<LedgerTask> all = StoreUnderTest.together(Collections.nCopies(
                16, () -> store.ledger().submit(keyed("same"), List.of(Lock.exclusive("site", "x")))));
        assertEquals(1, all.stream().map(LedgerTask::id).distinct().count());
        assertEquals(List.of(all.get(0).id()), store.ledger().holders("site:x"));
        assertEquals(1, store.ledger().list(TaskQuery.newest(100)).size());
    }

    @Test
    void manySubmittedTogetherStandInTheirOrder() {
        List<NewTask> many = new ArrayList<>();
        for (int i = 0; i < 1_234; i++) {
            many.add(new NewTask(keyed("key " + i % 1_200), List.of()));
        }
        List<LedgerTask> all = store.ledger().submitAll(many);
        assertEquals(1_234, all.size());
        assertEquals(all.get(33).id(), all.get(1_233).id());
        List<Id> listed = new ArrayList<>(store.ledger().list(TaskQuery.newest(10_000)).stream()
                .map(LedgerTask::id)
                .toList());
        Collections.reverse(listed);
        assertEquals(all.subList(0, 1_200).stream().map(LedgerTask::id).toList(), listed);
        assertEquals(List.of(), store.ledger().submitAll(List.of()));
    }

    @Test
    void onlyATaskWhoseTurnItIsIsBegun() {
        Lock lock = Lock.exclusive("site", "x");
        LedgerTask holds = store.submit(lock);
        LedgerTask waits = store.submit(lock);
        LedgerTask later = store.ledger()
                .submit(store.task(Optional.empty(), 0, Optional.of(store.now().plusSeconds(60))), List.of());
        assertEquals(TaskState.WAITING, waits.state());
        assertEquals(TaskState.READY, later.state());
        assertEquals(Optional.empty(), store.ledger().begin(Id.next(), store.now()));
        assertEquals(Optional.empty(), store.ledger().begin(waits.id(), store.now()));
        assertEquals(Optional.empty(), store.ledger().begin(later.id(), store.now()));
        store.clock.forward(Duration.ofSeconds(61));
        assertEquals(Optional.empty(), store.begin(later).task().notBefore());
        store.run(holds);
        assertEquals(Optional.empty(), store.ledger().begin(holds.id(), store.now()));
    }

    @Test
    void aClaimSaysAllThereIsToKnow() {
        Lock server = Lock.shared("server", "web1");
        Lock site = Lock.exclusive("site", "x");
        LedgerTask task = store.submit(server, site, Lock.shared("site", "x"));
        Claim first = store.begin(task);
        assertEquals(List.of(site, server), first.locks());
        assertEquals(List.of(), first.steps());
        assertEquals(TaskState.RUNNING, first.task().state());
        assertTrue(
                first.task().fence() >= task.created().toEpochMilli(),
                "a fence is never lower than the time, so that a store restored from a copy is not refused by hosts");
        assertEquals(store.state(task), first.task());
        store.record(first, Transition.planned(StoreUnderTest.plan(3), 1, List.of()));
        Claim second = store.begin(task);
        assertEquals(StoreUnderTest.plan(3), second.steps());
        assertEquals(1, second.task().commitStage());
        assertEquals(store.ledger().steps(task.id()), second.steps());
    }

    @Test
    void theSecondOwnerFencesTheFirst() {
        LedgerTask task = store.submit();
        Claim first = store.planned(task, 2);
        LedgerTask other = store.submit();
        long between = store.begin(other).task().fence();
        Claim second = store.begin(task);
        assertTrue(first.task().fence() < between && between < second.task().fence());
        int events = store.events(task).size();
        LedgerStep begun = first.steps().isEmpty()
                ? StoreUnderTest.plan(2).get(0).begun()
                : first.steps().get(0);
        fenced(first, Transition.steps(List.of(begun), List.of(store.event(task, "no"))));
        fenced(first, Transition.planned(List.of(), -1, List.of()));
        fenced(first, Transition.steps(List.of(), List.of()).into(TaskState.SUCCEEDED, Optional.empty()));
        assertThrows(
                FencedException.class,
                () -> store.ledger().relock(task.id(), first.task().fence(), List.of(), store.now()));
        assertEquals(second.task(), store.state(task));
        assertEquals(StoreUnderTest.plan(2), store.ledger().steps(task.id()));
        assertEquals(events, store.events(task).size());
        store.into(second, TaskState.SUCCEEDED);
    }

    @Test
    void whoGaveATaskUpWritesNoMore() {
        for (TaskState gone : List.of(TaskState.SUCCEEDED, TaskState.NEEDS_ATTENTION, TaskState.READY)) {
            Claim claim = store.planned(store.submit(), 1);
            store.into(claim, gone);
            fenced(claim, Transition.steps(List.of(), List.of(store.event(claim.task(), "late"))));
        }
        Claim parked = store.planned(store.submit(), 1);
        store.record(parked, Transition.steps(List.of(), List.of()).parked(store.now()));
        fenced(parked, Transition.steps(List.of(), List.of()));
    }

    @Test
    void everyFieldOfAStepIsKeptAndATransitionIsOneChange() {
        LedgerTask task = store.submit();
        Claim claim = store.planned(task, 3);
        List<LedgerStep> plan = StoreUnderTest.plan(3);
        LedgerStep done = plan.get(0)
                .begun()
                .facts(Map.of("a \"b\"", "{\"x\":1}", "result:url", "\"https://a\ud83d\ude00\""))
                .state(StepState.DONE);
        LedgerStep failed = plan.get(1).begun().begun().failed(StepState.FAILED, "it's\nbroken");
        store.record(
                claim,
                Transition.steps(List.of(done, failed), List.of(store.event(task, "said")))
                        .into(TaskState.UNDOING, Optional.of("step 1 failed")));
        assertEquals(List.of(done, failed, plan.get(2)), store.ledger().steps(task.id()));
        LedgerTask now = store.state(task);
        assertEquals(TaskState.UNDOING, now.state());
        assertEquals(Optional.of("step 1 failed"), now.cause());
        store.record(claim, Transition.steps(List.of(failed.state(StepState.UNDONE)), List.of()));
        assertEquals(Optional.of("step 1 failed"), store.state(task).cause());
        assertEquals(
                "said", store.events(task).get(store.events(task).size() - 1).text());
    }

    @Test
    void ofATransitionThatCannotBeNothingIsWritten() {
        LedgerTask task = store.submit();
        Claim claim = store.planned(task, 1);
        LedgerTask before = store.state(task);
        int events = store.events(task).size();
        List<LedgerStep> plan = StoreUnderTest.plan(2);
        assertThrows(
                RefusedException.class,
                () -> store.record(
                        claim,
                        Transition.steps(List.of(plan.get(0).begun(), plan.get(1)), List.of(store.event(task, "no")))));
        assertThrows(
                RefusedException.class,
                () -> store.into(claim, TaskState.WAITING, plan.get(0).begun()));
        assertThrows(
                RefusedException.class,
                () -> store.ledger().record(Id.next(), 1, Transition.steps(List.of(), List.of()), store.now()));
        assertEquals(before, store.state(task));
        assertEquals(StoreUnderTest.plan(1), store.ledger().steps(task.id()));
        assertEquals(events, store.events(task).size());
    }

    @Test
    void aNewPlanReplacesTheOldOne() {
        LedgerTask task = store.submit();
        Claim claim = store.planned(task, 3);
        List<LedgerStep> other = List.of(StoreUnderTest.plan(1).get(0).begun());
        store.record(claim, Transition.planned(other, 0, List.of()));
        assertEquals(other, store.ledger().steps(task.id()));
        assertEquals(0, store.state(task).commitStage());
    }

    @Test
    void aParkedTaskGoesOnWhenItsTimeHasComeAndTheWayItWent() {
        for (TaskState way : List.of(TaskState.RUNNING, TaskState.UNDOING)) {
            LedgerTask task = store.submit(Lock.exclusive("site", way));
            Claim claim = store.planned(task, 1);
            store.into(claim, way);
            Instant until = store.now().plusSeconds(30);
            store.record(claim, Transition.steps(List.of(), List.of()).parked(until));
            assertEquals(TaskState.PARKED, store.state(task).state());
            assertEquals(Optional.of(until), store.state(task).notBefore());
            assertEquals(List.of(task.id()), store.ledger().holders("site:" + way));
            assertEquals(Optional.empty(), store.ledger().begin(task.id(), store.now()));
            store.clock.forward(Duration.ofSeconds(31));
            Claim again = store.begin(task);
            assertEquals(way, again.task().state());
            assertEquals(Optional.empty(), again.task().notBefore());
            assertEquals(way, store.begin(task).task().state());
        }
    }

    @Test
    void listedNewestFirstByStateAndPage() {
        List<LedgerTask> tasks =
                IntStream.range(0, 20).mapToObj(i -> store.submit()).toList();
        tasks.stream().limit(10).forEach(store::run);
        List<Id> newestFirst =
                new ArrayList<>(tasks.stream().map(LedgerTask::id).toList());
        Collections.reverse(newestFirst);
        List<Id> paged = new ArrayList<>();
        TaskQuery query = TaskQuery.newest(6);
        for (List<LedgerTask> page = store.ledger().list(query);
                !page.isEmpty();
                page = store.ledger().list(query)) {
            page.forEach(task -> paged.add(task.id()));
            query = new TaskQuery(Set.of(), Optional.of(paged.get(paged.size() - 1)), 6);
        }
        assertEquals(newestFirst, paged);
        List<LedgerTask> succeeded = store.ledger().list(TaskQuery.newest(4).in(TaskState.SUCCEEDED, TaskState.PARKED));
        assertEquals(
                newestFirst.subList(10, 14),
                succeeded.stream().map(LedgerTask::id).toList());
        assertEquals(store.state(tasks.get(9)), succeeded.get(0));
        assertEquals(List.of(), store.ledger().list(TaskQuery.newest(5).in(TaskState.UNDOING)));
        assertEquals(List.of(), store.ledger().list(new TaskQuery(Set.of(), Optional.of(Id.next()), 5)));
    }

    @Test
    void whatEndedLongAgoIsForgottenWhole() {
        Instant begun = store.now();
        List<LedgerTask> tasks = IntStream.range(0, 6)
                .mapToObj(i -> store.ledger().submit(keyed("old " + i), List.of(Lock.exclusive("site", "s" + i))))
                .toList();
        List<Claim> claims = tasks.stream().map(task -> store.planned(task, 2)).toList();
        store.into(claims.get(0), TaskState.SUCCEEDED);
        store.into(claims.get(1), TaskState.ROLLED_BACK);
        store.into(claims.get(2), TaskState.NEEDS_ATTENTION);
        store.into(claims.get(3), TaskState.SUCCEEDED);
        assertEquals(0, store.ledger().forget(begun, 10), "a task that has just ended was forgotten");
        Instant later = store.now().plus(Duration.ofDays(30));
        assertEquals(2, store.ledger().forget(later, 2));
        assertEquals(1, store.ledger().forget(later, 10));
        assertEquals(0, store.ledger().forget(later, 10));
        assertEquals(
                List.of(tasks.get(5).id(), tasks.get(4).id(), tasks.get(2).id()),
                store.ledger().list(TaskQuery.newest(10)).stream()
                        .map(LedgerTask::id)
                        .toList());
        for (int gone : new int[] {0, 1, 3}) {
            Id id = tasks.get(gone).id();
            assertEquals(Optional.empty(), store.ledger().find(id));
            assertEquals(Optional.empty(), store.ledger().findByKey("old " + gone));
            assertEquals(List.of(), store.ledger().steps(id));
            assertEquals(List.of(), store.ledger().events(id, 0, 10));
        }
        assertEquals(2, store.ledger().steps(tasks.get(2).id()).size());
        assertEquals(List.of(tasks.get(4).id()), store.ledger().holders("site:s4"));
        // What is submitted afterwards comes after everything else, and may use a key again.
        LedgerTask again = store.ledger().submit(keyed("old 0"), List.of());
        assertEquals(again.id(), store.ledger().list(TaskQuery.newest(1)).get(0).id());
        store.into(store.begin(again), TaskState.SUCCEEDED);
    }

    @Test
    void afterItWasClosedAllIsThereOrNothing() {
        LedgerTask running = store.submit(Lock.exclusive("site", "x"));
        LedgerTask waits = store.ledger().submit(keyed("k"), List.of(Lock.exclusive("site", "x")));
        Claim claim = store.planned(running, 3);
        store.record(
                claim, Transition.steps(List.of(StoreUnderTest.plan(3).get(0).begun()), List.of()));
        List<LedgerTask> tasks = store.ledger().list(TaskQuery.newest(10));
        List<LedgerStep> steps = store.ledger().steps(running.id());
        store.reopen();
        if (!durable) {
            assertEquals(List.of(), store.ledger().list(TaskQuery.newest(10)));
            assertEquals(List.of(), store.ledger().holders("site:x"));
            return;
        }
        assertEquals(tasks, store.ledger().list(TaskQuery.newest(10)));
        assertEquals(steps, store.ledger().steps(running.id()));
        assertEquals(List.of(running.id()), store.ledger().holders("site:x"));
        assertEquals(waits.id(), store.ledger().submit(keyed("k"), List.of()).id());
        Claim again = store.begin(running);
        assertTrue(again.task().fence() > claim.task().fence());
        assertEquals(claim.locks(), again.locks());
        store.into(again, TaskState.SUCCEEDED);
        assertEquals(TaskState.READY, store.state(waits).state());
    }

    @Test
    void noTwoOwnersHaveTheSameFence() throws Exception {
        List<LedgerTask> tasks =
                IntStream.range(0, 8).mapToObj(i -> store.submit()).toList();
        List<List<Long>> fences = StoreUnderTest.together(tasks.stream()
                .<java.util.concurrent.Callable<List<Long>>>map(task -> () -> IntStream.range(0, 25)
                        .mapToObj(i -> store.begin(task).task().fence())
                        .toList())
                .toList());
        Set<Long> distinct = new HashSet<>();
        fences.forEach(distinct::addAll);
        assertEquals(200, distinct.size());
        fences.forEach(own -> assertEquals(own.stream().sorted().toList(), own));
    }
}
