// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import java.net.URI;
import java.time.InstantSource;

/** Opens stores. Stateless. */
public interface StoreProvider {
    /**
     * Whether this provider opens stores at such an address.
     *
     * @param uri the address, such as {@code sqlite:/var/lib/aegir/aegir.db}
     * @return whether it does
     */
    boolean accepts(URI uri);

    /**
     * Opens a store, making what is missing.
     *
     * @param uri the address
     * @param clock the time
     * @return the store
     * @throws dev.aegir.model.RefusedException when it cannot be opened; the message says why and what to do
     */
    Store open(URI uri, InstantSource clock);
}
