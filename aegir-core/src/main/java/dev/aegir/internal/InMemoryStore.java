// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskQueue;
import java.time.InstantSource;

/** A store that is nowhere but here. Nothing is durable; everything else is as the SPI says. */
public final class InMemoryStore implements Store {
    private final Documents documents = new InMemoryDocuments();
    private final InMemoryQueue queue;
    private final Ledger ledger;

    /**
     * An empty store.
     *
     * @param clock the time
     */
    public InMemoryStore(InstantSource clock) {
        queue = new InMemoryQueue(clock);
        ledger = new InMemoryLedger(queue);
    }

    @Override
    public Documents documents() {
        return documents;
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public TaskQueue queue() {
        return queue;
    }

    @Override
    public void close() {
        queue.close();
    }
}
