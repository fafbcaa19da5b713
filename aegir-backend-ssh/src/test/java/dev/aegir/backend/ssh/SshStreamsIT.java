// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Much at once over few connections. */
@Tag("lab")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SshStreamsIT {
    private static final int MUCH = 64 * 1024 * 1024;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SshLab lab;
    private Host host;

    @BeforeEach
    void open() throws Exception {
        lab = SshLab.fresh();
        host = lab.connect(lab.server("deploy"));
    }

    @AfterEach
    void close() {
        host.close();
        lab.close();
        threads.shutdownNow();
    }

    @Test
    void twentyThreadsShareAConnection() throws Exception {
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String word = "w" + i;
            all.add(threads.submit(() -> {
                StringBuilder said = new StringBuilder();
                for (int round = 0; round < 5; round++) {
                    said.append(host.run(Command.of("echo", word)).stdout());
                }
                return said.toString();
            }));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(all.get(i).get()).isEqualTo(("w" + i + "\n").repeat(5));
        }
        assertThat(connections()).isEqualTo(1);
    }

    @Test
    void moreSessionsThanAConnectionTakesMakeASecond() throws Exception {
        List<RunningCommand> running = new ArrayList<>();
        try {
            for (int i = 0; i < 14; i++) {
                running.add(host.start(Command.of("cat")));
            }
            assertThat(connections()).isEqualTo(2);
            assertThat(host.run(Command.of("echo", "still")).stdout()).isEqualTo("still\n");
            for (RunningCommand cat : running) {
                cat.stdin().write('x');
                cat.stdin().close();
                assertThat(cat.stdout().readAllBytes()).containsExactly('x');
                assertThat(cat.waitFor(Duration.ofSeconds(60))).hasValue(0);
            }
        } finally {
            running.forEach(RunningCommand::close);
        }
        assertThat(connections()).isEqualTo(2);
    }

    @Test
    void muchUpAndMuchDownIsTheSame() throws Exception {
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        try (RunningCommand up = host.start(Command.of("tee", "/tmp/much"))) {
            Future<String> echoed = threads.submit(() -> hash(up.stdout()));
            Future<Long> complaints = threads.submit(() -> up.stderr().transferTo(OutputStream.nullOutputStream()));
            byte[] block = new byte[1024 * 1024];
            Random random = new Random(1);
            try (OutputStream in = up.stdin()) {
                for (int i = 0; i < MUCH / block.length; i++) {
                    random.nextBytes(block);
                    sent.update(block);
                    in.write(block);
                }
            }
            String expected = HexFormat.of().formatHex(sent.digest());
            assertThat(echoed.get()).isEqualTo(expected);
            assertThat(complaints.get()).isZero();
            assertThat(up.waitFor(Duration.ofSeconds(60))).hasValue(0);
            assertThat(lab.inside("sha256sum </tmp/much")).startsWith(expected);
        }
    }

    @Test
    void aProgramMayTakeItsTimeToRead() throws Exception {
        // Longer than an answer of the server may take, and more than the server takes before the program does.
        try (RunningCommand slow = host.start(Command.of("sh", "-c", "sleep 20; wc -c"))) {
            slow.stdin().write(new byte[8 * 1024 * 1024]);
            slow.stdin().close();
            assertThat(new String(slow.stdout().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("8388608\n");
        }
    }

    @Test
    void muchOnBothOutputsDoesNotHang() throws Exception {
        Command both = Command.of("sh", "-c", "head -c 8388608 /dev/zero >&2; head -c 8388608 /dev/zero; exit 3");
        assertThat(host.run(both).exit()).isEqualTo(3);
        assertThat(host.run(both).truncated()).isTrue();
        try (RunningCommand running = host.start(both)) {
            Future<Long> err = threads.submit(() -> running.stderr().transferTo(OutputStream.nullOutputStream()));
            assertThat(running.stdout().transferTo(OutputStream.nullOutputStream()))
                    .isEqualTo(8388608);
            assertThat(err.get()).isEqualTo(8388608);
            assertThat(running.waitFor(Duration.ofSeconds(60))).hasValue(3);
        }
    }

    @Test
    void closingAStreamEndsItsProgramAndNothingElse() throws Exception {
        try (RunningCommand other = host.start(Command.of("cat"))) {
            RunningCommand endless = host.start(Command.of("sh", "-c", "while echo aegir-endless; do sleep 0.1; done"));
            assertThat(endless.stdout().read()).isEqualTo('a');
            endless.close();
            lab.inside(
                    "for i in $(seq 600); do pgrep -f aegir-[e]ndless >/dev/null || exit 0; sleep 0.1; done; exit 1");
            other.stdin().write('x');
            other.stdin().close();
            assertThat(other.stdout().readAllBytes()).containsExactly('x');
        }
        assertThat(connections()).isEqualTo(1);
    }

    private int connections() {
        return Integer.parseInt(lab.inside("ss -Htn state established '( sport = :22 )' | wc -l")
                .strip());
    }

    private static String hash(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] block = new byte[1 << 16];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            digest.update(block, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
