// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Command;
import dev.aegir.host.RunningCommand;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Commands whose streams are used while they run. */
final class HostStreamChecks {
    private static final int MUCH = 8 * 1024 * 1024;

    private HostStreamChecks() {}

    static void carryMuchBothWays(HostUnderTest at) throws Exception {
        byte[] much = new byte[MUCH];
        new Random(2).nextBytes(much);
        HostUnderTest.Streamed echoed = at.stream(Command.of("cat"), much);
        assertEquals(0, echoed.exit());
        assertEquals(MUCH, echoed.out().length, "as much comes back as was sent");
        assertArrayEquals(much, echoed.out(), "what comes back is what was sent");
        assertEquals(0, echoed.err().length);
    }

    static void areThereWhileTheyRun(HostUnderTest at) throws Exception {
        Command echo = HostUnderTest.script("while read -r line; do echo \"got $line\"; done; exit 4");
        try (RunningCommand running = at.host().start(echo)) {
            OutputStream in = running.stdin();
            for (String line : new String[] {"one", "two"}) {
                in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                in.flush();
                assertEquals("got " + line, line(at, running));
            }
            assertEquals(OptionalInt.empty(), running.waitFor(Duration.ofMillis(100)), "it runs until its input ends");
            in.close();
            assertEquals(OptionalInt.of(4), running.waitFor(at.patience()), "closing its input is the end of it");
        }
    }

    static void endWhenTheyAreClosed(HostUnderTest at) throws Exception {
        // One that writes, one that reads, one that does neither.
        for (String script : new String[] {
            "echo $$; while echo on; do sleep 0.05; done", "echo $$; exec cat", "echo $$; exec sleep 600"
        }) {
            String pid;
            try (RunningCommand other = at.host().start(Command.of("cat"))) {
                try (RunningCommand running = at.host().start(HostUnderTest.script(script))) {
                    pid = line(at, running);
                    assertTrue(at.runs(pid), "it runs");
                }
                at.eventually("a program whose streams were closed has ended: " + script, () -> !at.runs(pid));
                other.stdin().write('x');
                other.stdin().close();
                assertArrayEquals(
                        new byte[] {'x'}, other.stdout().readAllBytes(), "closing one does not harm the others");
            }
        }
    }

    private static String line(HostUnderTest at, RunningCommand running) throws Exception {
        Future<String> line = at.background(() -> {
            StringBuilder out = new StringBuilder();
            for (int c = running.stdout().read();
                    c >= 0 && c != '\n';
                    c = running.stdout().read()) {
                out.append((char) c);
            }
            return out.toString();
        });
        try {
            return line.get(at.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("What a program says must be there while it still runs", e);
        }
    }
}
