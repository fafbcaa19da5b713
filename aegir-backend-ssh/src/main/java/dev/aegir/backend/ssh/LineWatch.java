// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the sockets to a server, and closes those over which nothing comes any more. A server that lives answers what sshj
 * asks every ten seconds; who is silent for half a minute is gone, and the socket is closed under whoever waits in a read or
 * write of it - sshj itself would wait there too. Thread-safe.
 */
final class LineWatch extends SocketFactory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineWatch.class);
    private static final int LOOK_SECONDS = 5;

    /** Looks, not seconds: when this program itself stood still, what came meanwhile is still to be read. */
    private static final int SILENT_LOOKS = 6;

    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock;

    private final UnaryOperator<InputStream> through;

    /**
     * Begins to look.
     *
     * @param through what comes from the server is read through this
     */
    LineWatch(String server, UnaryOperator<InputStream> through) {
        this.through = through;
        clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "aegir-ssh-watch-" + server);
            thread.setDaemon(true);
            return thread;
        });
        var unused = clock.scheduleWithFixedDelay(
                () -> lines.forEach(Line::look), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public Socket createSocket() throws IOException {
        return new Line();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("sshj connects its sockets itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException("sshj connects its sockets itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("sshj connects its sockets itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException("sshj connects its sockets itself");
    }

    /** After the sockets: those that are left are closed. */
    @Override
    public void close() {
        clock.shutdownNow();
        lines.forEach(Line::end);
    }

    private final class Line extends Socket {
        private volatile boolean heard = true;
        private int silent;

        Line() throws SocketException {
            // Without this every request waits 40 ms for nothing.
            setTcpNoDelay(true);
            lines.add(this);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(through.apply(super.getInputStream())) {
                @Override
                public int read() throws IOException {
                    int read = super.read();
                    heard = true;
                    return read;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int read = super.read(bytes, offset, length);
                    heard = true;
                    return read;
                }
            };
        }

        void look() {
            silent = heard ? 0 : silent + 1;
            heard = false;
            if (silent >= SILENT_LOOKS) {
                LOG.debug("{} has been silent for {} s", this, SILENT_LOOKS * LOOK_SECONDS);
                end();
            }
        }

        void end() {
            try {
                close();
            } catch (IOException e) {
                LOG.debug("Closing {}", this, e);
            }
        }

        @Override
        public synchronized void close() throws IOException {
            lines.remove(this);
            super.close();
        }
    }
}
