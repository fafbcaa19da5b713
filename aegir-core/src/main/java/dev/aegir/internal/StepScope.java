// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

/**
 * One call of a step: whether it may have changed anything yet, and whether it is over, so that nothing it left behind does
 * anything in its name. Thread-safe.
 */
final class StepScope {
    private final String step;
    private volatile boolean touched;
    private volatile boolean over;

    StepScope(String step) {
        this.step = step;
    }

    /** Something may be changed now. */
    void touch() {
        touched = true;
    }

    boolean touched() {
        return touched;
    }

    /** The call has ended, or was given up. */
    void end() {
        over = true;
    }

    /** Throws when the call is over. */
    void check() {
        if (over) {
            throw new IllegalStateException(
                    "The step \"" + step + "\" has ended; its context is valid only while it runs.");
        }
    }
}
