// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection over a {@link SlowLink}. In each direction one thread reads and notes when each piece is due, and another
 * writes the pieces when they are: nothing waits for what was sent before it.
 */
final class RelayedConnection {
    private static final Logger LOG = LoggerFactory.getLogger(RelayedConnection.class);
    private static final int PIECE = 64 * 1024;
    // As much as may be under way in one direction: at a round trip of 100 ms this is 160 MB/s.
    private static final int WINDOW = 8 * 1024 * 1024;

    private final Socket client;
    private final Socket server = new Socket();
    private final InetSocketAddress target;
    private final long roundTrip;
    private final Traffic toServer;
    private final Traffic toClient;
    private final Consumer<RelayedConnection> ended;
    private final AtomicInteger directions = new AtomicInteger(2);
    private final long opened = System.nanoTime();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> SlowLink.daemon("connection", task));

    RelayedConnection(
            Socket client,
            InetSocketAddress target,
            Duration roundTrip,
            Traffic toServer,
            Traffic toClient,
            Consumer<RelayedConnection> ended) {
        this.client = client;
        this.target = target;
        this.roundTrip = roundTrip.toNanos();
        this.toServer = toServer;
        this.toClient = toClient;
        this.ended = ended;
    }

    /**
     * A far server would have accepted one and a half round trips after the client began (its greeting arrives after two),
     * and the client could not have sent anything before one.
     */
    void start() {
        BlockingQueue<Piece> up = new LinkedBlockingQueue<>();
        Semaphore upWindow = new Semaphore(WINDOW);
        threads.execute(() -> read(client, up, upWindow, opened + roundTrip));
        threads.execute(() -> {
            try {
                waitUntil(opened + roundTrip * 3 / 2);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                server.connect(target);
                BlockingQueue<Piece> down = new LinkedBlockingQueue<>();
                Semaphore downWindow = new Semaphore(WINDOW);
                threads.execute(() -> read(server, down, downWindow, opened));
                threads.execute(() -> write(client, down, downWindow, toClient));
            } catch (IOException e) {
                LOG.debug("No connection to {}", target, e);
                cut();
                return;
            } catch (InterruptedException | RejectedExecutionException e) {
                cut(); // which is what interrupted it
                return;
            }
            write(server, up, upWindow, toServer);
        });
    }

    private void read(Socket from, BlockingQueue<Piece> queue, Semaphore window, long notBefore) {
        byte[] buffer = new byte[PIECE];
        try {
            InputStream in = from.getInputStream();
            int count = in.read(buffer);
            while (count > 0) {
                window.acquire(count);
                queue.add(new Piece(Arrays.copyOf(buffer, count), due(notBefore)));
                count = in.read(buffer);
            }
            queue.add(
                    new Piece(new byte[0], due(notBefore))); // the other side learns of the end as late as of the rest
        } catch (IOException e) {
            LOG.debug("A relayed connection broke", e);
            cut();
        } catch (InterruptedException e) {
            cut(); // which is what interrupted it
        }
    }

    private long due(long notBefore) {
        return Math.max(System.nanoTime(), notBefore) + roundTrip / 2;
    }

    private void write(Socket to, BlockingQueue<Piece> queue, Semaphore window, Traffic traffic) {
        try {
            OutputStream out = to.getOutputStream();
            for (Piece piece = queue.take(); piece.bytes().length > 0; piece = queue.take()) {
                waitUntil(piece.due());
                int admitted = traffic.admit(piece.bytes().length);
                out.write(piece.bytes(), 0, admitted);
                window.release(piece.bytes().length);
                if (admitted < piece.bytes().length) {
                    traffic.exhausted();
                    return;
                }
            }
            to.shutdownOutput();
            if (directions.decrementAndGet() == 0) {
                close(false);
            }
        } catch (IOException e) {
            LOG.debug("A relayed connection broke", e);
            cut();
        } catch (InterruptedException e) {
            cut(); // which is what interrupted it
        }
    }

    private static void waitUntil(long due) throws InterruptedException {
        long left = due - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left); // the delay is what this class is for
        }
    }

    /** Resets both sides. */
    void cut() {
        close(true);
    }

    private void close(boolean reset) {
        for (Socket socket : new Socket[] {client, server}) {
            try {
                if (reset && !socket.isClosed()) {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            } catch (IOException e) {
                LOG.debug("Closing a relayed connection failed", e);
            }
        }
        threads.shutdownNow(); // those that wait for a piece, or for its time
        ended.accept(this);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte[] bytes, long due) {}
}
