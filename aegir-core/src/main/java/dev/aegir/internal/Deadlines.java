// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.time.Duration;

/** What steps of core can do beside what every step can: stop themselves in time. */
public interface Deadlines {
    /** Until it is closed, the step will be interrupted. */
    interface Deadline extends AutoCloseable {
        /**
         * Whether the time is over, and the step was interrupted for that.
         *
         * @return whether it was
         */
        boolean passed();

        /** From now on it does not interrupt any more. */
        @Override
        void close();
    }

    /**
     * The calling step is interrupted after a time, but never while it writes the journal.
     *
     * @param time after so long
     * @return for the step to close
     */
    Deadline after(Duration time);
}
