// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.task.TaskState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * db-scheduler's table, within one transaction of ours: that is why no task can be ready and not queued, or queued twice.
 *
 * <p>A row is one turn of a task: whenever a task is handed to the queue, it gets a new turn, and a row named after it. Rows
 * of former turns, whose listeners have yet to return or have died with their process, say nothing any more. So a parked
 * task can be queued again while its listener is still returning, and a row that is delivered once more after a crash is
 * known to be the present one or not.
 */
final class QueueTable {
    static final String NAME = "aegir_queue";
    static final String TASK = "aegir";

    private static final String TURN_OF_ROW = "id || ':' || cast(turn as text)";

    private final Session db;

    QueueTable(Session db) {
        this.db = db;
    }

    /**
     * The name of a row.
     *
     * @param task the task
     * @param turn its turn
     */
    record Turn(Id task, long turn) {
        static Turn parse(String name) {
            int colon = name.indexOf(':');
            return new Turn(Id.of(name.substring(0, colon)), Long.parseLong(name.substring(colon + 1)));
        }

        @Override
        public String toString() {
            return task + ":" + turn;
        }
    }

    private record Due(Turn turn, Optional<Instant> notBefore) {}

    /** Queues a task for its next turn: now, or not before its time. */
    void offer(long seq, Instant now) throws SQLException {
        Due due = db.first(
                        "update aegir_task set turn = turn + 1 where seq = ? returning id, turn, not_before",
                        row -> new Due(new Turn(row.id(), row.number()), row.maybeInstant()),
                        seq)
                .orElseThrow();
        insert(due.turn(), due.notBefore().filter(now::isBefore).orElse(now));
        db.ready();
    }

    /** Lets a task that is queued for later be due now. When it is being delivered already, nothing is to be done. */
    void hasten(long seq, Instant now) throws SQLException {
        Turn turn = present(seq);
        int changed = db.update(
                "update aegir_queue set execution_time = ?, version = version + 1"
                        + " where task_name = ? and task_instance = ? and picked = ?",
                now,
                TASK,
                turn.toString(),
                false);
        boolean there = changed == 1
                || db.any("select 1 from aegir_queue where task_name = ? and task_instance = ?", TASK, turn.toString());
        if (!there) {
            insert(turn, now);
        }
        db.ready();
    }

    /** Takes a task that is not to be run any more out of the queue, unless it is being delivered already. */
    void withdraw(long seq) throws SQLException {
        db.update(
                "delete from aegir_queue where task_name = ? and task_instance = ? and picked = ?",
                TASK,
                present(seq).toString(),
                false);
    }

    /** When a turn is due; nothing when it is not the present turn of a task that can be run. */
    Optional<Instant> due(Turn turn) throws SQLException {
        return db.first(
                "select coalesce(not_before, 0) from aegir_task where id = ? and turn = ? and state in (?, ?, ?, ?)",
                Row::instant,
                turn.task(),
                turn.turn(),
                TaskState.READY,
                TaskState.PARKED,
                TaskState.RUNNING,
                TaskState.UNDOING);
    }

    /** Makes deliverable again what a worker that is certainly dead was at. Says how many there were. */
    int releasePicked() throws SQLException {
        return db.update(
                "update aegir_queue set picked = ?, picked_by = null, last_heartbeat = null, version = version + 1"
                        + " where picked = ?",
                false,
                true);
    }

    /** Queues every task that could be run and is not queued, whatever the reason. Says how many there were. */
    int offerForgotten(Instant now) throws SQLException {
        return db.update(
                "insert into aegir_queue (task_name, task_instance, execution_time, picked, version)"
                        + " select ?, " + TURN_OF_ROW + ", coalesce(not_before, ?), ?, 1 from aegir_task"
                        + " where state in (?, ?, ?, ?) and not exists (select 1 from aegir_queue"
                        + " where task_name = ? and task_instance = " + TURN_OF_ROW + ")",
                TASK,
                now,
                false,
                TaskState.READY,
                TaskState.PARKED,
                TaskState.RUNNING,
                TaskState.UNDOING,
                TASK);
    }

    /** Does what could not be done when a delivery ended: forgets the row, or makes it due again. */
    void settle(String name, Optional<Instant> again) throws SQLException {
        if (again.isEmpty()) {
            db.update("delete from aegir_queue where task_name = ? and task_instance = ?", TASK, name);
        } else {
            db.update(
                    "update aegir_queue set picked = ?, picked_by = null, last_heartbeat = null, execution_time = ?,"
                            + " version = version + 1 where task_name = ? and task_instance = ?",
                    false,
                    again.get(),
                    TASK,
                    name);
        }
    }

    private Turn present(long seq) throws SQLException {
        return db.first("select id, turn from aegir_task where seq = ?", row -> new Turn(row.id(), row.number()), seq)
                .orElseThrow();
    }

    private void insert(Turn turn, Instant due) throws SQLException {
        db.update(
                "insert into aegir_queue (task_name, task_instance, execution_time, picked, version)"
                        + " values (?, ?, ?, ?, 1)",
                TASK,
                turn.toString(),
                due,
                false);
    }
}
