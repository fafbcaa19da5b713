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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
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

    /** The same for a new connection, until both sides know how they encrypt. */
    private static final Duration PATIENCE_CONNECTING = Duration.ofSeconds(20);

    private static final int MOST = 4;

    /** The kinds of host key to ask for, best first; a pinned key may be of any of them. */
    private static final List<List<String>> KEY_KINDS = List.of(
            List.of("ssh-ed25519"),
            List.of("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
            List.of("rsa-sha2-512", "rsa-sha2-256"));

    private final Server server;
    private final SshAddress address;
    private final Secrets secrets;
    private final Optional<Path> agent;
    private final ReentrantLock connecting = new ReentrantLock();
    private final Waiting waiting;
    private final LineWatch watch;

    /** The lock of itself, {@link #retired} and {@link #closed}. */
    private final List<SSHClient> clients = new ArrayList<>();

    private final List<SSHClient> retired = new ArrayList<>();
    private boolean closed;

    SshConnection(Server server, SshAddress address, Secrets secrets, Optional<Path> agent, LineWatch watch) {
        this.server = server;
        this.address = address;
        this.secrets = secrets;
        this.agent = agent;
        this.waiting = new Waiting(server.name().value());
        this.watch = watch;
    }

    @Override
    public RunningCommand open(List<String> words) throws InterruptedException {
        RemoteWords.Request request = RemoteWords.request(words);
        Set<SSHClient> tried = new HashSet<>();
        while (true) {
            SSHClient client = another(tried);
            Optional<Session> session = session(client);
            if (session.isPresent()) {
                return start(session.get(), request);
            }
            tried.add(client);
        }
    }

    /** A channel; nothing when the connection takes no more of them or is broken. */
    private Optional<Session> session(SSHClient client) throws InterruptedException {
        try {
            return Optional.of(client.startSession());
        } catch (OpenFailException e) {
            LOG.debug("{} takes no more channels on this connection", address);
            return Optional.empty();
        } catch (IOException | IllegalStateException e) {
            // One that broke since it was chosen is "not connected", which to sshj is a mistake of its caller.
            rethrowInterrupt(e);
            LOG.debug("The connection to {} broke", address, e);
            retire(client);
            return Optional.empty();
        }
    }

    /** Starts a program; when that fails, only its own channel is closed: others may go on over the same connection. */
    private RunningCommand start(Session session, RemoteWords.Request request) throws InterruptedException {
        try {
            Session.Command program = session.exec(request.line());
            SshCommand command = SshCommand.of(server.name().value(), session, program, waiting);
            // A program that reads nothing may have ended by now, and its input with it.
            if (!request.head().isEmpty()) {
                command.stdin().write(request.head().getBytes(StandardCharsets.UTF_8));
                command.stdin().flush();
            }
            return command;
        } catch (IOException e) {
            waiting.close(session);
            rethrowInterrupt(e);
            throw new HostUnreachableException(
                    server.name().value(), "the channel to " + address + " broke while a program was started", e);
        }
    }

    /** A connection that was not tried yet: one that is there, or else a new one. */
    private SSHClient another(Set<SSHClient> tried) throws InterruptedException {
        Optional<SSHClient> known = untried(tried);
        if (known.isPresent()) {
            return known.get();
        }
        // One at a time: those who wait find the connection that the first has made.
        connecting.lockInterruptibly();
        try {
            Optional<SSHClient> made = untried(tried);
            if (made.isPresent()) {
                return made.get();
            }
            synchronized (clients) {
                if (clients.size() >= MOST) {
                    throw unreachable(
                            "all channels of " + MOST + " connections are in use", new IOException("too many"));
                }
            }
            SSHClient fresh = connect();
            synchronized (clients) {
                if (!closed) {
                    clients.add(fresh);
                    return fresh;
                }
            }
            close(fresh);
            throw gone();
        } finally {
            connecting.unlock();
        }
    }

    private Optional<SSHClient> untried(Set<SSHClient> tried) {
        synchronized (clients) {
            if (closed) {
                throw gone();
            }
            clients.removeIf(client -> !client.isConnected());
            retired.removeIf(client -> !client.isConnected());
            return clients.stream().filter(client -> !tried.contains(client)).findFirst();
        }
    }

    private HostUnreachableException gone() {
        return unreachable("the connection was closed", new IOException("closed"));
    }

    /** Waiting in sshj ends with one of its own exceptions when the thread is interrupted. */
    private static void rethrowInterrupt(Exception failure) throws InterruptedException {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException interrupt) {
                throw interrupt;
            }
        }
    }

    private SSHClient connect() throws InterruptedException {
        HostKey pinned = server.hostKey()
                .orElseThrow(() -> new HostRefusedException(
                        server.name().value(),
                        "it has no pinned host key, so it could be anybody. Ask its console for one"
                                + " (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), give it to the server with"
                                + " hostKey(...), and enrol it"));
        List<String> shown = new ArrayList<>();
        for (List<String> kinds : KEY_KINDS) {
            SSHClient client = new SSHClient(SshSettings.config());
            PinnedKey verifier = new PinnedKey(pinned, kinds, new EndOfReading(client.getTransport()));
            try {
                SshSettings.apply(client, watch, PATIENCE);
                client.addHostKeyVerifier(verifier);
                SSHClient unused = waiting.within(PATIENCE_CONNECTING, () -> {
                    client.connect(address.host(), address.port());
                    return client;
                });
                client.auth(address.account(), SshKeys.of(server, address, secrets, agent));
                return client;
            } catch (UserAuthException e) {
                close(client);
                rethrowInterrupt(e);
                throw new HostRefusedException(
                        server.name().value(),
                        address + " does not let us in with this key; is the public key in its authorized_keys?",
                        e);
            } catch (TransportException e) {
                close(client);
                rethrowInterrupt(e);
                if (verifier.refused().isEmpty() && !shown.isEmpty()) {
                    continue; // It has shown who it is; that it cannot do with another kind of key is no news.
                } else if (verifier.refused().isEmpty()) {
                    throw unreachable(address + " does not speak SSH with us: " + e.getMessage(), e);
                }
                if (!shown.contains(verifier.refused().get())) {
                    shown.add(verifier.refused().get());
                }
            } catch (IOException e) {
                close(client);
                throw unreachable(address + " cannot be reached: " + e.getMessage(), e);
            } catch (IllegalStateException e) {
                close(client);
                throw unreachable(address + " broke the connection before it let us in", new IOException(e));
            } catch (InterruptedException e) {
                close(client);
                throw e;
            } catch (RuntimeException e) {
                close(client); // a key that is missing or cannot be read
                throw e;
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

    /** Nothing new is begun on it; what runs on it may be able to go on. */
    private void retire(SSHClient client) {
        synchronized (clients) {
            if (clients.remove(client)) {
                retired.add(client);
            }
        }
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
            all = new ArrayList<>(clients);
            all.addAll(retired);
            clients.clear();
            retired.clear();
        }
        all.forEach(SshConnection::close);
        watch.close();
    }
}
