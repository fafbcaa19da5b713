// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The time of this machine, put forward by hand. It goes on by itself, so that what polls it never stands still. */
final class MovableClock implements InstantSource {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead.get()).truncatedTo(ChronoUnit.MICROS);
    }

    void forward(Duration by) {
        ahead.accumulateAndGet(by, Duration::plus);
    }
}
