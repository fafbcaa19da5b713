// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import net.schmizz.sshj.common.LoggerFactory;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.connection.channel.direct.SessionFactory;
import net.schmizz.sshj.transport.Transport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads of sshj that end by an error leave nobody waiting. */
@Timeout(60)
class SftpRequestsTest {
    /** What a server of SFTP says first: that it speaks version 3. */
    private static final byte[] HELLO = {0, 0, 0, 5, 2, 0, 0, 0, 3};

    private final AtomicReference<Exception> ended = new AtomicReference<>(new IOException("not ended"));
    private final AtomicBoolean over = new AtomicBoolean();

    /** Says hello; who reads on when somebody has asked for something meets an error, and after the end an exception. */
    private final class Answers extends InputStream {
        private final CountDownLatch asked = new CountDownLatch(1);
        private int at;

        @Override
        public int read() throws IOException {
            if (at < HELLO.length) {
                return HELLO[at++];
            }
            try {
                asked.await();
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException().initCause(e);
            }
            if (over.get()) {
                throw new IOException("over", ended.get());
            }
            throw new OutOfMemoryError("played");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            bytes[offset] = (byte) read();
            return 1;
        }
    }

    /** Notes of what a connection dies. */
    private Transport transport(int failures) {
        int[] left = {failures};
        return played(Transport.class, (proxy, method, arguments) -> {
            if (left[0]-- > 0) {
                throw new OutOfMemoryError("there is none yet");
            }
            assertThat(method.getName()).isEqualTo("die");
            ended.set((Exception) arguments[0]);
            over.set(true);
            return null;
        });
    }

    private static <T> T played(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private SftpRequests requests(Answers answers, int failures) throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream() {
            @Override
            public synchronized void flush() {
                // The first request is the hello, which is answered.
                if (size() > HELLO.length) {
                    answers.asked.countDown();
                }
            }
        };
        Session.Subsystem subsystem =
                played(Session.Subsystem.class, (proxy, method, arguments) -> switch (method.getName()) {
                    case "getInputStream" -> answers;
                    case "getOutputStream" -> sent;
                    case "getRemoteCharset" -> StandardCharsets.UTF_8;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        Session session = played(Session.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getLoggerFactory" -> LoggerFactory.DEFAULT;
            case "startSubsystem" -> subsystem;
            default -> throw new UnsupportedOperationException(method.getName());
        });
        SessionFactory sessions = played(
                SessionFactory.class,
                (proxy, method, arguments) -> method.getName().equals("startSession") ? session : null);
        SftpRequests requests = new SftpRequests(sessions, new EndOfReading(transport(failures)));
        requests.init();
        return requests;
    }

    @ParameterizedTest(name = "when telling it fails {0} times")
    @ValueSource(ints = {0, 2})
    void whoHasAskedIsToldThatNobodyReads(int failures) throws Exception {
        SftpRequests requests = requests(new Answers(), failures);
        requests.setTimeoutMs(600_000);
        assertThatThrownBy(() -> requests.stat("file"))
                .isInstanceOf(IOException.class)
                .rootCause()
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("played");
        assertThat(ended.get()).hasMessageContaining("cannot be read any more");
    }
}
