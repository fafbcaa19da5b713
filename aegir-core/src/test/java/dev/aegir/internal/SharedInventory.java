// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskQueue;

/** A store of its own tasks over the inventory of a bench. */
record SharedInventory(Bench bench) {
    Store open() {
        Store tasks = new InMemoryStore(bench.clock);
        return new Store() {
            @Override
            public Documents documents() {
                return bench.store.documents();
            }

            @Override
            public Ledger ledger() {
                return tasks.ledger();
            }

            @Override
            public TaskQueue queue() {
                return tasks.queue();
            }

            @Override
            public void close() {
                tasks.close();
            }
        };
    }
}
