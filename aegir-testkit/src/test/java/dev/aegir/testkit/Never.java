// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a planted defect keeps from happening is not waited for long; all else has the time that a busy machine needs. A
 * planted defect says from when on nothing is waited for that could still happen.
 */
public final class Never {
    /** For tests in which something is waited for that never happens. */
    public static final Duration SHORT = Duration.ofMillis(1500);

    /** For what happens, however busy the machine is. */
    public static final Duration LONG = Duration.ofMinutes(3);

    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private Never() {}

    /** From now on nothing that is waited for happens. */
    public static void begins() {
        BEGUN.set(true);
    }

    /** What is waited for happens. */
    public static void ends() {
        BEGUN.set(false);
    }

    /** How long a test of a contract may take. */
    public static Duration limit() {
        return BEGUN.get() ? SHORT : LONG;
    }
}
