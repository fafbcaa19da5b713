// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The ledger as one process sees it, until that process dies: then nothing of it is ever written again. What it says without
 * a fence may be lost with it.
 */
final class MortalLedger implements Ledger {
    private final Ledger ledger;
    private int left = Integer.MAX_VALUE;
    private boolean after;
    private boolean dead;
    private Runnable written = () -> {};

    /** The process is gone. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    MortalLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Dies at the n-th write from now, before or after it was made; never for 0. */
    synchronized void diesAt(int n, boolean afterIt, Runnable afterEachWrite) {
        left = n == 0 ? Integer.MAX_VALUE : n;
        after = afterIt;
        written = afterEachWrite;
    }

    synchronized void die() {
        dead = true;
        throw new Killed();
    }

    synchronized boolean dead() {
        return dead;
    }

    private synchronized void write(Runnable write) {
        alive();
        left--;
        if (left == 0 && !after) {
            die();
        }
        write.run();
        written.run();
        if (left == 0) {
            die();
        }
    }

    private synchronized void alive() {
        if (dead) {
            throw new Killed();
        }
    }

    @Override
    public Optional<Claim> begin(Id task, Instant now) {
        alive();
        return ledger.begin(task, now);
    }

    @Override
    public void record(Id task, long fence, Transition transition, Instant now) {
        write(() -> ledger.record(task, fence, transition, now));
    }

    @Override
    public void relock(Id task, long fence, List<Lock> locks, Instant now) {
        write(() -> ledger.relock(task, fence, locks, now));
    }

    @Override
    public Optional<LedgerTask> cancel(Id task, String why, Instant now) {
        write(() -> ledger.cancel(task, why, now));
        return ledger.find(task);
    }

    @Override
    public void append(Collection<TaskEvent> events) {
        alive();
        ledger.append(events);
    }

    @Override
    public LedgerTask submit(LedgerTask task, List<Lock> locks) {
        throw new AssertionError("nothing is submitted here");
    }

    @Override
    public List<LedgerTask> submitAll(List<NewTask> tasks) {
        throw new AssertionError("nothing is submitted here");
    }

    @Override
    public boolean retry(Id task, Instant now) {
        throw new AssertionError("nothing is retried here");
    }

    @Override
    public boolean release(Id task, String why, Instant now) {
        throw new AssertionError("nothing is released here");
    }

    @Override
    public Optional<LedgerTask> find(Id task) {
        alive();
        return ledger.find(task);
    }

    @Override
    public Optional<LedgerTask> findByKey(String key) {
        alive();
        return ledger.findByKey(key);
    }

    @Override
    public List<LedgerTask> list(TaskQuery query) {
        alive();
        return ledger.list(query);
    }

    @Override
    public List<LedgerStep> steps(Id task) {
        alive();
        return ledger.steps(task);
    }

    @Override
    public int forget(Instant before, int most) {
        alive();
        return ledger.forget(before, most);
    }

    @Override
    public List<Id> holders(String lockKey) {
        alive();
        return ledger.holders(lockKey);
    }

    @Override
    public List<TaskEvent> events(Id task, long after, int limit) {
        alive();
        return ledger.events(task, after, limit);
    }
}
