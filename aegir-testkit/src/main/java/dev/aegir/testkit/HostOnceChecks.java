// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.AegirException;
import dev.aegir.model.HostPath;
import java.util.concurrent.Future;

/** Commands that run at most once for a key, whatever becomes of who asked. */
final class HostOnceChecks {
    private HostOnceChecks() {}

    private static Command counting(HostPath count) {
        return HostUnderTest.script("echo ran >>\"$1\"; cat; echo oops >&2; exit 3", count);
    }

    private static void assertTheRun(CommandResult result) {
        assertEquals(3, result.exit(), "whoever asks again learns how it ended");
        assertEquals("in", result.stdout(), "whoever asks again learns what it said");
        assertEquals("oops\n", result.stderr(), "whoever asks again learns what it complained about");
    }

    static void happenOnce(HostUnderTest at) throws Exception {
        HostPath count = at.path("count");
        for (int i = 0; i < 2; i++) {
            assertTheRun(at.host().runOnce(at.key("a"), counting(count), Input.text("in")));
            assertEquals("ran\n", at.text(count), "it runs once for a key");
        }
        at.connectAnew();
        assertTheRun(at.host().runOnce(at.key("a"), counting(count), Input.text("in")));
        assertEquals("ran\n", at.text(count), "it runs once for a key, over another connection too");
        assertTheRun(at.host().runOnce(at.key("b"), counting(count), Input.text("in")));
        assertEquals("ran\nran\n", at.text(count), "another key is another run");
    }

    static void happenOnceForAllWhoAsk(HostUnderTest at) throws Exception {
        HostPath count = at.path("count");
        Command slow = HostUnderTest.script("echo ran >>\"$1\"; sleep 0.5; echo done", count);
        Host other = at.another();
        Future<String> one = at.background(
                () -> at.host().runOnce(at.key("a"), slow, Input.none()).stdout());
        Future<String> two = at.background(
                () -> other.runOnce(at.key("a"), slow, Input.none()).stdout());
        assertEquals("done\n", at.result(one), "whoever asks while it runs waits for it");
        assertEquals("done\n", at.result(two), "whoever asks while it runs waits for it");
        assertEquals("ran\n", at.text(count), "it runs once for a key, however many ask at the same time");
    }

    static void goOnWithoutUs(HostUnderTest at) throws Exception {
        HostPath count = at.path("count");
        HostPath go = at.path("go");
        Command slow = HostUnderTest.script(
                "echo ran >>\"$1\"; until [ -e \"$2\" ]; do sleep 0.05; done; echo done", count, go);
        Host asking = at.host();
        Future<CommandResult> lost = at.background(() -> asking.runOnce(at.key("a"), slow, Input.none()));
        at.eventuallyThere(count);
        at.connectAnew();
        at.put(go, "");
        String said =
                at.host().runOnce(at.key("a"), slow, Input.none()).orThrow().stdout();
        assertEquals("done\n", said, "it goes on when the connection is closed, and is found again");
        assertEquals("ran\n", at.text(count), "it is not run again because the connection was closed");
        lost.cancel(true);
    }

    static void canBeStopped(HostUnderTest at) throws Exception {
        HostPath pids = at.path("pids");
        Command endless = HostUnderTest.script(
                "trap '' TERM; sh -c 'while [ -d \"$1\" ]; do sleep 0.05; done' sh \"$2\" & echo $! $$ >\"$1.new\";"
                        + " mv \"$1.new\" \"$1\"; while [ -d \"$2\" ]; do sleep 0.05; done",
                pids,
                at.directory());
        Host asking = at.another();
        Future<CommandResult> run = at.background(() -> asking.runOnce(at.key("a"), endless, Input.none()));
        at.eventuallyThere(pids);
        at.host().stop(at.key("a"));
        for (String pid : at.text(pids).strip().split(" ")) {
            assertFalse(at.runs(pid), "when stop returns, what ran for the key does nothing more");
        }
        at.eventually("whoever waited for a run that was stopped learns of its end", run::isDone);
        HostPath after = at.path("after");
        try {
            at.host().runOnce(at.key("a"), HostUnderTest.script("touch \"$1\"", after), Input.none());
        } catch (AegirException e) {
            assertFalse(e.getMessage().isBlank());
        }
        assertFalse(at.exists(after), "a run that was stopped is not begun again under its key");
        at.host().stop(at.key("never"));
    }

    static void haveKeysThatAreNoPaths(HostUnderTest at) throws Exception {
        HostPath ran = at.path("ran");
        for (String key : new String[] {"", "../x", "a/b", "a b", "a\nb", ".", "$(x)"}) {
            Command touch = HostUnderTest.script("touch \"$1\"", ran);
            HostUnderTest.refuses(
                    AegirException.class,
                    "runOnce must refuse the key \"" + key + "\"",
                    () -> at.host().runOnce(key, touch, Input.none()));
            HostUnderTest.refuses(
                    AegirException.class,
                    "apply must refuse the key \"" + key + "\"",
                    () -> at.host().files().apply(key, HostUnderTest.change(at.write("ran", ""))));
        }
        assertFalse(at.exists(ran), "nothing is done for a key that is none");
        assertTrue(at.host()
                .runOnce(at.key("A-z_0.9"), Command.of("true"), Input.none())
                .succeeded());
    }
}
