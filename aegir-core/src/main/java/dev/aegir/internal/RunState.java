// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.model.AegirException;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the parts of one owner's work on one task share. Thread-safe: the steps of one stage use it. */
final class RunState {
    /** How much of what was thrown is told; more is for the log of the program. */
    private static final int TOLD = 8000;

    private static final int LONGEST_FENCE = 200;

    private final TaskRunner parts;
    private final LedgerTask task;
    private final List<Lock> locks;
    private final Redactor redactor = new Redactor();
    private final Journal journal;
    private final StepThreads threads = new StepThreads();
    private final Set<Integer> begunHere = Collections.synchronizedSet(new HashSet<>());
    private final Set<Integer> enteredHere = Collections.synchronizedSet(new HashSet<>());
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

    Optional<String> cancelRequested() {
        return parts.ledger().find(task.id()).flatMap(LedgerTask::cancel);
    }

    List<Lock> locks() {
        return locks;
    }

    Journal journal() {
        return journal;
    }

    Redactor redactor() {
        return redactor;
    }

    StepThreads threads() {
        return threads;
    }

    Calls calls() {
        return new Calls(parts.pool(), threads, parts.patience());
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

    /** The steps that this owner has really run. */
    Set<Integer> enteredHere() {
        return enteredHere;
    }

    LedgerStep begun(LedgerStep step) {
        begunHere.add(step.index());
        return step.begun();
    }

    TaskEvent started(LedgerStep step, int of) {
        return journal.event(Kind.STEP_STARTED, step.name(), "step " + (step.index() + 1) + " of " + of);
    }

    /** Steps that are written as begun by this owner, and were not run: as they were before. */
    List<LedgerStep> notBegun() {
        return journal.steps().stream()
                .filter(step -> step.state() == dev.aegir.task.StepState.STARTED)
                .filter(step -> begunHere.contains(step.index()) && !enteredHere.contains(step.index()))
                .map(Marks::notBegun)
                .toList();
    }

    void end(TaskState state, Optional<String> cause, List<LedgerStep> steps, List<TaskEvent> events) {
        List<TaskEvent> all = new ArrayList<>(events);
        all.add(journal.event(
                Kind.ENDED, "", state + cause.map(text -> ": " + text).orElse("")));
        journal.writeInto(state, cause, steps, all);
    }

    /** Whether the ledger says that the task has another owner; a host may say so for reasons of its own. */
    boolean lost() {
        try {
            journal.checkOwnership();
            return false;
        } catch (FencedException e) {
            return true;
        }
    }

    /** The host refuses older owners of what this task has to itself: its site, if it has one. */
    Fence fence() {
        String resource = locks.stream()
                .filter(lock -> lock.sharers() == 1)
                .min(Comparator.<Lock, Boolean>comparing(lock -> !lock.kind().equals("site"))
                        .thenComparing(Comparator.naturalOrder()))
                .map(Lock::key)
                .orElse("task:" + task.id());
        return new Fence(word(resource), journal.fence());
    }

    /** A lock's key as a host can keep it; different keys stay different. */
    private static String word(String key) {
        String plain = key.replaceAll("[^A-Za-z0-9:._-]", "_");
        if (plain.equals(key) && key.length() <= LONGEST_FENCE) {
            return key;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return plain.substring(0, Math.min(plain.length(), 100)) + "."
                    + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What was thrown, for people: one of ours says it all, others need their type. */
    String describe(Throwable failure) {
        String type = failure.getClass().getSimpleName();
        String message = failure.getMessage();
        String text = message == null ? type : failure instanceof AegirException ? message : type + ": " + message;
        return Printable.text(Printable.cut(redactor.redact(Printable.cut(text, 2 * TOLD)), TOLD));
    }
}
