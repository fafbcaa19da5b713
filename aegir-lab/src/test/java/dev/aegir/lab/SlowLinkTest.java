// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.SlowLink.Direction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SlowLinkTest {
    private EchoServer server;
    private SlowLink link;

    @BeforeEach
    void listen() throws IOException {
        server = new EchoServer();
        link = SlowLink.to(server.address(), Duration.ofMillis(100));
    }

    @AfterEach
    void close() {
        link.close();
        server.close();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), link.port());
    }

    private static void exchange(Socket socket, byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void anExchangeTakesTheRoundTripAndTheFirstOneMore() throws IOException {
        Duration first = Duration.ofDays(1);
        Duration five = Duration.ofDays(1);
        // A busy machine is slow now and then; a link that waits once too often is so every time.
        for (int tries = 0; tries < 30 && (first.toMillis() > 290 || five.toMillis() > 590); tries++) {
            long opening = System.nanoTime();
            try (Socket socket = connect()) {
                exchange(socket, (byte) 1);
                first = shorter(first, since(opening));
                long begin = System.nanoTime();
                for (int i = 0; i < 5; i++) {
                    exchange(socket, (byte) i);
                }
                five = shorter(five, since(begin));
            }
        }
        assertThat(first).isBetween(Duration.ofMillis(200), Duration.ofMillis(290));
        assertThat(five).isBetween(Duration.ofMillis(500), Duration.ofMillis(590));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Test
    void manyBytesAreUnderWayTogether() throws Exception {
        byte[] bytes = new byte[20_000_000];
        Arrays.fill(bytes, (byte) 7);
        long begin = System.nanoTime();
        try (Socket socket = connect()) {
            Thread writer = new Thread(() -> send(socket, bytes));
            writer.start();
            assertThat(Arrays.equals(socket.getInputStream().readNBytes(bytes.length), bytes))
                    .isTrue();
            writer.join();
        }
        // In pieces that wait for each other, 20 MB would be 300 round trips of 64 KiB: 30 s.
        assertThat(since(begin)).isLessThan(Duration.ofSeconds(25));
        assertThat(link.bytes(Direction.TO_SERVER)).isEqualTo(bytes.length);
        assertThat(link.bytes(Direction.TO_CLIENT)).isEqualTo(bytes.length);
        assertThat(link.connections()).isEqualTo(1);
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            return; // cut, as some tests do
        }
    }

    @Test
    void theEndOfOneDirectionLeavesTheOtherOpen() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(new byte[] {1, 2, 3});
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aCutResetsEveryConnectionAndNewOnesWork() throws IOException {
        try (Socket one = connect();
                Socket two = connect()) {
            exchange(one, (byte) 1);
            exchange(two, (byte) 2);
            assertThat(link.openConnections()).isEqualTo(2);

            link.cut();

            assertThatThrownBy(() -> one.getInputStream().read()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> two.getInputStream().read()).isInstanceOf(IOException.class);
            assertThat(link.openConnections()).isZero();
        }
        try (Socket again = connect()) {
            exchange(again, (byte) 3);
        }
    }

    @Test
    void aCutAfterSomeBytesLetsAtMostThoseThrough() throws Exception {
        link.cutAfter(Direction.TO_SERVER, 100_000);
        try (Socket socket = connect()) {
            Thread writer = new Thread(() -> send(socket, new byte[1_000_000]));
            writer.start();
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            writer.join();
        }
        assertThat(server.received()).isLessThanOrEqualTo(100_000);
        assertThat(link.bytes(Direction.TO_SERVER)).isEqualTo(100_000);
        try (Socket again = connect()) {
            exchange(again, (byte) 1); // it cuts once
        }
    }

    @Test
    void refusedConnectionsAreAcceptedAgainLater() throws IOException {
        try (Socket open = connect()) {
            exchange(open, (byte) 1);
            link.refuse();
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            exchange(open, (byte) 2);
            link.accept();
            try (Socket again = connect()) {
                exchange(again, (byte) 3);
            }
        }
    }

    @Test
    void aStalledLinkIsSilentAndGoesOn() throws IOException {
        try (Socket socket = connect()) {
            exchange(socket, (byte) 1);
            link.stall();
            socket.getOutputStream().write(2);
            socket.setSoTimeout(500);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            link.resume();
            socket.setSoTimeout(0);
            assertThat(socket.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void aServerThatDoesNotListenIsAReset() throws IOException {
        server.close();
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }
}
