// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the points at which a program can die, and waits at one of them to be killed. Points are passed before and after
 * every write of the journal, and before and after everything that is done to a host.
 */
public final class CrashPoints {
    private final AtomicInteger passed = new AtomicInteger();
    private final int deadly;
    private final Optional<String> place;

    /** With the number of the deadly point, counted from 1; 0 for none. */
    public CrashPoints(int deadly) {
        this.deadly = deadly;
        this.place = Optional.empty();
    }

    /** With what the first deadly point is called. */
    public CrashPoints(String place) {
        this.deadly = 0;
        this.place = Optional.of(place);
    }

    public int passed() {
        return passed.get();
    }

    void pass(String where) {
        if (passed.incrementAndGet() == deadly || place.filter(where::equals).isPresent()) {
            System.out.println("AT " + where);
            System.out.flush();
            while (true) {
                LockSupport.park(this); // Until the SIGKILL that was asked for arrives.
            }
        }
    }
}
