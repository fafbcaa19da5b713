// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.FencedException;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A store's side of the tasks: what was asked for, what was done, who holds which lock, what was said. The ledger is the
 * truth; queues only ring. Thread-safe; every change is atomic, and durable when the call returns.
 *
 * <p>Locks: a task takes its locks in {@linkplain Lock#compareTo their order}, holding those it has while it waits for the
 * next. For each lock the tasks that wait are served by priority, then in the order of submission. A lock is held by a
 * task, not by a process: it survives every crash, and is freed only when the task ends in a state other than
 * {@code NEEDS_ATTENTION}, or a person gives it up. A lock that may be shared by {@code n} is granted while fewer than
 * {@code n} hold it and all who hold it agree to one more.
 *
 * <p>A task that becomes {@code READY} or {@code PARKED} in a change is handed to the store's {@link TaskQueue} in the same
 * change where the two share a transaction, and after it otherwise; not before its time has come.
 *
 * <p>Events: the ledger itself writes {@code SUBMITTED}, {@code WAITING} whenever a task begins to wait for a lock,
 * {@code CANCEL_REQUESTED}, {@code ENDED} when it cancels a task that was never begun, and a {@code LOG} line for
 * {@link #retry} and {@link #release}. All others are its owner's. Instants are kept to the microsecond.
 *
 * <p>All methods throw {@link StoreException} when the store cannot be read or written.
 */
public interface Ledger {
    /**
     * Submits a task in the state {@code WAITING}; it becomes {@code READY} at once when all its locks are granted.
     *
     * @param task the task
     * @param locks its locks, in any order; of several with the same key the one with the fewest sharers counts
     * @return the task as it stands; the first one submitted with the same key, or the same id, when there is one, and then
     *     nothing changed
     */
    LedgerTask submit(LedgerTask task, List<Lock> locks);

    /**
     * Submits many tasks in as few transactions as is sensible. When it fails, the first of them may be submitted and the
     * others not.
     *
     * @param tasks the tasks with their locks
     * @return the tasks as they stand, in the same order
     */
    List<LedgerTask> submitAll(List<NewTask> tasks);

    /**
     * A task and its locks, to be submitted with others.
     *
     * @param task the task
     * @param locks its locks
     */
    record NewTask(LedgerTask task, List<Lock> locks) {
        /** Copies. */
        public NewTask {
            locks = List.copyOf(locks);
        }
    }

    /**
     * Takes a task over: {@code READY} and {@code PARKED} become {@code RUNNING}, or {@code UNDOING} when it was being taken
     * back before; {@code RUNNING} and {@code UNDOING} stay, their former owner being dead or fenced from now on.
     *
     * <p>Fences are told to hosts, which refuse lower ones from then on. So that hosts do not refuse a store that was restored
     * from a copy, or begun anew, a fence is never lower than the time in milliseconds since 1970.
     *
     * @param task the task
     * @param now the time
     * @return the task with a fence higher than any before; nothing when it waits, has ended, or its time has not come
     */
    Optional<Claim> begin(Id task, Instant now);

    /**
     * Writes what its owner did. When the new state has ended (other than {@code NEEDS_ATTENTION}), its locks are freed and
     * granted to those who wait. With a new state other than {@code RUNNING} and {@code UNDOING} its owner gives it up:
     * {@code READY} hands it back to the queue, {@code PARKED} does so for later. A cause that is absent stays as it is.
     *
     * @param task the task
     * @param fence the owner's fence
     * @param transition what changes
     * @param now the time
     * @throws FencedException when the task is no longer this owner's to run; nothing was written
     * @throws RefusedException when there is no such task or step, or for the state {@code WAITING}; nothing was written
     */
    void record(Id task, long fence, Transition transition, Instant now);

    /**
     * Gives up a task's locks and asks for others; it becomes {@code WAITING}, or {@code READY} when it gets them at once.
     * Its plan, of which nothing was begun, is dropped.
     *
     * @param task the task
     * @param fence the owner's fence
     * @param locks what it needs now
     * @param now the time
     * @throws FencedException when the task is no longer this owner's to run; nothing was written
     * @throws RefusedException when there is no such task; nothing was written
     */
    void relock(Id task, long fence, List<Lock> locks, Instant now);

    /**
     * Asks a task to cancel. One that waits or is ready and of which no step was begun is {@code CANCELLED} at once; one
     * that was parked becomes {@code READY} now, also when it was asked before; one that runs is for its owner to stop. One
     * that is being taken back, has ended or was asked before stays as it is otherwise: the first reason counts.
     *
     * @param task the task
     * @param why the reason
     * @param now the time
     * @return the task as it stands, if there is one
     */
    Optional<LedgerTask> cancel(Id task, String why, Instant now);

    /**
     * Lets a task that needs attention go on where it stopped: {@code NEEDS_ATTENTION} becomes {@code READY}, or
     * {@code WAITING} when its locks were released and others hold them now; of its stuck steps those that were being taken
     * back become {@code UNDOING} (and the task goes on undoing), the others {@code STARTED}.
     *
     * @param task the task
     * @param now the time
     * @return whether it needed attention
     */
    boolean retry(Id task, Instant now);

    /**
     * Frees the locks of a task that needs attention, because a person has seen to it; the task stays as it is.
     *
     * @param task the task
     * @param why what the person did
     * @param now the time
     * @return whether it needed attention
     */
    boolean release(Id task, String why, Instant now);

    /**
     * A task.
     *
     * @param task its id
     * @return the task, if there is one
     */
    Optional<LedgerTask> find(Id task);

    /**
     * A task by its idempotency key.
     *
     * @param key the key
     * @return the task, if there is one
     */
    Optional<LedgerTask> findByKey(String key);

    /**
     * Some tasks.
     *
     * @param query which
     * @return the tasks, newest first
     */
    List<LedgerTask> list(TaskQuery query);

    /**
     * The journal of a task.
     *
     * @param task the task
     * @return its steps in order
     */
    List<LedgerStep> steps(Id task);

    /**
     * Which tasks hold a lock.
     *
     * @param lockKey the lock's {@linkplain Lock#key() key}
     * @return the tasks
     */
    List<Id> holders(String lockKey);

    /**
     * Forgets tasks that have ended, with their journals, events and idempotency keys; not those that need attention.
     *
     * @param before only tasks that have not changed since then
     * @param most how many at most, the oldest first
     * @return how many were forgotten
     */
    int forget(Instant before, int most);

    /**
     * Adds to the events of tasks, without a fence.
     *
     * @param events the events; their positions are given by the ledger; those of tasks that do not exist are dropped
     */
    void append(Collection<TaskEvent> events);

    /**
     * The events of a task.
     *
     * @param task the task
     * @param after only events after this position
     * @param limit how many at most
     * @return the events in order
     */
    List<TaskEvent> events(Id task, long after, int limit);
}
