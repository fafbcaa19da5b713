// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ledger's events must keep. */
abstract class EventChecks {
    private final Supplier<StoreUnderTest> opener;
    private final boolean durable;
    private StoreUnderTest store;

    EventChecks(Supplier<StoreUnderTest> opener, boolean durable) {
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

    private static List<String> texts(List<TaskEvent> events) {
        return events.stream()
                .filter(e -> e.kind() == Kind.LOG)
                .map(TaskEvent::text)
                .toList();
    }

    @Test
    void theyKeepTheirOrderAcrossTransitionsAndLines() {
        LedgerTask task = store.submit();
        Claim claim = store.planned(task, 1);
        store.ledger().append(List.of(store.event(task, "1"), store.event(task, "2")));
        store.record(claim, Transition.steps(List.of(), List.of(store.event(task, "3"), store.event(task, "4"))));
        store.ledger().append(List.of(store.event(task, "5")));
        assertEquals(List.of("1", "2", "3", "4", "5"), texts(store.events(task)));
        List<Long> positions =
                store.events(task).stream().map(TaskEvent::position).toList();
        assertEquals(positions.stream().sorted().distinct().toList(), positions);
        assertTrue(positions.get(0) > 0);
    }

    @Test
    void everyFieldIsKept() {
        LedgerTask task = store.submit();
        TaskEvent said = new TaskEvent(
                0,
                task.id(),
                store.now(),
                Kind.STEP_FAILED,
                "step \"x\"",
                "l1\nl2 \u001b[31m \ud83d\ude00 'q' " + "x".repeat(70_000));
        store.ledger().append(List.of(said));
        TaskEvent read = store.events(task).get(store.events(task).size() - 1);
        assertEquals(
                new TaskEvent(read.position(), said.task(), said.at(), said.kind(), said.step(), said.text()), read);
    }

    @Test
    void readFromAnyPositionInPagesNothingIsLostOrRepeated() {
        LedgerTask one = store.submit();
        LedgerTask two = store.submit();
        for (int i = 0; i < 25; i++) {
            store.ledger()
                    .append(List.of(store.event(one, "a" + i), store.event(two, "b" + i), store.event(one, "c" + i)));
        }
        List<TaskEvent> paged = new ArrayList<>();
        long after = 0;
        for (List<TaskEvent> page = store.ledger().events(one.id(), after, 7);
                !page.isEmpty();
                page = store.ledger().events(one.id(), after, 7)) {
            assertTrue(page.size() <= 7);
            paged.addAll(page);
            after = page.get(page.size() - 1).position();
        }
        assertEquals(store.events(one), paged);
        assertEquals(50, texts(paged).size());
        assertEquals(25, texts(store.events(two)).size());
    }

    @Test
    void theLedgersOwn() {
        Lock lock = Lock.exclusive("site", "x");
        LedgerTask first = store.submit(lock);
        LedgerTask second = store.submit(lock);
        assertEquals(List.of(Kind.SUBMITTED), kinds(first));
        assertEquals(List.of(Kind.SUBMITTED, Kind.WAITING), kinds(second));
        String waits = store.events(second).get(1).text();
        assertTrue(waits.contains("site:x") && waits.contains(first.id().value()), waits);
        store.ledger().cancel(second.id(), "changed my mind", store.now());
        assertEquals(List.of(Kind.SUBMITTED, Kind.WAITING, Kind.CANCEL_REQUESTED, Kind.ENDED), kinds(second));
        assertTrue(store.events(second).get(3).text().startsWith("CANCELLED"));
        store.ledger().cancel(second.id(), "again", store.now());
        assertEquals(4, kinds(second).size());
    }

    @Test
    void aTaskSaysWhenItWaitsForItsNextLock() {
        Lock site = Lock.exclusive("site", "x");
        Lock server = Lock.exclusive("server", "web1");
        LedgerTask first = store.submit(site);
        LedgerTask other = store.submit(server);
        LedgerTask both = store.submit(server, site);
        store.run(first);
        List<TaskEvent> events = store.events(both);
        assertEquals(List.of(Kind.SUBMITTED, Kind.WAITING, Kind.WAITING), kinds(both));
        assertTrue(events.get(2).text().contains("server:web1"), events.get(2).text());
        assertTrue(
                events.get(2).text().contains(other.id().value()), events.get(2).text());
    }

    private List<Kind> kinds(LedgerTask task) {
        return store.events(task).stream().map(TaskEvent::kind).toList();
    }

    @Test
    void ofTasksThatDoNotExistTheyAreDropped() {
        LedgerTask task = store.submit();
        TaskEvent stray = new TaskEvent(0, Id.next(), store.now(), Kind.LOG, "", "stray");
        store.ledger().append(List.of(stray, store.event(task, "kept")));
        assertEquals(List.of("kept"), texts(store.events(task)));
        assertEquals(List.of(), store.ledger().events(stray.task(), 0, 10));
    }

    @Test
    void manyWritersKeepEachTheirOwnOrder() throws Exception {
        LedgerTask task = store.submit();
        List<Callable<Boolean>> writers = IntStream.range(0, 8)
                .<Callable<Boolean>>mapToObj(writer -> () -> {
                    for (int i = 0; i < 40; i++) {
                        store.ledger().append(List.of(store.event(task, writer + " " + (1000 + i))));
                    }
                    return true;
                })
                .toList();
        StoreUnderTest.together(writers);
        List<String> all = texts(store.events(task));
        assertEquals(320, all.size());
        for (int writer = 0; writer < 8; writer++) {
            String mine = writer + " ";
            List<String> own = all.stream().filter(t -> t.startsWith(mine)).toList();
            assertEquals(own.stream().sorted().collect(Collectors.toList()), own);
        }
    }

    @Test
    void afterItWasClosedTheyAreThereOrNoneIs() {
        LedgerTask task = store.submit();
        store.ledger().append(List.of(store.event(task, "before")));
        List<TaskEvent> before = store.events(task);
        store.reopen();
        if (!durable) {
            assertEquals(List.of(), store.events(task));
            return;
        }
        assertEquals(before, store.events(task));
        store.ledger().append(List.of(store.event(task, "after")));
        long last = before.get(before.size() - 1).position();
        assertEquals(List.of("after"), texts(store.ledger().events(task.id(), last, 10)));
    }
}
