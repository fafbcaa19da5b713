// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.backend.ssh.SshBackend;
import dev.aegir.host.Host;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.PosixHost;
import dev.aegir.spi.Secrets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Servers over SSH, whose round trips are counted. Thread-safe. */
final class CountedSsh implements Backend {
    private final SshBackend ssh = new SshBackend();
    private final List<PosixHost> hosts = new CopyOnWriteArrayList<>();

    @Override
    public String scheme() {
        return ssh.scheme();
    }

    @Override
    public Host connect(Server server, Secrets secrets) {
        PosixHost host = (PosixHost) ssh.connect(server, secrets);
        hosts.add(host);
        return host;
    }

    /** Without counting. */
    Backend plain() {
        return ssh;
    }

    long requests() {
        return hosts.stream().mapToLong(PosixHost::requests).sum();
    }
}
