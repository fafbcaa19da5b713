// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.lab.LabServer;

/** A way to bring sites to a server. Used by one thread. */
interface Contender extends AutoCloseable {
    /**
     * Makes the server so, and measures how long that takes.
     *
     * @param fleet the sites that shall be there
     * @param which what there is to do, which the contender may only use to check that it was done
     * @return how long it took
     * @throws Exception when it fails, or did something else than there was to do
     */
    Measured converge(Fleet fleet, Case which) throws Exception;

    /**
     * Makes the server what it would have become, by other means than those that are measured: for the case after one that was
     * stopped.
     *
     * @param machine the server
     * @param fleet the sites that shall be there
     * @throws Exception when it fails
     */
    default void settle(LabServer machine, Fleet fleet) throws Exception {
        throw new IllegalStateException("this is never stopped");
    }

    @Override
    void close();
}
