// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Inventory;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Runs steps on fake hosts the way an executor does: one after the other, each read back from its stored form; when one
 * fails, it and everything before it is undone in exact reverse; after a {@linkplain Fault.Kind#CRASH crash} the task can be
 * {@linkplain #resume resumed} or {@linkplain #undo undone} by what was stored. Not thread-safe.
 */
public final class TestRunner {
    private static final int MAX_WAITS = 100;
    private final TestJournal journal;
    private final FakeHost first;
    private List<Step> steps = List.of();
    private int[] attempts = {};
    private int at;
    private int furthest;
    private boolean undoing;
    private int commandsBeforeUndo;

    private TestRunner(FakeHost first, FakeHost... more) {
        this.first = first;
        journal = new TestJournal(first, more);
    }

    /** How a task ended. */
    public enum State {
        /** Every step is done. */
        SUCCEEDED,
        /** A step failed; it and everything before it was undone. */
        ROLLED_BACK,
        /** A step could not be undone, or asks a person. */
        NEEDS_ATTENTION,
        /** It did not end: everything crashed. */
        CRASHED
    }

    /**
     * How a task ended.
     *
     * @param state how
     * @param cause what went wrong first
     * @param undoFailure what went wrong when it was undone
     */
    public record Outcome(State state, Optional<Throwable> cause, Optional<Throwable> undoFailure) {
        /** Makes it. */
        public Outcome {}

        @Override
        public String toString() {
            return state
                    + cause.map(each -> ": " + each).orElse("")
                    + undoFailure.map(each -> "; undo failed: " + each).orElse("");
        }
    }

    /**
     * A runner for some hosts.
     *
     * @param first a host that steps may use
     * @param more more of them
     * @return the runner
     */
    public static TestRunner on(FakeHost first, FakeHost... more) {
        return new TestRunner(first, more);
    }

    /**
     * Answers for secrets that nobody has kept.
     *
     * @param source what to answer
     * @return this runner
     */
    public TestRunner unknownSecrets(Function<SecretRef, Secret> source) {
        journal.unknownSecrets(source);
        return this;
    }

    /**
     * What is known to exist; writable.
     *
     * @return the inventory that steps see
     */
    public Inventory inventory() {
        return journal.documents.inventory(true);
    }

    /**
     * What all tasks so far have logged, unredacted.
     *
     * @return the lines in order, up to 1 MiB altogether
     */
    public List<String> lines() {
        return journal.lines();
    }

    /**
     * What the last task has remembered.
     *
     * @return the facts in their stored form, by name
     */
    public Map<String, String> facts() {
        return new TreeMap<>(journal.facts);
    }

    /**
     * What the tasks so far have told their callers as data.
     *
     * @return the results by name
     */
    public Map<String, String> results() {
        return new TreeMap<>(journal.results);
    }

    /**
     * What steps would change.
     *
     * @param plan the steps
     * @return their previews, one after the other
     * @throws Exception when a step says so
     */
    public List<Change> preview(List<? extends Step> plan) throws Exception {
        List<Change> changes = new ArrayList<>();
        Map<String, String> facts = new ConcurrentHashMap<>();
        for (int i = 0; i < plan.size(); i++) {
            Step step = stored(plan.get(i));
            changes.addAll(within(TestContext.previewing(journal, "preview-" + i, facts), step::preview));
        }
        return changes;
    }

    /**
     * Runs steps as a new task.
     *
     * @param plan the steps
     * @return how it ended; after a crash, go on with {@link #resume} or {@link #undo}
     * @throws InterruptedException when the thread is interrupted; nothing is undone then
     */
    public Outcome run(List<? extends Step> plan) throws InterruptedException {
        journal.newTask();
        steps = new ArrayList<>(plan);
        attempts = new int[plan.size()];
        at = 0;
        undoing = false;
        return forward(false);
    }

    /**
     * Goes on after a crash: undoing when that was under way; else the step that was in doubt is asked what to do.
     *
     * @return how it ended
     * @throws InterruptedException when the thread is interrupted
     */
    public Outcome resume() throws InterruptedException {
        journal.takenOver();
        return undoing ? back(Optional.empty()) : forward(true);
    }

    /**
     * Undoes the last task: every step that was begun, in exact reverse; from the beginning when it was undone before.
     *
     * @return how it ended
     * @throws InterruptedException when the thread is interrupted
     */
    public Outcome undo() throws InterruptedException {
        journal.takenOver();
        at = undoing ? furthest : at;
        return back(Optional.empty());
    }

    /** How many commands had run on the first host when undoing began. */
    int commandsBeforeUndo() {
        return commandsBeforeUndo;
    }

    boolean saidTooMuch() {
        return journal.saidTooMuch();
    }

    private Outcome forward(boolean inDoubt) throws InterruptedException {
        boolean doubt = inDoubt;
        while (at < steps.size()) {
            try {
                attempts[at]++;
                Doubt answer = doubt ? within(context(), stored(steps.get(at))::inDoubt) : Doubt.RUN_AGAIN;
                if (answer == Doubt.ASK) {
                    return new Outcome(State.NEEDS_ATTENTION, Optional.empty(), Optional.empty());
                } else if (answer == Doubt.UNDO) {
                    return back(Optional.empty());
                } else if (answer == Doubt.RUN_AGAIN) {
                    waiting(stored(steps.get(at)));
                }
            } catch (HostCrash crash) {
                return new Outcome(State.CRASHED, Optional.of(crash), Optional.empty());
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception | AssertionError | StackOverflowError | LinkageError e) {
                return back(Optional.of(e));
            }
            doubt = false;
            at++;
        }
        return new Outcome(State.SUCCEEDED, Optional.empty(), Optional.empty());
    }

    /** Runs a step; when it has to wait, time flies. */
    private void waiting(Step step) throws Exception {
        for (int i = 0; i < MAX_WAITS; i++) {
            try {
                within(context(), context -> {
                    step.run(context);
                    return true;
                });
                return;
            } catch (NotYetException e) {
                journal.now(e.until().isAfter(journal.now()) ? e.until() : journal.now());
                attempts[at]++;
            }
        }
        throw new IllegalStateException(
                "step \"" + step.name() + "\" still wants to wait after " + MAX_WAITS + " times");
    }

    private Outcome back(Optional<Throwable> cause) throws InterruptedException {
        if (!undoing) {
            undoing = true;
            at = Math.min(at, steps.size() - 1);
            furthest = at;
            commandsBeforeUndo = first.executions().size();
        }
        while (at >= 0) {
            try {
                Step step = stored(steps.get(at));
                within(context(), context -> {
                    step.undo(context);
                    return true;
                });
            } catch (HostCrash crash) {
                return new Outcome(State.CRASHED, Optional.of(crash), Optional.empty());
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception | AssertionError | StackOverflowError | LinkageError e) {
                return new Outcome(State.NEEDS_ATTENTION, cause, Optional.of(e));
            }
            at--;
        }
        return new Outcome(State.ROLLED_BACK, cause, Optional.empty());
    }

    /** One call of a step. */
    private interface StepCall<T> {
        T on(TestContext context) throws Exception;
    }

    /** A context is valid only during the call it is made for. */
    private static <T> T within(TestContext context, StepCall<T> call) throws Exception {
        try {
            return call.on(context);
        } finally {
            context.end();
        }
    }

    private TestContext context() {
        return TestContext.running(journal, journal.task() + "-" + at, attempts[at]);
    }

    private static Step stored(Step step) {
        return StoredForm.read(StoredForm.write(step), step.getClass());
    }
}
