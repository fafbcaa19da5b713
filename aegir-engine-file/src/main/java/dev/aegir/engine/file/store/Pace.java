// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.util.concurrent.TimeUnit;

/** Keeps all threads of a copy within a bandwidth together. */
final class Pace {
    private final double bytesPerNano;
    private long free = System.nanoTime();

    /** KiB a second; 0 for no limit. */
    Pace(int bandwidth) {
        this.bytesPerNano = bandwidth * 1024.0 / 1e9;
    }

    /** Returns when so many bytes may have gone. */
    void went(long bytes) throws InterruptedException {
        if (bytesPerNano == 0) {
            return;
        }
        long wait;
        synchronized (this) {
            free = Math.max(free, System.nanoTime()) + (long) (bytes / bytesPerNano);
            wait = free - System.nanoTime();
        }
        if (wait > 0) {
            // Time is what a bandwidth is about.
            TimeUnit.NANOSECONDS.sleep(wait);
        }
    }
}
