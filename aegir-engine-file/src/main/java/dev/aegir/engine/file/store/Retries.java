// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How often, and after how long, a store is asked again.
 *
 * @param most how often
 * @param first after how long for the first time; then after twice as long
 */
record Retries(int most, Duration first) {
    static final Retries USUAL = new Retries(6, Duration.ofMillis(300));
    private static final long LONGEST_MILLIS = 10_000;

    /** Whoever is busy, or was started anew, is asked less often; not all ask at the same moment. */
    void pause(int attempt) throws InterruptedException {
        long most = Math.min(first.toMillis() << Math.min(attempt, 20), LONGEST_MILLIS);
        TimeUnit.MILLISECONDS.sleep(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
    }
}
