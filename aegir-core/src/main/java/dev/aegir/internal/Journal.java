// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.StoreException;
import dev.aegir.spi.Transition;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one owner of a task writes into the ledger: every write carries its fence, and takes along what was said since the
 * last one. Thread-safe: the steps of one stage share it.
 */
final class Journal {
    /** What is kept of one line, and of all that one owner's steps log: more is for files. */
    static final int LINE_LIMIT = 64 * 1024;

    static final int LOG_LIMIT = 8 * 1024 * 1024;
    private static final int BATCH = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Ledger ledger;
    private final Id task;
    private final long fence;
    private final InstantSource clock;
    private final Redactor redactor;
    private final Consumer<TaskEvent> listener;
    private final List<TaskEvent> said = new ArrayList<>();
    private final List<LedgerStep> steps;
    private final Map<String, String> facts = new TreeMap<>();
    private boolean ended;
    private long logged;

    Journal(Ledger ledger, Claim claim, InstantSource clock, Redactor redactor, Consumer<TaskEvent> listener) {
        this.ledger = ledger;
        this.task = claim.task().id();
        this.fence = claim.task().fence();
        this.clock = clock;
        this.redactor = redactor;
        this.listener = listener;
        this.steps = new ArrayList<>(claim.steps());
        steps.forEach(step -> facts.putAll(step.facts()));
    }

    Id task() {
        return task;
    }

    long fence() {
        return fence;
    }

    synchronized List<LedgerStep> steps() {
        return List.copyOf(steps);
    }

    synchronized LedgerStep step(int index) {
        return steps.get(index);
    }

    synchronized Optional<String> fact(String name) {
        return Optional.ofNullable(facts.get(name));
    }

    TaskEvent event(Kind kind, String step, String text) {
        return new TaskEvent(0, task, clock.instant(), kind, step, Printable.text(redactor.redact(text)));
    }

    /** Keeps an event until the next write or {@link #flush}. */
    synchronized void say(TaskEvent event) {
        said.add(event);
        listener.accept(event);
    }

    /** Keeps a line of log, as far as there is room for it. */
    synchronized void log(String step, String line) {
        if (logged > LOG_LIMIT) {
            return;
        }
        logged += line.length() + (long) step.length();
        say(
                logged > LOG_LIMIT
                        ? event(
                                Kind.LOG,
                                step,
                                "(cut: the log of this task has more than " + LOG_LIMIT / 1024 / 1024
                                        + " MiB; what is said from here on is not kept)")
                        : event(Kind.LOG, step, line));
        if (said.size() >= BATCH) {
            try {
                flush();
            } catch (StoreException e) {
                LOG.debug("Lines of log of task {} could not be written; they are tried again", task, e);
            }
        }
    }

    /** Writes what was said since the last write, if anything was. */
    synchronized void flush() {
        if (!said.isEmpty() && !ended) {
            ledger.append(said);
            said.clear();
        }
    }

    /** Throws when somebody else has taken the task over. */
    synchronized void checkOwnership() {
        record(Transition.steps(List.of(), List.of()));
    }

    /** Writes steps as they are now, with what happened. */
    synchronized void write(List<LedgerStep> changed, List<TaskEvent> events) {
        record(Transition.steps(changed, events));
    }

    synchronized void writePlan(List<LedgerStep> plan, int commitStage, List<TaskEvent> events) {
        record(Transition.planned(plan, commitStage, events));
    }

    /** Writes steps as they are now, and a new state of the task. */
    synchronized void writeInto(
            TaskState state, Optional<String> cause, List<LedgerStep> changed, List<TaskEvent> events) {
        record(Transition.steps(changed, events)
                .into(state, cause.map(redactor::redact).map(Printable::text)));
        ended = ended || state.ended();
    }

    synchronized void park(Instant until, List<LedgerStep> changed, List<TaskEvent> events) {
        record(Transition.steps(changed, events).parked(until));
    }

    synchronized void remember(int index, Map<String, String> some) {
        LedgerStep step = steps.get(index);
        Map<String, String> more = new HashMap<>(step.facts());
        more.putAll(some);
        write(List.of(step.facts(more)), List.of());
    }

    private void record(Transition transition) {
        List<TaskEvent> all = new ArrayList<>(said);
        all.addAll(transition.events());
        ledger.record(
                task,
                fence,
                new Transition(
                        transition.plan(),
                        transition.commitStage(),
                        transition.steps(),
                        transition.state(),
                        transition.cause(),
                        transition.notBefore(),
                        all),
                clock.instant());
        said.clear();
        transition.plan().ifPresent(plan -> {
            steps.clear();
            steps.addAll(plan);
        });
        for (LedgerStep step : transition.steps()) {
            steps.set(step.index(), step);
            facts.putAll(step.facts());
        }
        transition.events().forEach(listener);
    }
}
