// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.spi.Store;
import dev.aegir.spi.StoreProvider;
import java.net.URI;
import java.time.InstantSource;
import java.util.ServiceLoader;

class InMemoryStoreTest extends StoreContract {
    @Override
    protected Store open(InstantSource clock) {
        URI uri = URI.create("memory:/");
        return ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.accepts(uri))
                .findFirst()
                .orElseThrow()
                .open(uri, clock);
    }

    @Override
    protected boolean durable() {
        return false;
    }
}
