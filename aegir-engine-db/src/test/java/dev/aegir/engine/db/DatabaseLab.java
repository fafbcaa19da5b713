// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.PosixHost;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.ServiceLoader;

/** A server that has databases, reached over SSH. */
final class DatabaseLab implements AutoCloseable {
    private static final SecretRef KEY = SecretRef.of("ssh/lab");

    private final Lab lab = Lab.open();
    private final LabServer machine = lab.server("db1");
    private final Server server = Server.at(machine.name(), machine.address())
            .hostKey(machine.hostKey())
            .credential(KEY);
    private final PosixHost host;

    DatabaseLab() throws InterruptedException {
        machine.reset();
        Backend ssh = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("ssh"))
                .findFirst()
                .orElseThrow();
        host = (PosixHost) ssh.connect(server, new OneSecret(key()));
    }

    LabServer machine() {
        return machine;
    }

    /** Another machine of the same kind, which this program has no connection to. */
    LabServer another(String name) {
        LabServer other = lab.server(name);
        other.reset();
        return other;
    }

    Server server() {
        return server;
    }

    PosixHost host() {
        return host;
    }

    private String key() {
        try {
            return Files.readString(lab.privateKey());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
