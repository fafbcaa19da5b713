// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.StoreException;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A ledger one of whose writes fails: every other time before it was made, and every other time after it. */
final class FailingLedger implements Ledger {
    private final Ledger ledger;
    private int left;
    private final boolean after;
    private Optional<RuntimeException> inFind = Optional.empty();

    FailingLedger(Ledger ledger, int write) {
        this.ledger = ledger;
        this.left = write;
        this.after = write % 2 == 0;
    }

    synchronized void failNext() {
        left = 1;
    }

    synchronized void failNextFindWith(RuntimeException thrown) {
        inFind = Optional.of(thrown);
    }

    @Override
    public synchronized void record(Id task, long fence, Transition transition, Instant now) {
        boolean fails = --left == 0;
        if (!fails || after) {
            ledger.record(task, fence, transition, now);
        }
        if (fails) {
            throw new StoreException("the disk is full");
        }
    }

    @Override
    public synchronized Optional<LedgerTask> find(Id task) {
        if (inFind.isPresent()) {
            RuntimeException thrown = inFind.get();
            inFind = Optional.empty();
            throw thrown;
        }
        return ledger.find(task);
    }

    @Override
    public Optional<Claim> begin(Id task, Instant now) {
        return ledger.begin(task, now);
    }

    @Override
    public void relock(Id task, long fence, List<Lock> locks, Instant now) {
        ledger.relock(task, fence, locks, now);
    }

    @Override
    public Optional<LedgerTask> cancel(Id task, String why, Instant now) {
        return ledger.cancel(task, why, now);
    }

    @Override
    public void append(Collection<TaskEvent> events) {
        ledger.append(events);
    }

    @Override
    public LedgerTask submit(LedgerTask task, List<Lock> locks) {
        return ledger.submit(task, locks);
    }

    @Override
    public List<LedgerTask> submitAll(List<NewTask> tasks) {
        return ledger.submitAll(tasks);
    }

    @Override
    public boolean retry(Id task, Instant now) {
        return ledger.retry(task, now);
    }

    @Override
    public boolean release(Id task, String why, Instant now) {
        return ledger.release(task, why, now);
    }

    @Override
    public Optional<LedgerTask> findByKey(String key) {
        return ledger.findByKey(key);
    }

    @Override
    public List<LedgerTask> list(TaskQuery query) {
        return ledger.list(query);
    }

    @Override
    public List<LedgerStep> steps(Id task) {
        return ledger.steps(task);
    }

    @Override
    public int forget(Instant before, int most) {
        return ledger.forget(before, most);
    }

    @Override
    public List<Id> holders(String lockKey) {
        return ledger.holders(lockKey);
    }

    @Override
    public List<TaskEvent> events(Id task, long after, int limit) {
        return ledger.events(task, after, limit);
    }
}
