// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostKey;
import dev.aegir.model.Server;
import dev.aegir.spi.Connection;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one server: one, with many channels on it; another only when the server refuses more channels. A
 * broken one is replaced by the next that asks. Thread-safe.
 */
final class SshConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(SshConnection.class);

    /** Longer than any server should need; afterwards it is said to be unreachable. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final int MOST = 4;

    /** The kinds of host key to ask for, best first; a pinned key may be of any of them. */
    private static final List<List<String>> KEY_KINDS = List.of(
            List.of("ssh-ed25519"),
            List.of("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
            List.of("rsa-sha2-512", "rsa-sha2-256"));

    private final Server server;
    private final SshAddress address;
    private final Secrets secrets;
    private final List<SSHClient> clients = new ArrayList<>();
    private boolean closed;

    SshConnection(Server server, SshAddress address, Secrets secrets) {
        this.server = server;
        this.address = address;
        this.secrets = secrets;
    }

    @Override
    public RunningCommand open(List<String> words) throws InterruptedException {
        String line = RemoteWords.quoted(words);
        for (SSHClient client : alive()) {
            Optional<RunningCommand> running = start(client, line);
            if (running.isPresent()) {
                return running.get();
            }
        }
        SSHClient fresh = connected();
        return start(fresh, line)
                .orElseThrow(() -> unreachable("it opens no channel on a new connection", new IOException("refused")));
    }

    /** Starts a program; nothing when the connection takes no more channels or is broken. */
    private Optional<RunningCommand> start(SSHClient client, String line) {
        Session session;
        try {
            session = client.startSession();
        } catch (OpenFailException e) {
            LOG.debug("{} takes no more channels on this connection", address);
            return Optional.empty();
        } catch (IOException e) {
            LOG.debug("The connection to {} broke", address, e);
            drop(client);
            return Optional.empty();
        }
        try {
            return Optional.of(new SshCommand(server.name().value(), session, session.exec(line)));
        } catch (IOException e) {
            drop(client);
            throw new HostUnreachableException(
                    server.name().value(), "the connection to " + address + " broke while a program was started", e);
        }
    }

    private List<SSHClient> alive() {
        synchronized (clients) {
            if (closed) {
                throw unreachable("the connection was closed", new IOException("closed"));
            }
            clients.removeIf(client -> !client.isConnected());
            return List.copyOf(clients);
        }
    }

    private SSHClient connected() {
        // One at a time: those who wait find the connection that the first has made.
        synchronized (clients) {
            if (clients.size() >= MOST) {
                throw unreachable("all channels of " + MOST + " connections are in use", new IOException("too many"));
            }
            SSHClient client = connect();
            if (closed) {
                close(client);
                throw unreachable("the connection was closed", new IOException("closed"));
            }
            clients.add(client);
            return client;
        }
    }

    private SSHClient connect() {
        HostKey pinned = server.hostKey()
                .orElseThrow(() -> new HostRefusedException(
                        server.name().value(),
                        "it has no pinned host key, so it could be anybody. Ask its console for one"
                                + " (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), give it to the server with"
                                + " hostKey(...), and enrol it"));
        List<String> shown = new ArrayList<>();
        for (List<String> kinds : KEY_KINDS) {
            PinnedKey verifier = new PinnedKey(pinned, kinds);
            SSHClient client = new SSHClient(SshSettings.config());
            try {
                SshSettings.apply(client, PATIENCE);
                client.addHostKeyVerifier(verifier);
                client.connect(address.host(), address.port());
                client.getConnection().getKeepAlive().setKeepAliveInterval(SshSettings.KEEP_ALIVE_SECONDS);
                client.authPublickey(address.account(), SshKeys.of(server, address, secrets));
                return client;
            } catch (UserAuthException e) {
                close(client);
                throw new HostRefusedException(
                        server.name().value(),
                        address + " does not let us in with this key; is the public key in its authorized_keys?",
                        e);
            } catch (TransportException e) {
                close(client);
                if (verifier.refused().isEmpty() && !shown.isEmpty()) {
                    break; // It has shown who it is; that it has no key of the next kind is no news.
                } else if (verifier.refused().isEmpty()) {
                    throw unreachable(address + " does not speak SSH with us: " + e.getMessage(), e);
                }
                if (!shown.contains(verifier.refused().get())) {
                    shown.add(verifier.refused().get());
                }
            } catch (IOException e) {
                close(client);
                throw unreachable(address + " cannot be reached: " + e.getMessage(), e);
            }
        }
        throw new HostRefusedException(
                server.name().value(),
                address + " is not the machine that was enrolled: its host key is pinned as " + pinned + ", it shows "
                        + String.join(" and ", shown) + ". Nothing was sent to it. If the machine was really replaced,"
                        + " remove the server and enrol it anew");
    }

    private HostUnreachableException unreachable(String message, IOException cause) {
        return new HostUnreachableException(server.name().value(), message, cause, true);
    }

    private void drop(SSHClient client) {
        synchronized (clients) {
            clients.remove(client);
        }
        close(client);
    }

    private static void close(SSHClient client) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.debug("Closing a connection", e);
        }
    }

    @Override
    public void close() {
        List<SSHClient> all;
        synchronized (clients) {
            closed = true;
            all = List.copyOf(clients);
            clients.clear();
        }
        all.forEach(SshConnection::close);
    }
}
