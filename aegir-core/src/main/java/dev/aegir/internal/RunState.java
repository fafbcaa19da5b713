// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Fence;
import dev.aegir.model.AegirException;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the parts of one owner's work on one task share. Thread-safe: the steps of one stage use it. */
final class RunState {
    private final TaskRunner parts;
    private final LedgerTask task;
    private final List<Lock> locks;
    private final Redactor redactor = new Redactor();
    private final Journal journal;
    private final StepThreads threads = new StepThreads();
    private final Set<Integer> begunHere = Collections.synchronizedSet(new HashSet<>());
    private volatile int commitStage;

    RunState(TaskRunner parts, Claim claim) {
        this.parts = parts;
        this.task = claim.task();
        this.locks = claim.locks();
        this.journal = new Journal(parts.ledger(), claim, parts.clock(), redactor, parts::announce);
        this.commitStage = task.commitStage();
    }

    TaskRunner parts() {
        return parts;
    }

    /** The task as it was when it was taken over. */
    LedgerTask task() {
        return task;
    }

    /** The task as it is in the ledger now. */
    LedgerTask now() {
        return parts.ledger().find(task.id()).orElse(task);
    }

    Optional<String> cancelRequested() {
        return now().cancel();
    }

    List<Lock> locks() {
        return locks;
    }

    Journal journal() {
        return journal;
    }

    StepThreads threads() {
        return threads;
    }

    int commitStage() {
        return commitStage;
    }

    void planned(int stage) {
        commitStage = stage;
    }

    /** The steps that this owner has begun; those that others have are in doubt. */
    Set<Integer> begunHere() {
        return begunHere;
    }

    LedgerStep begun(LedgerStep step) {
        begunHere.add(step.index());
        return step.begun();
    }

    TaskEvent started(LedgerStep step, int of) {
        return journal.event(Kind.STEP_STARTED, step.name(), "step " + (step.index() + 1) + " of " + of);
    }

    void end(TaskState state, Optional<String> cause, List<LedgerStep> steps, List<TaskEvent> events) {
        List<TaskEvent> all = new ArrayList<>(events);
        all.add(journal.event(
                Kind.ENDED, "", state + cause.map(text -> ": " + text).orElse("")));
        journal.writeInto(state, cause, steps, all);
    }

    RunContext context(int index) {
        return new RunContext(
                journal, index, fence(), parts.hosts(), parts.documents(), parts.secrets(), redactor, parts.clock());
    }

    /** The host refuses older owners of what this task has to itself. */
    private Fence fence() {
        String resource = locks.stream()
                .sorted()
                .filter(lock -> lock.sharers() == 1)
                .map(Lock::key)
                .findFirst()
                .orElse("task:" + task.id());
        return new Fence(resource.replaceAll("[^A-Za-z0-9:._-]", "_"), journal.fence());
    }

    String redact(String text) {
        return redactor.redact(text);
    }

    String describe(Throwable failure) {
        String type = failure.getClass().getSimpleName();
        String message = failure.getMessage();
        if (message == null) {
            return redactor.redact(type);
        }
        return redactor.redact(failure instanceof AegirException ? message : type + ": " + message);
    }
}
