// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Id;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.TaskState;
import java.time.Instant;
import java.util.Optional;

/**
 * A task as the ledger has it.
 *
 * @param id its identity
 * @param key its idempotency key
 * @param type its type's name
 * @param title what it is, for people
 * @param json its data
 * @param priority higher goes first
 * @param approved the hash it must have when it is run
 * @param onCrash what to do when its executor died
 * @param state where it stands
 * @param fence the number of its present owner; 0 before the first
 * @param commitStage the stage that is the commit point of its plan; -1 for none
 * @param cancel why it was asked to cancel
 * @param cause why it was taken back or needs attention
 * @param created when it was submitted
 * @param updated when it last changed
 * @param notBefore the earliest time it is run, or run on
 */
public record LedgerTask(
        Id id,
        Optional<String> key,
        String type,
        String title,
        String json,
        int priority,
        Optional<String> approved,
        CrashPolicy onCrash,
        TaskState state,
        long fence,
        int commitStage,
        Optional<String> cancel,
        Optional<String> cause,
        Instant created,
        Instant updated,
        Optional<Instant> notBefore) {
    /** Makes it. */
    public LedgerTask {}
}
