// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.host.Secret;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;

/** A secret that travels on standard input is nowhere else while the command runs. */
final class HostSecretChecks {
    private HostSecretChecks() {}

    /** Reads its input only when it is told to, so that it has to be kept somewhere until then. */
    private static Command waiting(HostPath begun, HostPath go) {
        return HostUnderTest.script("touch \"$1\"; until [ -e \"$2\" ]; do sleep 0.05; done; exec cat", begun, go);
    }

    static void areOnStandardInputOnly(HostUnderTest at) throws Exception {
        String secret = "s3cr3t-" + Id.next();
        Host looking = at.another();
        // What is looked with does find something: an honest variable of a command that runs.
        String known = "kn0wn-" + Id.next();
        HostPath go = at.path("go.known");
        Future<CommandResult> shown = at.background(
                () -> at.host().run(waiting(at.path("begun.known"), go).environment("KNOWN", known)));
        at.eventuallyThere(at.path("begun.known"));
        assertTrue(inProc(looking, known), "the environment of commands cannot be seen in /proc, so nothing is proved");
        at.put(go, "");
        assertTrue(at.result(shown).succeeded());

        Future<CommandResult> run = at.background(
                () -> at.host().run(waiting(at.path("begun.run"), at.path("go.run")), Input.secret(Secret.of(secret))));
        hidden(at, looking, "run", secret);
        assertEquals(secret, at.result(run).stdout(), "the secret arrives");

        Future<CommandResult> once = at.background(() -> at.host()
                .runOnce(
                        at.key("secret"),
                        waiting(at.path("begun.once"), at.path("go.once")),
                        Input.secret(Secret.of(secret))));
        hidden(at, looking, "once", secret);
        assertEquals(secret, at.result(once).stdout(), "the secret arrives");

        try (RunningCommand stream = at.host().start(waiting(at.path("begun.stream"), at.path("go.stream")))) {
            try (OutputStream in = stream.stdin()) {
                in.write(secret.getBytes(StandardCharsets.UTF_8));
            }
            hidden(at, looking, "stream", secret);
            Future<byte[]> out = at.background(() -> stream.stdout().readAllBytes());
            assertEquals(secret, new String(at.result(out), StandardCharsets.UTF_8));
        }
    }

    private static void hidden(HostUnderTest at, Host looking, String how, String secret) throws Exception {
        at.eventuallyThere(at.path("begun." + how));
        assertFalse(
                inProc(looking, secret),
                how + ": while a command runs, the secret on its input is in the command line or environment of a"
                        + " process, where others can see it");
        at.put(at.path("go." + how), "");
    }

    /** Whether a text is in what /proc shows of any process; the text itself travels on standard input. */
    private static boolean inProc(Host host, String text) throws InterruptedException {
        Command look =
                HostUnderTest.script("exec 3<&0; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null </dev/null"
                        + " | grep -acF -f /dev/fd/3");
        CommandResult result = host.run(look, Input.text(text + "\n"));
        return !result.stdout().strip().equals("0");
    }

    static void areInNoMessage(HostUnderTest at) throws Exception {
        String secret = "s3cr3t-" + Id.next();
        Command failing = HostUnderTest.script("cat >/dev/null; exit 1");
        RuntimeException failed = HostUnderTest.refuses(
                RuntimeException.class,
                "a command that fails",
                () -> at.host().run(failing, Input.secret(Secret.of(secret))).orThrow());
        assertFalse(String.valueOf(failed).contains(secret), "an exception tells no secret");
        assertFalse(at.host().toString().contains(secret), "a host tells no secret");
    }
}
