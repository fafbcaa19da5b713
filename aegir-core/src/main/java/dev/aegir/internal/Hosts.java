// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Host;
import dev.aegir.model.Server;
import dev.aegir.spi.Secrets;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open hosts of an instance: one for every server, kept between tasks. Thread-safe. */
public final class Hosts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);

    private final Registry registry;
    private final Secrets secrets;
    private final Map<Key, Host> open = new HashMap<>();
    private boolean closed;

    /** What makes two servers the same connection; services do not. A host says its server's name, so that counts too. */
    private record Key(Object name, Object address, Object hostKey, Object credential) {}

    /**
     * Over the backends of a registry.
     *
     * @param registry the registry
     * @param secrets where credentials are
     */
    public Hosts(Registry registry, Secrets secrets) {
        this.registry = registry;
        this.secrets = secrets;
    }

    /**
     * The host of a server; opened when it is not.
     *
     * @param server the server
     * @return the host
     * @throws InterruptedException when the thread is interrupted
     */
    public Host host(Server server) throws InterruptedException {
        Key key = new Key(server.name(), server.address(), server.hostKey(), server.credential());
        synchronized (open) {
            Host known = open.get(key);
            if (known != null) {
                return known;
            }
        }
        // Connecting may take long: not under the lock. If two connect at once, one is closed again.
        Host host = registry.backend(server.address().getScheme()).connect(server, secrets);
        Host winner;
        synchronized (open) {
            if (closed) {
                winner = null;
            } else {
                Host other = open.putIfAbsent(key, host);
                winner = other == null ? host : other;
            }
        }
        if (winner != host) {
            host.close();
        }
        if (winner == null) {
            throw new InterruptedException("closed");
        }
        return winner;
    }

    @Override
    public void close() {
        Map<Key, Host> all;
        synchronized (open) {
            closed = true;
            all = Map.copyOf(open);
            open.clear();
        }
        all.values().forEach(host -> {
            try {
                host.close();
            } catch (RuntimeException e) {
                LOG.debug("Closing {}", host.server(), e);
            }
        });
    }
}
