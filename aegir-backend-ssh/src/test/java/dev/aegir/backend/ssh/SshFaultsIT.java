// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.lab.SlowLink;
import dev.aegir.lab.SlowLink.Direction;
import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.PosixHost;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A line that breaks, dies or stalls ends in a typed error within a bound; the host is whole, and the next call works. */
@Tag("lab")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SshFaultsIT {
    private static final Command HELLO = Command.of("echo", "hello");
    private static final int MORE_THAN_A_LINE_HOLDS = 64 * 1024 * 1024;
    private SshLab lab;
    private SlowLink link;
    private Host host;

    @BeforeEach
    void open() throws Exception {
        lab = SshLab.fresh();
        link = lab.lab().relay(lab.machine().sshPort(), Duration.ZERO);
        host = lab.connect(lab.server(link.address()));
        assertThat(host.run(HELLO).stdout()).isEqualTo("hello\n");
    }

    @AfterEach
    void close() {
        host.close();
        lab.close();
    }

    @Test
    void cutInTheMiddleOfAChangeSetItIsDoneOrNotDone() throws Exception {
        int done = 0;
        int cuts = 0;
        for (int bytes = 500; bytes < 60_000; bytes += 5_500) {
            List<FileChange> files = files("v" + bytes);
            link.cutAfter(Direction.TO_SERVER, bytes);
            try {
                host.files().apply("key-" + bytes, transaction(files));
            } catch (HostUnreachableException e) {
                cuts++;
                assertThat(e).hasMessageContaining("web1");
            }
            link.cutAfter(Direction.TO_SERVER, Long.MAX_VALUE);
            // The next call works, and sees all of it or nothing.
            int different = host.files().compare(files).size();
            assertThat(different).isIn(0, files.size());
            done += different == 0 ? 1 : 0;
            assertThat(lab.inside("find /srv/many -name '.aegir*' 2>/dev/null || :"))
                    .isEmpty();
        }
        assertThat(cuts).isPositive();
        List<FileChange> last = files("the end");
        host.files().apply("last", transaction(last));
        assertThat(host.files().compare(last)).isEmpty();
        assertThat(done).isBetween(0, 11);
    }

    @Test
    void cutWhileACommandRuns() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> running = thread.submit(() -> host.run(Command.of("sh", "-c", "touch /tmp/began; sleep 300")));
        lab.await("/tmp/began");
        link.cut();
        assertThatThrownBy(() -> running.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(HostUnreachableException.class)
                .hasMessageContaining("may have been done");
        assertThat(host.run(HELLO).stdout()).isEqualTo("hello\n");
        thread.shutdown();
    }

    @Test
    void cutWhileAStreamRuns() throws Exception {
        try (RunningCommand endless = host.start(Command.of("cat", "/dev/zero"))) {
            endless.stdout().readNBytes(1024 * 1024);
            link.cut();
            assertThatThrownBy(() -> {
                        drain(endless.stdout());
                        endless.waitFor(Duration.ofSeconds(60));
                    })
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(HostUnreachableException.class),
                            e -> assertThat(e).isInstanceOf(IOException.class));
            assertThatThrownBy(() -> endless.waitFor(Duration.ofSeconds(60)))
                    .isInstanceOf(HostUnreachableException.class);
        }
        assertThat(host.run(HELLO).stdout()).isEqualTo("hello\n");
    }

    @Test
    void aServerThatRestartsIsFoundAgain() throws Exception {
        lab.inside("systemctl restart ssh");
        assertThat(host.run(HELLO).stdout()).isEqualTo("hello\n");
        // All sessions with it, as when the machine is rebooted.
        lab.inside("systemctl stop ssh; pkill -KILL -x sshd || :");
        assertThatThrownBy(() -> host.run(HELLO)).isInstanceOf(HostUnreachableException.class);
        assertThatThrownBy(() -> host.run(HELLO)).isInstanceOf(HostUnreachableException.class);
        lab.inside("systemctl start ssh");
        assertThat(host.run(HELLO).stdout()).isEqualTo("hello\n");
    }

    @Test
    void aLineThatGoesDeadEndsWithinABound() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        Future<?> silent = threads.submit(() -> host.run(Command.of("sh", "-c", "touch /tmp/began; sleep 300")));
        lab.await("/tmp/began");
        RunningCommand full = host.start(Command.of("sh", "-c", "cat >/dev/null"));
        link.stall();
        long begun = System.nanoTime();
        Future<?> writing = threads.submit(() -> {
            full.stdin().write(new byte[MORE_THAN_A_LINE_HOLDS]);
            return full.waitFor(Duration.ofMinutes(5));
        });
        assertThatThrownBy(() -> host.run(HELLO)).isInstanceOf(HostUnreachableException.class);
        assertThatThrownBy(() -> silent.get(60, TimeUnit.SECONDS)).cause().isInstanceOf(HostUnreachableException.class);
        assertThatThrownBy(() -> writing.get(60, TimeUnit.SECONDS)).cause().isInstanceOf(IOException.class);
        assertThatThrownBy(() -> full.waitFor(Duration.ofMinutes(5))).isInstanceOf(HostUnreachableException.class);
        full.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(80));
        // A new connection over the dead line does not answer either, and that is known sooner.
        begun = System.nanoTime();
        assertThatThrownBy(() -> host.run(HELLO)).isInstanceOf(HostUnreachableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(80));
        // And it does not hold up who has changed his mind.
        Future<?> connecting = threads.submit(() -> host.run(HELLO));
        assertThatThrownBy(() -> connecting.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        threads.shutdownNow();
        assertThat(threads.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        link.resume();
        assertThat(host.run(HELLO).stdout()).isEqualTo("hello\n");
    }

    @Test
    void whoeverWaitsIsToldThatNobodyReadsAnyMore() throws Exception {
        AtomicBoolean time = new AtomicBoolean();
        LineWatch watch = new LineWatch("web1", in -> failing(in, time));
        Server server = lab.server(link.address());
        Host failing = PosixHost.over(
                server.name(),
                new SshConnection(server, SshAddress.of(server), lab.secrets(), Optional.empty(), watch),
                HostPath.of("/var/lib/aegir"),
                List.of());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (failing) {
            String script = "touch /tmp/began; until test -e /tmp/go; do sleep 0.05; done; echo gone; sleep 300";
            Future<?> running = thread.submit(() -> failing.run(Command.of("sh", "-c", script)));
            lab.await("/tmp/began");
            time.set(true);
            lab.inside("touch /tmp/go");
            // The thread that reads what the program says ends by that.
            assertThatThrownBy(() -> running.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(HostUnreachableException.class)
                    .rootCause()
                    .isInstanceOf(OutOfMemoryError.class);
            assertThat(failing.run(HELLO).stdout()).isEqualTo("hello\n");
        } finally {
            thread.shutdownNow();
        }
    }

    private static InputStream failing(InputStream in, AtomicBoolean time) {
        return new FilterInputStream(in) {
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

    @Test
    void aKilledSessionTakesNoOtherWithIt() throws Exception {
        try (RunningCommand other = host.start(Command.of("cat"))) {
            // What it says first tells that it has begun: before that there is nothing to kill.
            try (RunningCommand killed = host.start(Command.of("sh", "-c", "echo $$; exec sleep 60"))) {
                String process =
                        new BufferedReader(new InputStreamReader(killed.stdout(), StandardCharsets.UTF_8)).readLine();
                lab.inside("kill -KILL " + process);
                assertThat(killed.waitFor(Duration.ofSeconds(60)).orElseThrow()).isGreaterThan(128);
            }
            other.stdin().write('x');
            other.stdin().close();
            assertThat(other.stdout().readAllBytes()).containsExactly('x');
        }
    }

    @Test
    void anInterruptIsAnInterrupt() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<Class<?>> ended = thread.submit(() -> {
            try {
                host.run(Command.of("sh", "-c", "touch /tmp/began; sleep 300"));
                return Void.class;
            } catch (InterruptedException e) {
                return e.getClass();
            }
        });
        lab.await("/tmp/began");
        thread.shutdownNow();
        assertThat(ended.get(60, TimeUnit.SECONDS)).isEqualTo(InterruptedException.class);
        assertThat(host.run(HELLO).stdout()).isEqualTo("hello\n");
    }

    private static void drain(InputStream in) throws Exception {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private static List<FileChange> files(String content) {
        List<FileChange> files = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            files.add(new FileChange.Write(
                    HostPath.of("/srv/many/d" + i % 4 + "/f" + i),
                    (content + " " + i + "\n").repeat(20),
                    "0644",
                    "root:root",
                    Optional.empty()));
        }
        return files;
    }

    private static FileTransaction transaction(List<FileChange> files) {
        return new FileTransaction(files, List.of(), List.of(), List.of(), List.of(), DriftPolicy.OVERWRITE);
    }
}
