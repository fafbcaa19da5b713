// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.util.OptionalLong;

/**
 * One run.
 *
 * @param millis how long it took, or how long it was given
 * @param roundTrips how many exchanges with the server it took, where that is counted
 * @param finished whether it came to its end; if not, it was stopped after that time
 */
record Measured(double millis, OptionalLong roundTrips, boolean finished) {
    static Measured since(long begun, OptionalLong roundTrips) {
        return new Measured((System.nanoTime() - begun) / 1e6, roundTrips, true);
    }

    static Measured stopped(double millis) {
        return new Measured(millis, OptionalLong.empty(), false);
    }
}
