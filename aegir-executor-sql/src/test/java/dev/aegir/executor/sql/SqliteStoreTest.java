// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.Store;
import dev.aegir.testkit.StoreContract;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
    @TempDir
    private Path home;

    @Override
    protected Store open(InstantSource clock) {
        return new SqlStoreProvider()
                .open(URI.create("sqlite:" + home.resolve("aegir.db").toUri().getRawPath()), clock);
    }

    @Override
    protected boolean durable() {
        return true;
    }
}
