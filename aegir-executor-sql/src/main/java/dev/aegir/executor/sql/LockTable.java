// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.task.Lock;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The locks that tasks hold and wait for, within one transaction. */
final class LockTable {
    private final Session db;

    LockTable(Session db) {
        this.db = db;
    }

    /**
     * One lock of a task.
     *
     * @param task the task's place in the order of submission
     * @param place the lock's place in the task's order
     * @param key what is locked
     * @param sharers how many may hold it, as far as the task is concerned
     * @param priority the task's priority
     */
    record Ask(long task, int place, String key, int sharers, int priority) {}

    /** Notes what a task will ask for, in its order. */
    void insert(long task, int priority, List<Lock> locks) throws SQLException {
        for (int place = 0; place < locks.size(); place++) {
            Lock lock = locks.get(place);
            db.update(
                    "insert into aegir_lock (task_seq, place, lock_key, kind, name, sharers, priority, state)"
                            + " values (?, ?, ?, ?, ?, ?, ?, 'LATER')",
                    task,
                    place,
                    lock.key(),
                    lock.kind(),
                    lock.name(),
                    lock.sharers(),
                    priority);
        }
    }

    /** The locks a task does not hold, in its order. */
    List<Ask> missing(long task) throws SQLException {
        return db.list(
                "select task_seq, place, lock_key, sharers, priority from aegir_lock"
                        + " where task_seq = ? and state <> 'HELD' order by place",
                LockTable::ask,
                task);
    }

    /** The first of those who wait for a lock. */
    Optional<Ask> head(String key) throws SQLException {
        return db.first(
                "select task_seq, place, lock_key, sharers, priority from aegir_lock"
                        + " where lock_key = ? and state = 'WAITING' order by priority desc, task_seq limit 1",
                LockTable::ask,
                key);
    }

    /** Whether somebody waits for a lock who comes before the one who asks. */
    boolean others(Ask ask) throws SQLException {
        return db.any(
                "select 1 from aegir_lock where lock_key = ? and state = 'WAITING'"
                        + " and (priority > ? or priority = ? and task_seq < ?) limit 1",
                ask.key(),
                ask.priority(),
                ask.priority(),
                ask.task());
    }

    /** Whether all who hold a lock, and who asks, agree to one more holder. */
    boolean admits(Ask ask) throws SQLException {
        return db.first(
                        "select count(*), coalesce(min(sharers), 0) from aegir_lock where lock_key = ? and state = 'HELD'",
                        row -> {
                            int then = row.count() + 1;
                            return then == 1 || then <= Math.min(row.count(), ask.sharers());
                        },
                        ask.key())
                .orElseThrow();
    }

    void mark(Ask ask, String state) throws SQLException {
        db.update("update aegir_lock set state = ? where task_seq = ? and place = ?", state, ask.task(), ask.place());
    }

    /** The keys of all locks that a task holds or waits for. */
    List<String> taken(long task) throws SQLException {
        return db.list(
                "select lock_key from aegir_lock where task_seq = ? and state <> 'LATER' order by place",
                Row::text,
                task);
    }

    void delete(long task) throws SQLException {
        db.update("delete from aegir_lock where task_seq = ?", task);
    }

    /** Gives up what a task has; it may ask for it again. */
    void giveUp(long task) throws SQLException {
        db.update("update aegir_lock set state = 'LATER' where task_seq = ?", task);
    }

    List<Lock> of(long task) throws SQLException {
        return db.list(
                "select kind, name, sharers from aegir_lock where task_seq = ? order by place",
                row -> new Lock(row.text(), row.text(), row.count()),
                task);
    }

    List<Id> holders(String key) throws SQLException {
        return db.list(
                "select t.id from aegir_lock l join aegir_task t on t.seq = l.task_seq"
                        + " where l.lock_key = ? and l.state = 'HELD' order by t.seq",
                Row::id,
                key);
    }

    private static Ask ask(Row row) throws SQLException {
        return new Ask(row.number(), row.count(), row.text(), row.count(), row.count());
    }
}
