// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP relay on loopback that makes a server look far away, and that can fail. It delays everything by half of its round
 * trip in each direction - the opening of a connection too - and passes on as much as comes: bytes are under way together,
 * as they are on a real line.
 *
 * <p>Thread-safe. Closed with the {@link Lab} it came from at the latest.
 */
public final class SlowLink implements AutoCloseable {
    /** Where bytes go. */
    public enum Direction {
        /** From the client to the server. */
        TO_SERVER,
        /** From the server to the client. */
        TO_CLIENT
    }

    private static final long ACCEPT_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final Duration roundTrip;
    private final int port;
    private final Traffic toServer = new Traffic(this::cut);
    private final Traffic toClient = new Traffic(this::cut);
    private final Set<RelayedConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile ServerSocket listener;
    private volatile Thread accepting = new Thread();

    private SlowLink(InetSocketAddress target, Duration roundTrip) {
        this.target = target;
        this.roundTrip = roundTrip;
        this.listener = LoopbackPorts.listen();
        this.port = listener.getLocalPort();
    }

    static SlowLink to(InetSocketAddress target, Duration roundTrip) {
        if (roundTrip.isNegative()) {
            throw new IllegalArgumentException("A round trip takes no negative time: " + roundTrip);
        }
        SlowLink link = new SlowLink(target, roundTrip);
        link.acceptFrom(link.listener);
        return link;
    }

    /**
     * Where root logs in over this link, when it leads to an OpenSSH server.
     *
     * @return such as {@code ssh://root@127.0.0.1:21022}
     */
    public URI address() {
        return address("root");
    }

    /**
     * Where an account logs in over this link, when it leads to an OpenSSH server.
     *
     * @param account the account's name
     * @return such as {@code ssh://deploy@127.0.0.1:21022}
     */
    public URI address(String account) {
        return URI.create("ssh://" + account + "@127.0.0.1:" + port);
    }

    /**
     * The port on loopback where the link begins.
     *
     * @return the port on 127.0.0.1
     */
    public int port() {
        return port;
    }

    /**
     * How many bytes have been passed on so far.
     *
     * @param direction which way
     * @return the bytes of all connections
     */
    public long bytes(Direction direction) {
        return traffic(direction).bytes();
    }

    /**
     * How many connections have been opened so far.
     *
     * @return their number, those that ended included
     */
    public int connections() {
        return accepted.get();
    }

    /**
     * How many connections are open now.
     *
     * @return their number
     */
    public int openConnections() {
        return open.size();
    }

    /** Cuts all connections at once: both sides see a reset, and what was under way is lost. New ones are accepted. */
    public void cut() {
        // Who sees the first of them reset may have connected again before the last one is: that one stays.
        List.copyOf(open).forEach(RelayedConnection::cut);
    }

    /**
     * Cuts all connections, once, after so many more bytes have gone one way. At most that many arrive.
     *
     * @param direction which way they are counted
     * @param bytes how many more may pass, over all connections
     */
    public void cutAfter(Direction direction, long bytes) {
        traffic(direction).limit(bytes);
    }

    /** Passes on nothing, and closes nothing, until {@link #resume}: as a line that went dead. */
    public void stall() {
        toServer.stall();
        toClient.stall();
    }

    /** Ends {@link #stall}: what was held back goes on its way. */
    public void resume() {
        toServer.resume();
        toClient.resume();
    }

    /** Refuses new connections until {@link #accept}; open ones stay. */
    public void refuse() {
        closeListener();
    }

    /** Accepts new connections again after {@link #refuse}. */
    public synchronized void accept() {
        if (!listener.isClosed()) {
            return;
        }
        try {
            listener = LoopbackPorts.listen(port);
            acceptFrom(listener);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the link and all its connections. */
    @Override
    public void close() {
        closeListener();
        cut();
        resume();
    }

    private synchronized void closeListener() {
        try {
            listener.close();
            // The kernel goes on to accept connections until the thread that waits for one has come back.
            accepting.join(ACCEPT_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Traffic traffic(Direction direction) {
        return direction == Direction.TO_SERVER ? toServer : toClient;
    }

    private void acceptFrom(ServerSocket source) {
        Runnable loop = () -> {
            while (!source.isClosed()) {
                try {
                    Socket client = source.accept();
                    accepted.incrementAndGet();
                    RelayedConnection connection =
                            new RelayedConnection(client, target, roundTrip, toServer, toClient, open::remove);
                    open.add(connection);
                    connection.start();
                } catch (SocketException e) {
                    return; // closed: by refuse() or close()
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        accepting = daemon("accept", loop);
        accepting.start();
    }

    static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, "slow-link-" + name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public String toString() {
        return "link of " + roundTrip.toMillis() + " ms from 127.0.0.1:" + port + " to " + target;
    }
}
