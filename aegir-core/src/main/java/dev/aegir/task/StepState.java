// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

/** Where a step of a task stands. */
public enum StepState {
    /** Not begun. */
    PENDING,
    /** Begun; after a crash this means in doubt. */
    STARTED,
    /** Done. */
    DONE,
    /** It failed. */
    FAILED,
    /** It is being taken back. */
    UNDOING,
    /** It was taken back. */
    UNDONE,
    /** It could not be taken back, or nobody can tell whether it is done. */
    STUCK
}
