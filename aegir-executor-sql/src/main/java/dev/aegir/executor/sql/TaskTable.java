// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.Transition;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.TaskState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tasks, within one transaction. */
final class TaskTable {
    private static final String SELECT = "select seq, undoing, id, task_key, type, title, json, priority, approved,"
            + " on_crash, state, fence, commit_stage, cancel, cause, created, updated, not_before from aegir_task ";

    private final Session db;

    TaskTable(Session db) {
        this.db = db;
    }

    /**
     * A task in its table.
     *
     * @param seq its place in the order of submission
     * @param undoing whether it was being taken back when it was last run
     * @param task the task
     */
    record Stored(long seq, boolean undoing, LedgerTask task) {}

    Optional<Stored> find(Id id) throws SQLException {
        return db.first(SELECT + "where id = ?", TaskTable::stored, id);
    }

    Optional<Stored> findByKey(String key) throws SQLException {
        return db.first(SELECT + "where task_key = ?", TaskTable::stored, key);
    }

    LedgerTask get(long seq) throws SQLException {
        return db.first(SELECT + "where seq = ?", TaskTable::stored, seq)
                .orElseThrow()
                .task();
    }

    List<LedgerTask> list(TaskQuery query) throws SQLException {
        StringBuilder sql = new StringBuilder(SELECT).append("where 1 = 1");
        List<Object> values = new ArrayList<>();
        if (!query.states().isEmpty()) {
            sql.append(" and state in (?")
                    .append(", ?".repeat(query.states().size() - 1))
                    .append(")");
            values.addAll(query.states());
        }
        if (query.before().isPresent()) {
            sql.append(" and seq < (select seq from aegir_task where id = ?)");
            values.add(query.before().get());
        }
        sql.append(" order by seq desc limit ?");
        values.add(query.limit());
        return db.list(sql.toString(), row -> stored(row).task(), values.toArray());
    }

    /** Tasks that have ended, and have not changed since, the oldest first. */
    List<Long> endedBefore(Instant before, int most) throws SQLException {
        return db.list(
                "select seq from aegir_task where state in (?, ?, ?) and updated < ? order by seq limit ?",
                Row::number,
                TaskState.SUCCEEDED,
                TaskState.ROLLED_BACK,
                TaskState.CANCELLED,
                before,
                most);
    }

    void forget(long task) throws SQLException {
        db.update("delete from aegir_task where seq = ?", task);
    }

    /** Puts in a new task, which waits. */
    long insert(LedgerTask task) throws SQLException {
        return db.first(
                        "insert into aegir_task (id, task_key, type, title, json, priority, approved, on_crash, state,"
                                + " fence, undoing, turn, commit_stage, cancel, cause, created, updated, not_before)"
                                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, -1, ?, ?, ?, ?, ?) returning seq",
                        Row::number,
                        task.id(),
                        task.key(),
                        task.type(),
                        task.title(),
                        task.json(),
                        task.priority(),
                        task.approved(),
                        task.onCrash(),
                        TaskState.WAITING,
                        false,
                        task.cancel(),
                        task.cause(),
                        task.created(),
                        task.created(),
                        task.notBefore())
                .orElseThrow();
    }

    /** Gives a task to a new owner, if its turn has come; says whether it has. */
    boolean begin(Id id, Instant now) throws SQLException {
        boolean may = db.any(
                "select 1 from aegir_task where id = ? and (state in (?, ?) or state in (?, ?)"
                        + " and (not_before is null or not_before <= ?))",
                id,
                TaskState.RUNNING,
                TaskState.UNDOING,
                TaskState.READY,
                TaskState.PARKED,
                now);
        if (!may) {
            return false;
        }
        long least = now.toEpochMilli();
        long fence = db.first(
                        "update aegir_counter set value = case when value < ? then ? else value + 1 end"
                                + " where name = 'fence' returning value",
                        Row::number,
                        least,
                        least)
                .orElseThrow();
        db.update(
                "update aegir_task set fence = ?, state = case when undoing then 'UNDOING' else 'RUNNING' end,"
                        + " not_before = null, updated = ? where id = ?",
                fence,
                now,
                id);
        return true;
    }

    /** Checks that a task is its owner's, and gives its place. */
    Optional<Long> owned(Id id, long fence) throws SQLException {
        return db.first(
                "select seq from aegir_task where id = ? and fence = ? and state in (?, ?)",
                Row::number,
                id,
                fence,
                TaskState.RUNNING,
                TaskState.UNDOING);
    }

    void apply(long seq, Transition transition, Instant now) throws SQLException {
        if (transition.plan().isPresent()) {
            db.update("update aegir_task set commit_stage = ? where seq = ?", transition.commitStage(), seq);
        }
        if (transition.cause().isPresent()) {
            db.update("update aegir_task set cause = ? where seq = ?", transition.cause(), seq);
        }
        if (transition.state().isEmpty()) {
            db.update("update aegir_task set updated = ? where seq = ?", now, seq);
            return;
        }
        TaskState state = transition.state().get();
        Optional<Instant> notBefore =
                state == TaskState.PARKED ? transition.notBefore().or(() -> Optional.of(now)) : Optional.empty();
        db.update(
                "update aegir_task set state = ?, not_before = ?, updated = ? where seq = ?",
                state,
                notBefore,
                now,
                seq);
        if (state == TaskState.UNDOING || state == TaskState.RUNNING) {
            db.update("update aegir_task set undoing = ? where seq = ?", state == TaskState.UNDOING, seq);
        }
    }

    /** Lets a task wait for locks it needs instead of those it had. */
    void waitAnew(long seq, Instant now) throws SQLException {
        db.update(
                "update aegir_task set state = ?, commit_stage = -1, undoing = ?, not_before = null, updated = ?"
                        + " where seq = ?",
                TaskState.WAITING,
                false,
                now,
                seq);
    }

    void cancel(long seq, TaskState state, String why, Instant now) throws SQLException {
        db.update(
                "update aegir_task set cancel = ?, state = ?, not_before = null, updated = ? where seq = ?",
                why,
                state,
                now,
                seq);
        if (state == TaskState.CANCELLED) {
            db.update("update aegir_task set cause = ? where seq = ?", why, seq);
        }
    }

    /** Lets a task that needed attention wait, until it has its locks. */
    void retry(long seq, boolean undoing, Instant now) throws SQLException {
        db.update(
                "update aegir_task set state = ?, undoing = ?, cause = case when ? then cause else null end,"
                        + " not_before = null, updated = ? where seq = ?",
                TaskState.WAITING,
                undoing,
                undoing,
                now,
                seq);
    }

    void ready(long seq, Instant now) throws SQLException {
        db.update("update aegir_task set state = ?, updated = ? where seq = ?", TaskState.READY, now, seq);
    }

    private static Stored stored(Row row) throws SQLException {
        return new Stored(
                row.number(),
                row.flag(),
                new LedgerTask(
                        row.id(),
                        row.maybeText(),
                        row.text(),
                        row.text(),
                        row.text(),
                        row.count(),
                        row.maybeText(),
                        CrashPolicy.valueOf(row.text()),
                        TaskState.valueOf(row.text()),
                        row.number(),
                        row.count(),
                        row.maybeText(),
                        row.maybeText(),
                        row.instant(),
                        row.instant(),
                        row.maybeInstant()));
    }
}
