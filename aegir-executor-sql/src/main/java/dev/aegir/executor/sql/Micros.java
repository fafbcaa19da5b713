// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Instants as they are stored: microseconds since 1970, between the years 1 and 9999. */
final class Micros {
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private Micros() {}

    static long of(Instant instant) {
        Instant storable = instant.isBefore(FIRST) ? FIRST : instant.isAfter(LAST) ? LAST : instant;
        return ChronoUnit.MICROS.between(Instant.EPOCH, storable);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
