// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ledger must keep when people cancel, retry and release tasks. */
abstract class InterventionChecks {
    private static final Lock LOCK = Lock.exclusive("site", "x");

    private final Supplier<StoreUnderTest> opener;
    private StoreUnderTest store;

    InterventionChecks(Supplier<StoreUnderTest> opener) {
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

    private LedgerTask cancel(LedgerTask task) {
        return store.ledger().cancel(task.id(), "no more", store.now()).orElseThrow();
    }

    private boolean retry(LedgerTask task) {
        return store.ledger().retry(task.id(), store.now());
    }

    private boolean release(LedgerTask task) {
        return store.ledger().release(task.id(), "mended by hand", store.now());
    }

    @Test
    void aTaskNeverBegunIsCancelledAtOnce() {
        LedgerTask ready = store.submit(LOCK);
        LedgerTask waiting = store.submit(LOCK);
        LedgerTask next = store.submit(LOCK);
        assertEquals(TaskState.CANCELLED, cancel(waiting).state());
        LedgerTask cancelled = cancel(ready);
        assertEquals(TaskState.CANCELLED, cancelled.state());
        assertEquals(Optional.of("no more"), cancelled.cancel());
        assertEquals(cancelled, store.state(ready));
        assertEquals(List.of(next.id()), store.ledger().holders("site:x"));
        assertEquals(TaskState.READY, store.state(next).state());
        assertEquals(Optional.empty(), store.ledger().begin(ready.id(), store.now()));
    }

    @Test
    void aTaskThatRunsIsAskedOnce() {
        LedgerTask task = store.submit(LOCK);
        Claim claim = store.planned(task, 1);
        assertEquals(TaskState.RUNNING, cancel(task).state());
        assertEquals(Optional.of("no more"), store.state(task).cancel());
        store.ledger().cancel(task.id(), "really", store.now());
        assertEquals(Optional.of("no more"), store.state(task).cancel());
        assertEquals(
                1,
                store.events(task).stream()
                        .filter(e -> e.kind() == Kind.CANCEL_REQUESTED)
                        .count());
        store.into(claim, TaskState.UNDOING);
        store.into(claim, TaskState.CANCELLED);
        assertEquals(List.of(), store.ledger().holders("site:x"));
    }

    @Test
    void aParkedTaskIsReadyAtOnce() {
        LedgerTask task = store.submit(LOCK);
        Claim claim = store.planned(task, 1);
        LedgerStep begun = StoreUnderTest.plan(1).get(0).begun();
        store.record(
                claim,
                Transition.steps(List.of(begun), List.of()).parked(store.now().plusSeconds(3_600)));
        assertEquals(TaskState.READY, cancel(task).state());
        Claim again = store.begin(task);
        assertEquals(Optional.of("no more"), again.task().cancel());
        assertEquals(TaskState.RUNNING, again.task().state());
    }

    /** Somebody asked while it ran, and it began to wait before it noticed: asked again, it need not wait to the end. */
    @Test
    void aParkedTaskIsReadyAtOnceAlsoWhenItWasAskedBefore() {
        LedgerTask task = store.submit(LOCK);
        Claim claim = store.planned(task, 1);
        cancel(task);
        LedgerStep begun = StoreUnderTest.plan(1).get(0).begun();
        store.record(
                claim,
                Transition.steps(List.of(begun), List.of()).parked(store.now().plusSeconds(3_600)));
        assertEquals(TaskState.PARKED, store.state(task).state());
        assertEquals(
                TaskState.READY,
                store.ledger()
                        .cancel(task.id(), "really", store.now())
                        .orElseThrow()
                        .state());
        assertEquals(Optional.of("no more"), store.begin(task).task().cancel());
    }

    @Test
    void aTaskThatIsTakenBackOrHasEndedStaysAsItIs() {
        LedgerTask undoing = store.submit();
        store.into(store.planned(undoing, 1), TaskState.UNDOING);
        LedgerTask done = store.submit();
        store.run(done);
        LedgerTask stuck = store.submit();
        store.into(store.planned(stuck, 1), TaskState.NEEDS_ATTENTION);
        for (LedgerTask task : List.of(undoing, done, stuck)) {
            LedgerTask before = store.state(task);
            assertEquals(before, cancel(task));
            assertEquals(before, store.state(task));
        }
        assertEquals(Optional.empty(), store.ledger().cancel(Id.next(), "what?", store.now()));
    }

    @Test
    void aStuckStepIsBegunAgain() {
        LedgerTask task = store.submit(LOCK);
        Claim claim = store.planned(task, 3);
        List<LedgerStep> plan = StoreUnderTest.plan(3);
        LedgerStep done = plan.get(0).begun().state(StepState.DONE);
        LedgerStep begun = plan.get(1).begun();
        store.record(claim, Transition.steps(List.of(done, begun), List.of()));
        store.into(claim, TaskState.NEEDS_ATTENTION, begun.failed(StepState.STUCK, "who knows"));
        assertEquals(List.of(task.id()), store.ledger().holders("site:x"));
        assertTrue(retry(task));
        assertEquals(TaskState.READY, store.state(task).state());
        assertEquals(Optional.empty(), store.state(task).cause());
        assertFalse(retry(task));
        Claim again = store.begin(task);
        assertEquals(TaskState.RUNNING, again.task().state());
        assertEquals(
                List.of(StepState.DONE, StepState.STARTED, StepState.PENDING),
                again.steps().stream().map(LedgerStep::state).toList());
    }

    @Test
    void aStepStuckWhileItWasTakenBackIsTakenBackFurther() {
        LedgerTask task = store.submit(LOCK);
        Claim claim = store.planned(task, 2);
        LedgerStep failed = StoreUnderTest.plan(2).get(1).begun().failed(StepState.FAILED, "no");
        LedgerStep undoing = StoreUnderTest.plan(2).get(0).begun().state(StepState.UNDOING);
        store.into(claim, TaskState.UNDOING, failed, undoing);
        store.into(claim, TaskState.NEEDS_ATTENTION, undoing.failed(StepState.STUCK, "in use"));
        assertTrue(retry(task));
        Claim again = store.begin(task);
        assertEquals(TaskState.UNDOING, again.task().state());
        assertEquals(
                List.of(StepState.UNDOING, StepState.FAILED),
                again.steps().stream().map(LedgerStep::state).toList());
        store.into(again, TaskState.NEEDS_ATTENTION, undoing.failed(StepState.STUCK, "still"));
        assertTrue(retry(task));
        assertEquals(TaskState.UNDOING, store.begin(task).task().state());
    }

    @Test
    void whatWasTakenBackWithoutAStuckStepIsTakenBackFurtherToo() {
        LedgerTask task = store.submit();
        Claim claim = store.planned(task, 1);
        store.into(claim, TaskState.UNDOING);
        store.into(claim, TaskState.NEEDS_ATTENTION);
        assertTrue(retry(task));
        assertEquals(TaskState.UNDOING, store.begin(task).task().state());
    }

    @Test
    void releasingFreesTheLocksAndNothingElse() {
        LedgerTask task = store.submit(LOCK, Lock.exclusive("server", "web1"));
        LedgerTask next = store.submit(LOCK);
        assertFalse(release(task));
        store.into(store.planned(task, 1), TaskState.NEEDS_ATTENTION);
        LedgerTask before = store.state(task);
        assertTrue(release(task));
        assertTrue(release(task));
        assertEquals(TaskState.NEEDS_ATTENTION, store.state(task).state());
        assertEquals(before.cause(), store.state(task).cause());
        assertEquals(List.of(next.id()), store.ledger().holders("site:x"));
        assertEquals(List.of(), store.ledger().holders("server:web1"));
        assertEquals(TaskState.READY, store.state(next).state());
        assertTrue(store.events(task).stream().anyMatch(e -> e.text().contains("mended by hand")));
        assertFalse(release(next));
        assertFalse(store.ledger().release(Id.next(), "?", store.now()));
    }

    @Test
    void aReleasedTaskThatIsRetriedGetsItsLocksFirst() {
        LedgerTask task = store.submit(LOCK);
        LedgerTask next = store.submit(LOCK);
        Claim claim = store.planned(task, 1);
        store.into(
                claim, TaskState.NEEDS_ATTENTION, StoreUnderTest.plan(1).get(0).begun());
        release(task);
        assertTrue(retry(task));
        assertEquals(TaskState.WAITING, store.state(task).state());
        assertEquals(Optional.empty(), store.ledger().begin(task.id(), store.now()));
        assertEquals(TaskState.WAITING, cancel(task).state(), "a step was begun, so it has to be taken back");
        store.run(next);
        assertEquals(TaskState.READY, store.state(task).state());
        assertEquals(Optional.of("no more"), store.begin(task).task().cancel());
        assertEquals(List.of(task.id()), store.ledger().holders("site:x"));
    }

    @Test
    void onlyATaskThatNeedsAttentionIsRetried() {
        assertFalse(retry(store.submit()));
        LedgerTask running = store.submit();
        store.begin(running);
        assertFalse(retry(running));
        LedgerTask done = store.submit();
        store.run(done);
        assertFalse(retry(done));
        assertFalse(store.ledger().retry(Id.next(), store.now()));
    }
}
