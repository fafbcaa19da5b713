// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.time.Duration;
import java.util.List;

/**
 * How long the runner waits for what.
 *
 * @param retries how long after its first, second, ... failure a step that cannot be taken back, or whose host is away, is
 *     tried again; after the last a person is asked
 * @param stop how long a step that was asked to stop may take to do so, before its thread is left behind
 * @param leave the same when this process ends
 * @param look how often the ledger is asked whether another process has cancelled a task that runs here, or taken it over
 */
record Patience(List<Duration> retries, Duration stop, Duration leave, Duration look) {
    static final Patience USUAL = new Patience(
            List.of(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(60)),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));

    Patience {
        retries = List.copyOf(retries);
    }
}
