// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.ServiceLoader;

/** A server of the lab that keeps files, reached over SSH. */
final class LabVault implements AutoCloseable {
    private final Lab lab = Lab.open();
    private final LabServer server;
    private final Host host;

    LabVault() throws Exception {
        server = lab.server("files1");
        server.reset();
        Backend ssh = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("ssh"))
                .findFirst()
                .orElseThrow();
        host = ssh.connect(
                Server.at("vault", server.address()).hostKey(server.hostKey()).credential(SecretRef.of("ssh/lab")),
                new OneSecret(Files.readString(lab.privateKey())));
    }

    Host host() {
        return host;
    }

    /** Runs a script there, as root and not over SSH. */
    String on(String script) {
        return server.exec("sh", "-ec", script).orThrow().stdout().strip();
    }

    @Override
    public void close() {
        host.close();
        lab.close();
    }

    private record OneSecret(String key) implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return Optional.of(Secret.of(key));
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
