// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent.Kind;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who may run: grants locks, within one transaction. A task takes its locks one after the other in their order, so nobody
 * waits in a circle; for each lock only the first of those who wait is looked at, so nobody is overtaken for ever. Locks
 * are granted when a task asks and when one gives up, and at no other time: nothing is polled.
 */
final class Admission {
    private final LockTable locks;
    private final TaskTable tasks;
    private final EventTable events;
    private final QueueTable queue;
    private final Instant now;

    Admission(Session db, Instant now) {
        this.locks = new LockTable(db);
        this.tasks = new TaskTable(db);
        this.events = new EventTable(db);
        this.queue = new QueueTable(db);
        this.now = now;
    }

    /** Lets a new task ask for its locks. */
    void ask(long task, int priority, List<Lock> wanted) throws SQLException {
        locks.insert(task, priority, Lock.inOrder(wanted));
        advance(task);
    }

    /** Lets a task that waits ask for other locks than it has. */
    void askInstead(long task, int priority, List<Lock> wanted) throws SQLException {
        List<String> freed = locks.taken(task);
        locks.delete(task);
        ask(task, priority, wanted);
        grant(freed);
    }

    /** Lets a task that waits ask again for what it gave up; it may not have given up anything. */
    void askAgain(long task) throws SQLException {
        advance(task);
    }

    /** Frees the locks of a task for good. */
    void free(long task) throws SQLException {
        List<String> freed = locks.taken(task);
        locks.delete(task);
        grant(freed);
    }

    /** Frees the locks of a task until it asks again. */
    void giveUp(long task) throws SQLException {
        List<String> freed = locks.taken(task);
        locks.giveUp(task);
        grant(freed);
    }

    private void grant(List<String> freed) throws SQLException {
        for (String key : freed) {
            for (Optional<LockTable.Ask> head = locks.head(key);
                    head.isPresent() && locks.admits(head.get());
                    head = locks.head(key)) {
                locks.mark(head.get(), "HELD");
                // Its next locks come later in the order, so this never comes back to the same line.
                advance(head.get().task());
            }
        }
    }

    /** Takes what a task can get of its locks; it waits for the first it cannot get, or is ready. */
    private void advance(long task) throws SQLException {
        for (LockTable.Ask ask : locks.missing(task)) {
            if (locks.others(ask) || !locks.admits(ask)) {
                locks.mark(ask, "WAITING");
                events.add(task, now, Kind.WAITING, ask.key() + ", held by " + holders(ask.key()));
                return;
            }
            locks.mark(ask, "HELD");
        }
        tasks.ready(task, now);
        queue.offer(task, now);
    }

    private String holders(String key) throws SQLException {
        return locks.holders(key).stream().map(Id::value).collect(Collectors.joining(", "));
    }
}
