// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.LedgerStep;
import dev.aegir.task.StepState;
import java.sql.SQLException;
import java.util.List;

/** The steps of tasks, within one transaction. */
final class StepTable {
    private final Session db;

    StepTable(Session db) {
        this.db = db;
    }

    List<LedgerStep> of(long task) throws SQLException {
        return db.list(
                "select place, stage, name, type, json, state, attempt, facts, error from aegir_step"
                        + " where task_seq = ? order by place",
                StepTable::step,
                task);
    }

    void replace(long task, List<LedgerStep> plan) throws SQLException {
        forget(task);
        for (LedgerStep step : plan) {
            db.update(
                    "insert into aegir_step (task_seq, place, stage, name, type, json, state, attempt, facts, error,"
                            + " stuck_undoing) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    task,
                    step.index(),
                    step.stage(),
                    step.name(),
                    step.type(),
                    step.json(),
                    step.state(),
                    step.attempt(),
                    Words.of(step.facts()),
                    step.error(),
                    false);
        }
    }

    void forget(long task) throws SQLException {
        db.update("delete from aegir_step where task_seq = ?", task);
    }

    /** Writes a step as it is now; says whether there is one. */
    boolean change(long task, LedgerStep step) throws SQLException {
        // On the right of an assignment the columns are still as they were before.
        return db.update(
                        "update aegir_step set state = ?, attempt = ?, facts = ?, error = ?,"
                                + " stuck_undoing = (? = 'STUCK' and (stuck_undoing or state = 'UNDOING'))"
                                + " where task_seq = ? and place = ?",
                        step.state(),
                        step.attempt(),
                        Words.of(step.facts()),
                        step.error(),
                        step.state(),
                        task,
                        step.index())
                == 1;
    }

    /** Whether any step of a task was ever begun. */
    boolean begun(long task) throws SQLException {
        return db.any(
                "select 1 from aegir_step where task_seq = ? and (state <> ? or attempt > 0) limit 1",
                task,
                StepState.PENDING);
    }

    /** Lets stuck steps go on where they stopped; says whether any of them was being taken back. */
    boolean unstick(long task) throws SQLException {
        boolean undoing = db.any("select 1 from aegir_step where task_seq = ? and stuck_undoing limit 1", task);
        db.update(
                "update aegir_step set state = case when stuck_undoing then 'UNDOING' else 'STARTED' end,"
                        + " stuck_undoing = ? where task_seq = ? and state = 'STUCK'",
                false,
                task);
        return undoing;
    }

    private static LedgerStep step(Row row) throws SQLException {
        return new LedgerStep(
                row.count(),
                row.count(),
                row.text(),
                row.text(),
                row.text(),
                StepState.valueOf(row.text()),
                row.count(),
                Words.map(row.text()),
                row.maybeText());
    }
}
