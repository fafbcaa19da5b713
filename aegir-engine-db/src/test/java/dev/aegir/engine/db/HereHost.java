// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;

/** The machine that tests run on. */
final class HereHost {
    private HereHost() {}

    /** Whoever opens it closes it; it keeps what it needs in a directory. */
    static Host open(Path directory) throws InterruptedException {
        Backend local = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("local"))
                .findFirst()
                .orElseThrow();
        return local.connect(Server.at("here", "local:?state=" + directory.resolve("state")), new NoSecrets());
    }

    private record NoSecrets() implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return Optional.empty();
        }

        @Override
        public void keep(SecretRef reference, Secret secret) {
            throw new UnsupportedOperationException("nothing is kept here");
        }

        @Override
        public void forget(SecretRef reference) {
            throw new UnsupportedOperationException("nothing is kept here");
        }
    }
}
