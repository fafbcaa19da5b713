// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.sftp.SFTPClient;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;

/** One connection to an account with SFTP. Used by several threads. */
final class SftpConnection implements AutoCloseable {
    private static final int CONNECTING_MILLIS = 20_000;
    private static final int KEEP_ALIVE_SECONDS = 15;

    /** As much as is asked for at once, by as many threads as there are for objects. */
    private static final int WINDOW = 4 << 20;

    /** The kinds of host key to ask for, best first; a pinned key may be of any of them. */
    private static final List<List<String>> KINDS = List.of(
            List.of("ssh-ed25519"),
            List.of("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
            List.of("rsa-sha2-512", "rsa-sha2-256"));

    private final SSHClient client;
    private final SFTPClient sftp;

    private SftpConnection(SSHClient client, SFTPClient sftp) {
        this.client = client;
        this.sftp = sftp;
    }

    /**
     * Connects.
     *
     * @throws FileStoreException when it is another host, or does not let us in
     * @throws IOException when it does not answer, which it may do a little later
     */
    static SftpConnection open(Place place, Place.Account account, Secret key, SocketFactory sockets)
            throws IOException, InterruptedException {
        List<String> shown = new ArrayList<>();
        IOException last = new IOException("it shows no host key of a kind that is known here");
        for (List<String> kinds : KINDS) {
            SSHClient client = new SSHClient(config());
            client.setSocketFactory(sockets);
            EndOfReading end = new EndOfReading(client.getTransport());
            PinnedHost pinned = new PinnedHost(account.hostKey(), kinds, end);
            try {
                return open(place, account, key, client, pinned, end);
            } catch (UserAuthException e) {
                interrupted(e);
                throw new FileStoreException(
                        Problem.REFUSED,
                        "The store " + place + " does not let us in with the key \"" + account.key()
                                + "\". See whether its public half is known there.",
                        e);
            } catch (TransportException e) {
                interrupted(e);
                last = e;
                if (pinned.refused().isEmpty() && shown.isEmpty() && !noCommonKind(e)) {
                    throw e;
                }
                pinned.refused().filter(other -> !shown.contains(other)).ifPresent(shown::add);
            }
        }
        if (shown.isEmpty()) {
            throw last;
        }
        throw new FileStoreException(
                Problem.REFUSED,
                "The store " + place + " is not the host it should be: its host key is set as " + account.hostKey()
                        + ", and it shows " + String.join(" and ", shown)
                        + ". Nothing was sent to it. If the host was really replaced, set its new key.");
    }

    private static boolean noCommonKind(TransportException e) {
        return String.valueOf(e.getMessage()).contains("Unable to reach a settlement");
    }

    private static DefaultConfig config() {
        DefaultConfig config = new DefaultConfig();
        config.setLoggerFactory(new SftpLog());
        config.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
        // What comes is kept in an array that sshj doubles until it has this length, and never makes smaller.
        config.setMaxCircularBufferSize(WINDOW + 1);
        return config;
    }

    private static SftpConnection open(
            Place place, Place.Account account, Secret key, SSHClient client, PinnedHost pinned, EndOfReading end)
            throws IOException {
        int patience = place.limits().timeout() * 1000;
        try {
            client.addHostKeyVerifier(pinned);
            client.setConnectTimeout(CONNECTING_MILLIS);
            client.getTransport().setTimeoutMs(CONNECTING_MILLIS);
            client.getConnection().setTimeoutMs(patience);
            client.getConnection().setWindowSize(WINDOW);
            if (client.getConnection().getKeepAlive() instanceof KeepAliveRunner runner) {
                runner.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
            }
            client.connect(account.host(), account.port());
            // Without this requests wait for each other for nothing.
            client.getSocket().setTcpNoDelay(true);
            client.authPublickey(account.user(), key(place, account, client, key));
            SFTPEngine requests = new SftpRequests(client, end).init();
            requests.setTimeoutMs(patience);
            return new SftpConnection(client, new SFTPClient(requests));
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** What goes wrong with a key is told without it. */
    private static KeyProvider key(Place place, Place.Account account, SSHClient client, Secret key) {
        try {
            KeyProvider provider = client.loadKeys(key.reveal(), null, null);
            provider.getPrivate();
            return provider;
        } catch (IOException | RuntimeException e) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The secret \"" + account.key() + "\" for the store " + place
                            + " cannot be read as a private key; is it an OpenSSH key without a passphrase?");
        }
    }

    SFTPClient sftp() {
        return sftp;
    }

    boolean alive() {
        return client.isConnected() && client.isAuthenticated();
    }

    /** Waiting in sshj ends with one of its own exceptions when the thread is interrupted. */
    static void interrupted(Exception failure) throws InterruptedException {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException interrupt) {
                throw interrupt;
            }
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
