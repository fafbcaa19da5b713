// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.spi.Store;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link Store} must keep: inventory, ledger, locks, events and queue. A store that passes can run tasks.
 *
 * <pre>{@code
 * class MyStoreTest extends StoreContract {
 *     @TempDir Path home;
 *
 *     @Override
 *     protected Store open(InstantSource clock) {
 *         return new MyStore(home, clock);
 *     }
 *
 *     @Override
 *     protected boolean durable() {
 *         return true;
 *     }
 * }
 * }</pre>
 */
public abstract class StoreContract {
    /** For subclasses. */
    protected StoreContract() {}

    /**
     * Opens the store of the present test: empty at first, and with what was in it when it was closed after that, if it is
     * {@linkplain #durable durable}.
     *
     * @param clock the time
     * @return the store; the contract closes it
     */
    protected abstract Store open(InstantSource clock);

    /**
     * Whether a store that is opened again has what it had when it was closed.
     *
     * @return whether it has
     */
    protected abstract boolean durable();

    private StoreUnderTest store() {
        return new StoreUnderTest(this::open);
    }

    /** The inventory. */
    @Nested
    @DisplayName("documents")
    class OfDocuments extends DocumentsChecks {
        OfDocuments() {
            super(StoreContract.this::store, durable());
        }
    }

    /** The journal. */
    @Nested
    @DisplayName("ledger")
    class OfLedger extends LedgerChecks {
        OfLedger() {
            super(StoreContract.this::store, durable());
        }
    }

    /** What people do to tasks. */
    @Nested
    @DisplayName("cancel, retry, release")
    class OfInterventions extends InterventionChecks {
        OfInterventions() {
            super(StoreContract.this::store);
        }
    }

    /** Admission. */
    @Nested
    @DisplayName("locks")
    class OfLocks extends LockChecks {
        OfLocks() {
            super(StoreContract.this::store);
        }
    }

    /** What was said. */
    @Nested
    @DisplayName("events")
    class OfEvents extends EventChecks {
        OfEvents() {
            super(StoreContract.this::store, durable());
        }
    }

    /** Delivery. */
    @Nested
    @DisplayName("queue")
    class OfQueue extends QueueChecks {
        OfQueue() {
            super(StoreContract.this::store, durable());
        }
    }
}
