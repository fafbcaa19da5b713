// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.AegirException;
import java.time.Instant;

/**
 * Thrown by a step that has to wait: until an instant, or until a condition it will look at again then. The task is parked,
 * durably and without a thread, and the step is run again.
 */
public final class NotYetException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final Instant until;

    /**
     * Waits.
     *
     * @param until when to run the step again
     * @param why what is waited for
     */
    public NotYetException(Instant until, String why) {
        super(why);
        this.until = until;
    }

    /**
     * When the step is run again.
     *
     * @return the instant
     */
    public Instant until() {
        return until;
    }
}
