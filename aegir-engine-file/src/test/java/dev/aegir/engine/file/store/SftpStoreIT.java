// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Name;
import dev.aegir.model.Service;
import dev.aegir.testkit.FileStoreGround;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An account that can do SFTP in a directory of its own, and nothing else, as storage boxes have it. */
@Tag("lab")
@Timeout(200)
class SftpStoreIT {
    private static final String KEPT = Box.KEPT;
    private static Lab lab;
    private static LabServer box;

    @TempDir
    Path home;

    private FileStoreGround ground;

    @BeforeAll
    static void connect() {
        lab = Lab.open();
        box = lab.server("files1");
    }

    @AfterAll
    static void disconnect() {
        new Box(box).close();
        lab.close();
    }

    @BeforeEach
    void open() throws Exception {
        box.reset();
        new Box(box).open();
        ground = ground(service());
        ground.sh(
                "mkdir -p a/b empty; for i in $(seq 40); do echo $i >a/$i; done; head -c 20000000 /dev/urandom >large;"
                        + " printf x >'a/-e'; ln -s a/1 link; find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
    }

    @AfterEach
    void close() {
        ground.close();
    }

    private FileStoreGround ground(Service service) throws Exception {
        return new FileStoreGround(home, new SftpEngine(), service)
                .secret("ssh/box", Files.readString(lab.privateKey()))
                .secret("ssh/none", "no key at all");
    }

    private static Service service() {
        return new Box(box).service();
    }

    private static void fails(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    private static long kept() {
        return Long.parseLong(box.exec("sh", "-c", "find " + KEPT + " -type f | wc -l")
                .orThrow()
                .stdout()
                .strip());
    }

    @Test
    void filesGoThereAndComeBack() throws Exception {
        assertThat(box.exec("sh", "-c", "test ! -e " + KEPT + "/sites").succeeded())
                .isTrue();
        ground.store();
        assertThat(kept()).isEqualTo(45);
        assertThat(ground.fetch()).isEqualTo(42);
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));
        assertThat(box.exec("sh", "-c", "find " + KEPT + " -type f ! -perm 600").stdout())
                .as("what others could read")
                .isEmpty();

        String unfinished = "00/" + "0".repeat(64) + ".new";
        box.exec("sh", "-ec", "cd " + KEPT + "/sites/*/objects; mkdir -p 00; : >" + unfinished + "; chown -R box 00")
                .orThrow();
        ground.sh("echo more >a/1; rm a/3");
        assertThat(ground.store()).as("one object goes").isEqualTo(5);
        assertThat(kept())
                .as("and two are deleted, and what was left unfinished")
                .isEqualTo(44);
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));

        box.exec(
                        "sh",
                        "-ec",
                        "cd " + KEPT
                                + "/sites/*/objects; f=$(find . -type f -size -10c | head -n 1); printf spoiled >$f")
                .orThrow();
        fails(Problem.DAMAGED, () -> {
            FileStoreGround.said(ground.copy(), "rm -r a");
            ground.fetch();
        });
        ground.forget();
        assertThat(kept()).isZero();
        fails(Problem.NOTHING, ground::fetch);
    }

    @Test
    void aFullStoreSaysSoAndKeepsWhatItHad() throws Exception {
        box.exec("sh", "-ec", "mount -t tmpfs -o size=26m,mode=700,uid=$(id -u box) none " + KEPT)
                .orThrow();
        try {
            ground.store();
            ground.sh("head -c 10000000 /dev/urandom >more");
            fails(Problem.FULL, ground::store);
            ground.fetch();
            assertThat(FileStoreGround.said(ground.copy(), "ls"))
                    .contains("large")
                    .doesNotContain("more");
            ground.sh("rm more");
            ground.store();
        } finally {
            box.exec("umount", KEPT).orThrow();
        }
    }

    @Test
    void whoeverIsNotTheOneOrDoesNotLetUsInIsToldNothing() throws Exception {
        try (FileStoreGround other =
                ground(service().with("host-key", "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"))) {
            assertThatThrownBy(other::store)
                    .isInstanceOfSatisfying(
                            FileStoreException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.REFUSED))
                    .hasMessageContaining("is not the host it should be");
        }
        try (FileStoreGround nobody = ground(service().with("user", "nobody"))) {
            fails(Problem.REFUSED, nobody::store);
        }
        try (FileStoreGround none = ground(service().with("key", "ssh/none"))) {
            assertThatThrownBy(none::store)
                    .hasMessageContaining("cannot be read as a private key")
                    .hasMessageNotContaining("no key at all");
        }
        box.exec("chown", "root", KEPT).orThrow();
        fails(Problem.REFUSED, ground::store);
        assertThat(kept()).isZero();
    }

    /** Sockets of which one that reads meets an error when it is time. */
    private static final class Failing extends SocketFactory {
        private final AtomicBoolean time = new AtomicBoolean();

        @Override
        public Socket createSocket() {
            return new Socket() {
                @Override
                public InputStream getInputStream() throws IOException {
                    return new FilterInputStream(super.getInputStream()) {
                        @Override
                        public int read(byte[] bytes, int offset, int length) throws IOException {
                            int read = super.read(bytes, offset, length);
                            if (time.getAndSet(false)) {
                                throw new OutOfMemoryError("played");
                            }
                            return read;
                        }
                    };
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void whoeverWaitsIsToldThatNobodyReadsAnyMore() throws Exception {
        Place place = Place.account(Name.of("files1"), service().with("timeout", "3600"));
        Failing sockets = new Failing();
        try (SftpConnection connection = SftpConnection.open(
                place, place.account().orElseThrow(), Secret.of(Files.readString(lab.privateKey())), sockets)) {
            assertThat(connection.sftp().stat("store")).isNotNull();
            sockets.time.set(true);
            assertThatThrownBy(() -> connection.sftp().stat("store"))
                    .isInstanceOf(IOException.class)
                    .rootCause()
                    .isInstanceOf(OutOfMemoryError.class);
        }
    }
}
