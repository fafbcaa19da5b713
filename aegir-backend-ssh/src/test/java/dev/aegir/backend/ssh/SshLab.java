// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;

/** A real OpenSSH server, and the lab's key in a secret store. */
record SshLab(Lab lab, LabServer machine, MapSecrets secrets) implements AutoCloseable {
    static final SecretRef KEY = SecretRef.of("ssh/lab");

    /** The server as it is when it is fresh. */
    static SshLab fresh() throws IOException {
        Lab lab = Lab.open();
        LabServer machine = lab.server("ssh");
        machine.reset();
        // Who is gone may look connected for a moment longer.
        machine.exec(
                        "timeout",
                        "60",
                        "sh",
                        "-c",
                        "while ss -Htn state established '( sport = :22 )' | grep -q .; do sleep 0.02; done")
                .orThrow();
        MapSecrets secrets = new MapSecrets();
        secrets.keep(KEY, Secret.of(Files.readString(lab.privateKey())));
        return new SshLab(lab, machine, secrets);
    }

    Server server(String account) {
        return server(machine.address(account));
    }

    Server server(URI address) {
        return Server.at("web1", address).hostKey(machine.hostKey()).credential(KEY);
    }

    Host connect(Server server) {
        return new SshBackend().connect(server, secrets);
    }

    /** Runs a script in the machine, not over SSH. */
    String inside(String script, String... arguments) {
        String[] words = new String[4 + arguments.length];
        words[0] = "sh";
        words[1] = "-euc";
        words[2] = script;
        words[3] = "sh";
        System.arraycopy(arguments, 0, words, 4, arguments.length);
        return machine.exec(words).orThrow().stdout();
    }

    /** Waits until a file is there. */
    void await(String file) {
        inside("i=0; until [ -e \"$1\" ]; do i=$((i + 1)); [ $i -lt 1200 ]; sleep 0.05; done", file);
    }

    /** Where the log ends now. */
    String endOfLog() {
        return inside("journalctl --sync; journalctl -n 0 -q --show-cursor")
                .replace("-- cursor: ", "")
                .strip();
    }

    /** What sshd has logged since then: as it calls itself, since journald finds out the unit of a process by looking at it later. */
    String logAfter(String end) {
        return inside("journalctl --sync; journalctl -t sshd -q -o cat --after-cursor=\"$1\"", end);
    }

    @Override
    public void close() {
        lab.close();
    }
}
