// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.AegirException;
import dev.aegir.model.DomainName;
import dev.aegir.model.InvalidValueException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A site was closed for longer than somebody allowed, before it could be opened elsewhere. */
public final class FreezeExceededException extends AegirException {
    private static final long serialVersionUID = 1L;

    /** How long it was closed. */
    private final Duration closed;

    /** How long it might be. */
    private final Duration bound;

    /**
     * For a site.
     *
     * @param site the site
     * @param closed how long it was closed until it was noticed
     * @param bound how long it might be
     * @param took what was done meanwhile, each with how long it took
     */
    public FreezeExceededException(DomainName site, Duration closed, Duration bound, List<String> took) {
        super("The site " + site + " was closed for " + seconds(closed) + " s, and may be for " + seconds(bound)
                + " s at most: " + String.join("; ", took)
                + ". It is opened again as it was. Allow more time, or make smaller what took longest.");
        this.closed = closed;
        this.bound = bound;
    }

    /**
     * How long it was closed until that was noticed.
     *
     * @return the time
     */
    public Duration closed() {
        return closed;
    }

    /**
     * How long it might be closed.
     *
     * @return the bound
     */
    public Duration bound() {
        return bound;
    }

    /**
     * A time for people.
     *
     * @param time the time
     * @return in seconds, to the tenth
     */
    public static String seconds(Duration time) {
        long tenths = (time.toMillis() + 50) / 100;
        return tenths / 10 + "." + tenths % 10;
    }

    static void requireBound(Optional<Duration> bound) {
        bound.filter(time -> time.isNegative() || time.isZero()).ifPresent(time -> {
            throw new InvalidValueException(
                    "bound of a freeze", time.toString(), "no site is closed for no time at all");
        });
    }
}
