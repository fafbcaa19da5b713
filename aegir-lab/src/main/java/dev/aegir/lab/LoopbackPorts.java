// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports below those that systems hand out for outgoing connections. A server keeps its ports while it is down, and
 * nothing may take them by chance.
 */
final class LoopbackPorts {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;
    private static final int TRIES = 200;

    private LoopbackPorts() {}

    /** A port that was free a moment ago. */
    static int free() {
        try (ServerSocket socket = listen()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens on a port of loopback that nobody has. */
    static ServerSocket listen() {
        for (int i = 0; i < TRIES; i++) {
            try {
                return listen(ThreadLocalRandom.current().nextInt(FIRST, LAST));
            } catch (IOException e) {
                // taken: try another
            }
        }
        throw new LabException("No free port found on loopback between " + FIRST + " and " + LAST);
    }

    /** Listens on a port of loopback. */
    static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
