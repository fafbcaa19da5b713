// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.spi.Store;
import dev.aegir.spi.StoreProvider;
import java.net.URI;
import java.time.InstantSource;

/** Opens {@code memory:/}, a new and empty store each time, for tests and for trying things: it forgets when it is closed. */
public final class InMemoryStoreProvider implements StoreProvider {
    /** For ServiceLoader. */
    public InMemoryStoreProvider() {}

    @Override
    public boolean accepts(URI uri) {
        return "memory".equals(uri.getScheme());
    }

    @Override
    public Store open(URI uri, InstantSource clock) {
        return new InMemoryStore(clock);
    }
}
