// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.backend.ssh.SshBackend;
import dev.aegir.host.Applied;
import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** A real server with nginx, reached over SSH, and what the engine plans for it done there. */
final class NginxLab implements AutoCloseable {
    private static final SecretRef KEY = SecretRef.of("ssh/lab");
    private static final NginxEngine ENGINE = new NginxEngine();

    private final Lab lab;
    private final LabServer machine;
    private final Server server;
    private final Secrets secrets;
    private Host host;
    private int step;

    private NginxLab(Lab lab, LabServer machine, Server server, Secrets secrets) throws InterruptedException {
        this.lab = lab;
        this.machine = machine;
        this.server = server;
        this.secrets = secrets;
        host = connect();
    }

    static NginxLab open() throws IOException, InterruptedException {
        Lab lab = Lab.open();
        LabServer machine = lab.server("nginx");
        Server server =
                Server.at("web1", machine.address()).hostKey(machine.hostKey()).credential(KEY);
        Secret key = Secret.of(Files.readString(lab.privateKey()));
        return new NginxLab(lab, machine, server, new OneSecret(key));
    }

    private Host connect() throws InterruptedException {
        return new SshBackend().connect(server, secrets);
    }

    /** A fresh server; what was started on the old one, our own side of the connection included, is gone. */
    void reset() throws InterruptedException {
        host.close();
        machine.reset();
        host = connect();
    }

    /** The machine, as it is from inside. */
    LabServer machine() {
        return machine;
    }

    Host host() {
        return host;
    }

    /** A directory with an index page that says something. */
    void page(String directory, String text) {
        machine.exec("mkdir", "-p", directory).orThrow();
        machine.execWithInput(text, "tee", directory + "/index.html").orThrow();
    }

    void prepare(Service service) throws InterruptedException {
        for (Step planned : ENGINE.prepare(new ServiceRequest(server.offering(service), service))) {
            apply((ConfigChange) planned);
        }
    }

    ConfigChange publishing(VirtualHost site, Service service) {
        return (ConfigChange) ENGINE.ensure(new EngineRequest<>(site, server.offering(service), service))
                .get(0);
    }

    Applied publish(VirtualHost site) throws InterruptedException {
        return publish(site, Samples.NGINX);
    }

    Applied publish(VirtualHost site, Service service) throws InterruptedException {
        return apply(publishing(site, service));
    }

    Applied withdraw(VirtualHost site) throws InterruptedException {
        return apply((ConfigChange)
                ENGINE.remove(new EngineRequest<>(site, server, Samples.NGINX)).get(0));
    }

    Applied apply(ConfigChange change) throws InterruptedException {
        return host.files().apply(nextKey(), change.change());
    }

    String nextKey() {
        return "nginx-it-" + ++step;
    }

    Http get(String name, String path) throws IOException {
        return Http.get(machine.http(), name, path);
    }

    @Override
    public void close() {
        host.close();
        lab.close();
    }

    /** Knows the lab's key. */
    private record OneSecret(Secret key) implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return KEY.equals(reference) ? Optional.of(key) : Optional.empty();
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
