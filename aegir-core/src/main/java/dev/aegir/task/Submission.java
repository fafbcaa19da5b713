// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.InvalidValueException;
import java.time.Instant;
import java.util.Optional;

/**
 * A task and how it shall be run.
 *
 * @param task what shall be done
 * @param key submitting the same key again finds the task that was submitted first, whatever happened in between
 * @param priority among tasks that wait for the same lock, higher goes first; 0 unless said
 * @param approved the hash of a preview; the task refuses to run when it would do anything else
 * @param notBefore the earliest time it is run
 * @param onCrash what to do when the executor dies
 */
public record Submission(
        Task task,
        Optional<String> key,
        int priority,
        Optional<String> approved,
        Optional<Instant> notBefore,
        CrashPolicy onCrash) {
    /** Validates. */
    public Submission {
        key.ifPresent(text -> {
            if (text.isBlank() || text.length() > 200 || text.chars().anyMatch(Character::isISOControl)) {
                throw new InvalidValueException("idempotency key", text, "1 to 200 characters, no control characters");
            }
        });
        approved.ifPresent(hash -> {
            if (!hash.matches("[0-9a-f]{64}")) {
                throw new InvalidValueException("plan hash", hash, "64 hexadecimal digits, as the preview has it");
            }
        });
    }

    /**
     * A task to be run as soon as it can be.
     *
     * @param task the task
     * @return the submission
     */
    public static Submission of(Task task) {
        return new Submission(task, Optional.empty(), 0, Optional.empty(), Optional.empty(), CrashPolicy.RESUME);
    }

    /**
     * This submission with an idempotency key.
     *
     * @param text the key
     * @return a copy
     */
    public Submission key(String text) {
        return new Submission(task, Optional.of(text), priority, approved, notBefore, onCrash);
    }

    /**
     * This submission with a priority.
     *
     * @param higherFirst the priority
     * @return a copy
     */
    public Submission priority(int higherFirst) {
        return new Submission(task, key, higherFirst, approved, notBefore, onCrash);
    }

    /**
     * This submission with the approval of a preview.
     *
     * @param preview what was approved
     * @return a copy
     */
    public Submission approved(PlanPreview preview) {
        return approved(preview.hash());
    }

    /**
     * This submission with the approval of a preview's hash.
     *
     * @param hash the hash
     * @return a copy
     */
    public Submission approved(String hash) {
        return new Submission(task, key, priority, Optional.of(hash), notBefore, onCrash);
    }

    /**
     * This submission for later.
     *
     * @param instant the earliest time it is run
     * @return a copy
     */
    public Submission notBefore(Instant instant) {
        return new Submission(task, key, priority, approved, Optional.of(instant), onCrash);
    }

    /**
     * This submission with another crash policy.
     *
     * @param policy the policy
     * @return a copy
     */
    public Submission onCrash(CrashPolicy policy) {
        return new Submission(task, key, priority, approved, notBefore, policy);
    }
}
