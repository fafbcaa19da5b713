// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.Aegir;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.PosixHost;
import dev.aegir.spi.Secrets;
import dev.aegir.task.EnrolServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** Two servers that code is brought to, and one that it comes from. */
final class CodeLab implements AutoCloseable {
    private static final SecretRef KEY = SecretRef.of("ssh/lab");

    private final Lab lab = Lab.open();
    private final LabServer web1;
    private final LabServer web2;
    private final LabServer git1;
    private Optional<PosixHost> host = Optional.empty();

    CodeLab() {
        List<LabServer> servers = lab.servers("web1", "web2", "git1");
        web1 = servers.get(0);
        web2 = servers.get(1);
        git1 = servers.get(2);
    }

    LabServer web1() {
        return web1;
    }

    LabServer web2() {
        return web2;
    }

    LabServer git1() {
        return git1;
    }

    String key() {
        try {
            return Files.readString(lab.privateKey());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the servers back to what they were when they were fresh, with a repository to fetch from. */
    LabGit reset() {
        disconnect();
        web1.reset();
        web2.reset();
        git1.reset();
        return LabGit.handbook(git1, "/srv/git/handbook.git");
    }

    private Server server(LabServer machine) {
        return Server.at(machine.name(), machine.address())
                .hostKey(machine.hostKey())
                .credential(KEY);
    }

    /** The first server, over SSH. */
    PosixHost host() throws InterruptedException {
        if (host.isEmpty()) {
            Backend ssh = ServiceLoader.load(Backend.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(backend -> backend.scheme().equals("ssh"))
                    .findFirst()
                    .orElseThrow();
            host = Optional.of((PosixHost) ssh.connect(server(web1), secrets()));
        }
        return host.get();
    }

    void disconnect() {
        host.ifPresent(PosixHost::close);
        host = Optional.empty();
    }

    /** Everything that Aegir is made of, with both servers enrolled. */
    Aegir aegir(Path home) throws InterruptedException {
        Aegir aegir = Aegir.builder()
                .home(home)
                .store(URI.create("memory:/"))
                .secrets(secrets())
                .open();
        for (LabServer machine : List.of(web1, web2)) {
            aegir.run(new EnrolServer(server(machine))).orThrow();
        }
        return aegir;
    }

    private Secrets secrets() {
        return new MemorySecrets(new ConcurrentHashMap<>(Map.of(KEY, Secret.of(key()))));
    }

    @Override
    public void close() {
        disconnect();
        lab.close();
    }

    private record MemorySecrets(Map<SecretRef, Secret> kept) implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return Optional.ofNullable(kept.get(reference));
        }

        @Override
        public void keep(SecretRef reference, Secret secret) {
            kept.put(reference, secret);
        }

        @Override
        public void forget(SecretRef reference) {
            kept.remove(reference);
        }
    }
}
