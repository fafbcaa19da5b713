// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.FencedException;
import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ledger's locks must keep. */
abstract class LockChecks {
    private static final Lock SITE = Lock.exclusive("site", "x");

    private final Supplier<StoreUnderTest> opener;
    private StoreUnderTest store;

    LockChecks(Supplier<StoreUnderTest> opener) {
        this.opener = opener;
    }

    @BeforeEach
    void open() {
        store = opener.get();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Lock server(int sharers) {
        return new Lock("server", "web1", sharers);
    }

    private void ready(LedgerTask... tasks) {
        for (LedgerTask task : tasks) {
            assertEquals(TaskState.READY, store.state(task).state());
        }
    }

    private void waiting(LedgerTask... tasks) {
        for (LedgerTask task : tasks) {
            assertEquals(TaskState.WAITING, store.state(task).state());
        }
    }

    private Set<Id> holders(Lock lock) {
        return new HashSet<>(store.ledger().holders(lock.key()));
    }

    @Test
    void theFirstHasItAndTheOthersFollowInTheOrderOfSubmission() {
        LedgerTask a = store.submit(SITE);
        LedgerTask b = store.submit(SITE);
        LedgerTask c = store.submit(SITE);
        LedgerTask elsewhere = store.submit(Lock.exclusive("site", "y"));
        ready(a, elsewhere);
        waiting(b, c);
        store.run(a);
        ready(b);
        waiting(c);
        store.into(store.begin(b), TaskState.ROLLED_BACK);
        ready(c);
        assertEquals(List.of(c.id()), store.ledger().holders("site:x"));
    }

    @Test
    void higherPriorityGoesFirstAmongThoseWhoWait() {
        LedgerTask holder = store.submit(0, SITE);
        LedgerTask low = store.submit(0, SITE);
        LedgerTask high = store.submit(5, SITE);
        LedgerTask alsoHigh = store.submit(5, SITE);
        store.run(holder);
        waiting(low, alsoHigh);
        store.run(high);
        waiting(low);
        store.run(alsoHigh);
        ready(low);
    }

    @Test
    void asManyShareAsAllOfThemAgreeTo() {
        LedgerTask a = store.submit(server(3));
        LedgerTask b = store.submit(server(2));
        LedgerTask c = store.submit(server(3));
        ready(a, b);
        waiting(c);
        store.run(b);
        ready(c);
        LedgerTask d = store.submit(server(3));
        ready(d);
        LedgerTask e = store.submit(server(Integer.MAX_VALUE));
        waiting(e);
        assertEquals(Set.of(a.id(), c.id(), d.id()), holders(server(1)));
    }

    @Test
    void whoWantsItAloneIsNotOvertakenByThoseWhoShare() {
        LedgerTask a = store.submit(server(10));
        LedgerTask alone = store.submit(server(1));
        LedgerTask b = store.submit(server(10));
        LedgerTask c = store.submit(server(10));
        waiting(alone, b, c);
        store.run(a);
        ready(alone);
        waiting(b, c);
        store.run(alone);
        ready(b, c);
    }

    @Test
    void whoWaitsForItsSiteHoldsNoServer() {
        LedgerTask holdsSite = store.submit(SITE);
        LedgerTask both = store.submit(server(1), SITE);
        LedgerTask other = store.submit(server(1));
        ready(other);
        waiting(both);
        store.run(holdsSite);
        waiting(both);
        assertEquals(Set.of(both.id()), holders(SITE));
        store.run(other);
        ready(both);
        assertEquals(Set.of(both.id()), holders(server(1)));
    }

    @Test
    void whoNeedsAttentionKeepsItsLocks() {
        LedgerTask stuck = store.submit(SITE, server(1));
        LedgerTask next = store.submit(SITE);
        store.into(store.begin(stuck), TaskState.NEEDS_ATTENTION);
        waiting(next);
        assertEquals(Set.of(stuck.id()), holders(SITE));
        store.ledger().release(stuck.id(), "done", store.now());
        ready(next);
    }

    @Test
    void parkedTasksAndThoseTakenBackKeepTheirLocks() {
        LedgerTask task = store.submit(SITE);
        LedgerTask next = store.submit(SITE);
        Claim claim = store.begin(task);
        store.into(claim, TaskState.UNDOING);
        waiting(next);
        store.record(claim, Transition.steps(List.of(), List.of()).parked(store.now()));
        waiting(next);
        store.into(store.begin(task), TaskState.ROLLED_BACK);
        ready(next);
    }

    @Test
    void otherLocksCanBeAskedForInsteadAndThePlanIsDropped() {
        LedgerTask task = store.submit(server(1));
        LedgerTask next = store.submit(server(1));
        LedgerTask holdsSite = store.submit(SITE);
        Claim claim = store.planned(task, 2);
        store.ledger().relock(task.id(), claim.task().fence(), List.of(server(1), SITE), store.now());
        ready(next);
        waiting(task);
        assertEquals(List.of(), store.ledger().steps(task.id()));
        assertThrows(FencedException.class, () -> store.into(claim, TaskState.SUCCEEDED));
        store.run(holdsSite);
        waiting(task);
        store.run(next);
        ready(task);
        assertEquals(List.of(SITE, server(1)), store.begin(task).locks());
    }

    @Test
    void whoAsksForWhatItHadAlreadyKeepsItsPlaceInTheOrder() {
        LedgerTask task = store.submit(server(1));
        LedgerTask next = store.submit(server(1));
        Claim claim = store.begin(task);
        store.ledger().relock(task.id(), claim.task().fence(), List.of(server(1), SITE), store.now());
        waiting(next);
        ready(task);
    }

    @Test
    void aTaskWithoutLocksIsReady() {
        ready(store.submit());
        assertEquals(List.of(), store.ledger().holders("site:nothing"));
    }

    /** Many tasks with random locks, run from many threads in any order, in every way a task can go. */
    @Test
    void underRandomLoadNobodyOverlapsAndEverybodyGetsThere() throws Exception {
        Random random = new Random(4711);
        Map<String, Set<Id>> inside = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 250; i++) {
            store.submit(random.nextInt(3), randomLocks(random));
        }
        List<Callable<Boolean>> workers = IntStream.range(0, 8)
                .<Callable<Boolean>>mapToObj(worker -> () -> {
                    work(new Random(worker), inside, violations);
                    return true;
                })
                .toList();
        StoreUnderTest.together(workers);
        assertEquals(List.of(), List.copyOf(violations));
        assertEquals(
                List.of(),
                store.ledger().list(TaskQuery.newest(10_000)).stream()
                        .filter(task -> !task.state().ended())
                        .toList());
        for (int i = 0; i < 8; i++) {
            assertEquals(List.of(), store.ledger().holders("site:s" + i));
            assertEquals(List.of(), store.ledger().holders("server:web" + i));
        }
    }

    private static Lock[] randomLocks(Random random) {
        Set<Lock> locks = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            locks.add(
                    random.nextBoolean()
                            ? Lock.exclusive("site", "s" + random.nextInt(6))
                            : new Lock("server", "web" + random.nextInt(3), 1 + random.nextInt(3)));
        }
        return locks.toArray(Lock[]::new);
    }

    private void work(Random random, Map<String, Set<Id>> inside, ConcurrentLinkedQueue<String> violations) {
        long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (System.nanoTime() < end) {
            List<LedgerTask> open = store.ledger()
                    .list(TaskQuery.newest(10_000).in(TaskState.WAITING, TaskState.READY, TaskState.RUNNING));
            if (open.isEmpty()) {
                return;
            }
            List<LedgerTask> ready =
                    open.stream().filter(t -> t.state() == TaskState.READY).toList();
            if (ready.isEmpty()) {
                Thread.onSpinWait();
                continue;
            }
            LedgerTask task = ready.get(random.nextInt(ready.size()));
            if (random.nextInt(15) == 0) {
                store.ledger().cancel(task.id(), "at random", store.now());
            } else {
                store.ledger().begin(task.id(), store.now()).ifPresent(c -> own(c, random, inside, violations));
            }
        }
        violations.add("It was not done in three minutes.");
    }

    private static Set<Id> at(Map<String, Set<Id>> inside, Lock lock) {
        return inside.computeIfAbsent(lock.key(), key -> ConcurrentHashMap.newKeySet());
    }

    private void own(
            Claim claim, Random random, Map<String, Set<Id>> inside, ConcurrentLinkedQueue<String> violations) {
        Id id = claim.task().id();
        // Somebody else may have begun the same task a moment later; only its owner tells what it may rely on.
        List<Lock> entered = new ArrayList<>();
        try {
            store.record(claim, Transition.steps(List.of(), List.of(store.event(claim.task(), "in"))));
            for (Lock lock : claim.locks()) {
                Set<Id> now = at(inside, lock);
                now.add(id);
                entered.add(lock);
                if (now.size() > lock.sharers()) {
                    violations.add(lock + " is held by " + now);
                }
            }
            Thread.onSpinWait();
            int way = random.nextInt(10);
            Optional<List<Lock>> others = way == 0 ? Optional.of(List.of(randomLocks(random))) : Optional.empty();
            // Out before it is written: from then on somebody else may be in.
            entered.forEach(lock -> at(inside, lock).remove(id));
            if (others.isPresent()) {
                store.ledger().relock(id, claim.task().fence(), others.get(), store.now());
            } else if (way == 1) {
                store.into(claim, TaskState.NEEDS_ATTENTION);
                assertTrue(store.ledger().release(id, "at random", store.now()));
            } else {
                store.into(claim, way < 5 ? TaskState.ROLLED_BACK : TaskState.SUCCEEDED);
            }
        } catch (FencedException e) {
            entered.forEach(lock -> at(inside, lock).remove(id));
        }
    }
}
