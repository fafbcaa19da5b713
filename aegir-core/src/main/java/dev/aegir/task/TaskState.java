// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

/** Where a task stands. */
public enum TaskState {
    /** It waits for locks that other tasks hold. */
    WAITING(false),
    /** It has its locks and waits to be run. */
    READY(false),
    /** Its steps are being run. */
    RUNNING(false),
    /** One of its steps has to wait; no thread is held meanwhile. */
    PARKED(false),
    /** A step failed or it was cancelled; its steps are being taken back. */
    UNDOING(false),
    /** Everything was done. */
    SUCCEEDED(true),
    /** A step failed and everything was taken back: the world is as before. */
    ROLLED_BACK(true),
    /** It was cancelled and everything was taken back: the world is as before. */
    CANCELLED(true),
    /** Something is left that only a person can decide about; its locks are kept until somebody does. */
    NEEDS_ATTENTION(true);

    private final boolean ended;

    TaskState(boolean ended) {
        this.ended = ended;
    }

    /**
     * Whether nothing more will happen by itself.
     *
     * @return whether it has ended
     */
    public boolean ended() {
        return ended;
    }
}
