// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** What happened to tasks, within one transaction. */
final class EventTable {
    private final Session db;

    EventTable(Session db) {
        this.db = db;
    }

    void add(long task, TaskEvent event) throws SQLException {
        add(task, event.at(), event.kind(), event.step(), event.text());
    }

    void add(long task, Instant at, Kind kind, String text) throws SQLException {
        add(task, at, kind, "", text);
    }

    private void add(long task, Instant at, Kind kind, String step, String text) throws SQLException {
        db.update(
                "insert into aegir_event (task_seq, at, kind, step, text) values (?, ?, ?, ?, ?)",
                task,
                at,
                kind,
                step,
                text);
    }

    void forget(long task) throws SQLException {
        db.update("delete from aegir_event where task_seq = ?", task);
    }

    List<TaskEvent> of(Id task, long after, int limit) throws SQLException {
        return db.list(
                "select place, at, kind, step, text from aegir_event"
                        + " where task_seq = (select seq from aegir_task where id = ?) and place > ?"
                        + " order by place limit ?",
                row -> new TaskEvent(
                        row.number(), task, row.instant(), Kind.valueOf(row.text()), row.text(), row.text()),
                task,
                after,
                limit);
    }
}
