// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

/** Keeps everything Aegir knows. Thread-safe. */
public interface Store extends AutoCloseable {
    /**
     * The inventory's side.
     *
     * @return the documents
     */
    Documents documents();

    /**
     * The tasks' side.
     *
     * @return the ledger
     */
    Ledger ledger();

    /**
     * The queue that comes with this store.
     *
     * @return the queue
     */
    TaskQueue queue();

    /** Closes the queue and then the rest. */
    @Override
    void close();
}
