// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.CommandTimeoutException;
import dev.aegir.host.HostException;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;

/** Where, as whom and with what commands run, and how they end. */
final class HostCommandChecks {
    private HostCommandChecks() {}

    static void haveACleanEnvironment(HostUnderTest at) throws Exception {
        String value = "two\nlines 'q' \"d\" $(touch " + at.path("marker") + ") \\ ";
        Command env = Command.of("env", "-0").environment("GREETING", value).environment("EMPTY", "");
        Map<String, String> run = variables(at.host().run(env).orThrow().stdout());
        Map<String, String> streamed = variables(at.stream(env, new byte[0]).text());
        for (Map<String, String> found : List.of(run, streamed)) {
            assertEquals(
                    Set.of("PATH", "HOME", "LANG", "GREETING", "EMPTY"),
                    found.keySet(),
                    "a command sees these variables and no others");
            assertEquals(value, found.get("GREETING"));
            assertEquals("", found.get("EMPTY"));
            assertEquals("C.UTF-8", found.get("LANG"));
            assertTrue(List.of(found.get("PATH").split(":")).contains("/usr/bin"), "PATH is " + found.get("PATH"));
        }
        assertEquals(run, streamed, "run and start give commands the same environment");
        assertFalse(at.exists(at.path("marker")), "A variable's value was read by a shell: it made a file");
    }

    private static Map<String, String> variables(String text) {
        Map<String, String> out = new TreeMap<>();
        for (String each : text.split("\0")) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                out.put(each.substring(0, equals), each.substring(equals + 1));
            }
        }
        return out;
    }

    static void runWhereTheyShall(HostUnderTest at) throws Exception {
        HostPath odd = at.path("sp ace 'q' \"d\" $(touch marker) \u00e9 *");
        at.sh("mkdir -- \"$1\"", odd);
        assertEquals("/\n", at.host().run(Command.of("pwd")).orThrow().stdout(), "where a command runs by itself");
        assertEquals("/\n", at.stream(Command.of("pwd"), new byte[0]).text(), "where a stream runs by itself");
        assertEquals(
                odd + "\n", at.host().run(Command.of("pwd").in(odd)).orThrow().stdout());
        assertEquals(
                odd + "\n", at.stream(Command.of("pwd").in(odd), new byte[0]).text());
        HostPath missing = at.path("missing");
        Command touch = Command.of("touch", at.path("ran").value()).in(missing);
        assertTrue(fails(at, touch), "a command whose directory is missing must fail");
        assertNotEquals(0, at.stream(touch, new byte[0]).exit(), "so must a stream");
        assertFalse(at.exists(at.path("ran")), "a command whose directory is missing must not run somewhere else");
    }

    static void runAsWhomTheyShall(HostUnderTest at) throws Exception {
        String own = at.sh("id -un").strip();
        Optional<String> declared = at.contract().otherAccount();
        if (declared.isPresent()) {
            String other = declared.get();
            assertNotEquals(own, other, "otherAccount() is not the account that commands run as anyway");
            String home = at.sh("getent passwd \"$1\" | cut -d: -f6", other);
            Command who = HostUnderTest.script("id -un; id -gn; echo \"$HOME\"").as(other);
            String expected = other + "\n" + at.sh("id -gn -- \"$1\"", other) + home;
            assertEquals(expected, at.host().run(who).orThrow().stdout(), "run as " + other);
            assertEquals(expected, at.stream(who, new byte[0]).text(), "start as " + other);
            String once = at.host()
                    .runOnce(at.key("who"), who, Input.none())
                    .orThrow()
                    .stdout();
            assertEquals(expected, once, "runOnce as " + other);
            assertEquals(
                    "in",
                    at.host().run(Command.of("cat").as(other), Input.text("in")).stdout());
        } else {
            assertNotEquals("root", own, "who is root can be any account: otherAccount() must name one");
            notAs(at, "root");
        }
        notAs(at, "no-such-account");
    }

    private static void notAs(HostUnderTest at, String account) throws Exception {
        Command touch = Command.of("touch", at.path("ran").value()).as(account);
        assertTrue(fails(at, touch), "a command as " + account + " must fail");
        assertNotEquals(0, at.stream(touch, new byte[0]).exit(), "so must a stream");
        assertFalse(at.exists(at.path("ran")), "what cannot run as " + account + " must not run as somebody else");
    }

    private static boolean fails(HostUnderTest at, Command command) throws InterruptedException {
        try {
            return !at.host().run(command).succeeded();
        } catch (HostException e) {
            return true;
        }
    }

    static void readTheirInput(HostUnderTest at) throws Exception {
        byte[] all = new byte[1 << 20];
        new Random(1).nextBytes(all);
        Command cat = new Command(
                List.of("cat"), Optional.empty(), Optional.empty(), Map.of(), Duration.ofMinutes(1), all.length);
        CommandResult result = at.host().run(cat, Input.bytes(all)).orThrow();
        assertArrayEquals(all, result.stdoutBytes(), "input and output are bytes, whatever they are");
        assertFalse(result.truncated(), "exactly as much as the limit is not more than it");
        assertArrayEquals(
                all,
                at.host()
                        .runOnce(at.key("cat"), cat, Input.bytes(all))
                        .orThrow()
                        .stdoutBytes());
        assertEquals("", at.host().run(cat).orThrow().stdout(), "without input there is the end of it at once");
        // One that does not read it: nobody minds.
        assertEquals(
                3,
                at.host().run(HostUnderTest.script("exit 3"), Input.bytes(all)).exit());
        assertEquals("next", at.host().run(cat, Input.text("next")).stdout());
    }

    static void endAsTheyEnd(HostUnderTest at) throws Exception {
        for (int code : List.of(0, 1, 2, 77, 126, 127, 255)) {
            Command exit = HostUnderTest.script("exit \"$1\"", code);
            assertEquals(code, at.host().run(exit).exit(), "the exit code of run");
            assertEquals(code, at.stream(exit, new byte[0]).exit(), "the exit code of start");
        }
        for (int signal : List.of(9, 15)) {
            Command killed = HostUnderTest.script("kill -\"$1\" $$", signal);
            assertEquals(128 + signal, at.host().run(killed).exit(), "the exit code for signal " + signal);
            int streamed = at.stream(killed, new byte[0]).exit();
            assertTrue(streamed >= 128, "a stream ended by signal " + signal + " has " + streamed);
        }
        CommandResult unknown = at.host().run(Command.of("aegir-no-such-program"));
        assertFalse(unknown.succeeded(), "a program that is not there is no success");
    }

    static void areKilledWithAllTheyStarted(HostUnderTest at) throws Exception {
        HostPath pids = at.path("pids");
        // A host that does not kill it has it until the directory is away.
        Command stubborn = HostUnderTest.script(
                "trap '' TERM; sh -c 'while [ -d \"$1\" ]; do sleep 0.1; done' sh \"$2\" & echo $! $$ >\"$1.new\"; mv \"$1.new\" \"$1\";"
                        + " wait; wait",
                pids,
                at.directory());
        Command once = Command.of("sleep", "60").timeout(Duration.ofSeconds(1));
        Future<CommandTimeoutException> lateOnce = at.background(() -> HostUnderTest.refuses(
                CommandTimeoutException.class,
                "runOnce keeps the limit too",
                () -> at.host().runOnce(at.key("late"), once, Input.none())));
        Duration limit = Duration.ofMillis(300);
        CommandTimeoutException late = tooLate(at, stubborn.timeout(limit));
        while (!at.exists(pids) && limit.compareTo(at.patience()) < 0) {
            // The machine is busy: it was killed before it had begun.
            limit = limit.multipliedBy(4);
            late = tooLate(at, stubborn.timeout(limit));
        }
        assertFalse(String.valueOf(late).contains("not-for-messages"), "an exception tells no input");
        for (String pid : at.text(pids).strip().split(" ")) {
            at.eventually("a command that took too long is gone, with all it started", () -> !at.runs(pid));
        }
        assertFalse(at.result(lateOnce).getMessage().isBlank());
        assertEquals("next\n", at.host().run(Command.of("echo", "next")).stdout(), "the host goes on after that");
    }

    private static CommandTimeoutException tooLate(HostUnderTest at, Command command) {
        return HostUnderTest.refuses(
                CommandTimeoutException.class,
                "what takes too long is a CommandTimeoutException",
                () -> at.host().run(command, Input.text("not-for-messages")));
    }

    static void sayWhenOutputIsCut(HostUnderTest at) throws Exception {
        HostPath done = at.path("done");
        Command much = new Command(
                List.of(
                        "sh",
                        "-c",
                        "head -c 9000000 /dev/zero; head -c 9000000 /dev/zero >&2; touch \"$1\"; exit 5",
                        "sh",
                        done.value()),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Duration.ofMinutes(1),
                1000);
        CommandResult result = at.host().run(much);
        assertEquals(5, result.exit(), "what is too much is read and dropped: the command goes on to its end");
        assertTrue(at.exists(done), "what is too much is read and dropped: the command goes on to its end");
        assertArrayEquals(new byte[1000], result.stdoutBytes(), "as much as the limit is kept of the output");
        assertEquals(1000, result.stderr().length(), "as much as the limit is kept of the complaints");
        assertTrue(result.truncated(), "that something is missing must be said");
        assertFalse(at.host().run(Command.of("echo", "little")).truncated(), "where nothing is missing, that is said");
    }

    static void mayUseBothOutputsAtOnce(HostUnderTest at) throws Exception {
        Command both = HostUnderTest.script("i=0; while [ $i -lt 4000 ]; do echo out; echo err >&2; i=$((i+1)); done;"
                + " head -c 200000 /dev/zero >&2; head -c 200000 /dev/zero");
        String out = "out\n".repeat(4000) + "\0".repeat(200_000);
        CommandResult run = at.host().run(both).orThrow();
        HostUnderTest.Streamed streamed = at.stream(both, new byte[0]);
        assertEquals(out, run.stdout(), "each output has its own and nothing of the other");
        assertEquals(out.replace("out", "err"), run.stderr(), "each output has its own and nothing of the other");
        assertEquals(out, streamed.text(), "each stream has its own and nothing of the other");
        assertArrayEquals(run.stderr().getBytes(java.nio.charset.StandardCharsets.UTF_8), streamed.err());
    }

    static void areNobodyElsesWithManyThreads(HostUnderTest at) throws Exception {
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String mine = "thread " + i;
            HostPath file = at.path("file" + i);
            all.add(at.background(() -> {
                for (int round = 0; round < 6; round++) {
                    Command both = HostUnderTest.script("printf '%s|' \"$1\"; cat; echo \"$1\" >\"$2\"", mine, file);
                    assertEquals(
                            mine + "|" + round,
                            at.host().run(both, Input.text("" + round)).stdout(),
                            "many threads on one host: an answer belongs to whoever asked");
                    assertEquals(
                            mine + "\n",
                            at.host().files().read(file, 100).map(String::new).orElse("(nothing)"),
                            "many threads on one host: a file is read by whoever asked for it");
                }
                return mine;
            }));
        }
        for (Future<String> each : all) {
            at.result(each);
        }
    }

    static void needNotBeWaitedFor(HostUnderTest at) throws Exception {
        HostPath begun = at.path("begun");
        assertInterrupts(at, begun, () -> at.host().run(HostUnderTest.script("touch \"$1\"; sleep 60", begun)), "run");
        HostPath once = at.path("begun once");
        assertInterrupts(
                at,
                once,
                () -> at.host()
                        .runOnce(at.key("slow"), HostUnderTest.script("touch \"$1\"; sleep 60", once), Input.none()),
                "runOnce");
        at.another().stop(at.key("slow"));
        assertEquals("next\n", at.host().run(Command.of("echo", "next")).stdout(), "the host goes on after that");
    }

    private interface Wait {
        Object forIt() throws Exception;
    }

    private static void assertInterrupts(HostUnderTest at, HostPath begun, Wait wait, String what) throws Exception {
        Thread[] waiting = new Thread[1];
        Future<String> outcome = at.background(() -> {
            synchronized (waiting) {
                waiting[0] = Thread.currentThread();
            }
            try {
                return "it returned " + wait.forIt();
            } catch (InterruptedException e) {
                return "interrupted";
            }
        });
        at.eventually("the command began", () -> at.exists(begun));
        synchronized (waiting) {
            waiting[0].interrupt();
        }
        at.eventually(what + " ends when its thread is interrupted", outcome::isDone);
        assertEquals("interrupted", outcome.get(), what + " must end when it is interrupted");
    }
}
