// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import java.time.Instant;

/**
 * Something that happened to a task. Events can be read again from any position, so that a page that follows a task loses
 * nothing when it reconnects.
 *
 * @param position its place among all events; grows, with gaps
 * @param task the task
 * @param at when it happened
 * @param kind what happened
 * @param step the name of the step, empty where none is meant
 * @param text what was said, secrets redacted; empty where there is nothing to say
 */
public record TaskEvent(long position, Id task, Instant at, Kind kind, String step, String text) {
    /** What happened. */
    public enum Kind {
        /** It was submitted. */
        SUBMITTED,
        /** It waits for a lock; the text says for which, and who holds it. */
        WAITING,
        /** It was begun, or begun again after a crash. */
        BEGUN,
        /** It was planned; the text says how many steps there are. */
        PLANNED,
        /** A step was begun; the text says which of how many it is. */
        STEP_STARTED,
        /** A step was done. */
        STEP_DONE,
        /** A step failed; the text says why. */
        STEP_FAILED,
        /** A step was in doubt after a crash; the text says what was decided. */
        STEP_IN_DOUBT,
        /** A step is being taken back. */
        STEP_UNDOING,
        /** A step was taken back. */
        STEP_UNDONE,
        /** The task waits, without a thread; the text says for what. */
        PARKED,
        /** A line of log. */
        LOG,
        /** It was asked to cancel; the text says why. */
        CANCEL_REQUESTED,
        /** It has ended; the text is its final state and cause. */
        ENDED
    }

    /** Makes it. */
    public TaskEvent {}

    @Override
    public String toString() {
        return kind + (step.isEmpty() ? "" : " " + step) + (text.isEmpty() ? "" : ": " + text);
    }
}
