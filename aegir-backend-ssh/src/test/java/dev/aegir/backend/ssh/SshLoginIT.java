// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who we are, who the server is, and what happens when either is not so (promise 10, abuse case 38). */
@Tag("lab")
class SshLoginIT {
    private static final Command WHO = Command.of("id", "-un");
    private static SshLab lab;

    @TempDir
    Path directory;

    @BeforeAll
    static void open() throws Exception {
        lab = SshLab.fresh();
        lab.inside("ssh-keygen -q -A; echo HostKey /etc/ssh/ssh_host_rsa_key >/etc/ssh/sshd_config.d/rsa.conf;"
                + " systemctl restart ssh");
    }

    private String before;

    @BeforeEach
    void rememberWhereTheLogEnds() {
        before = lab.endOfLog();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "deploy"})
    void bothBecomeRoot(String account) throws Exception {
        try (Host host = lab.connect(lab.server(account))) {
            assertThat(host.run(WHO).stdout()).isEqualTo("root\n");
            assertThat(host.run(WHO.as("deploy")).stdout()).isEqualTo("deploy\n");
        }
        assertThat(lab.logAfter(before)).contains("Accepted publickey for " + account);
    }

    @Test
    void sudoThatWantsAPasswordIsSaid() throws Exception {
        lab.inside("useradd -m -s /bin/sh askme; install -d -o askme -m 700 ~askme/.ssh;"
                + " install -o askme -m 600 ~root/.ssh/authorized_keys ~askme/.ssh/;"
                + " echo 'askme ALL=(ALL) ALL' >/etc/sudoers.d/askme");
        try (Host host = lab.connect(lab.server("askme"))) {
            refused(host, "sudo does not let this account in without a password", "web1");
        }
    }

    @Test
    void withoutAPinnedKeyNobodyIsAsked() {
        Server unknown = Server.at("web1", lab.machine().address()).credential(SshLab.KEY);
        try (Host host = lab.connect(unknown)) {
            refused(host, "no pinned host key", "ssh-keygen");
        }
        assertThat(lab.logAfter(before)).doesNotContain("Connection from").doesNotContain("Accepted");
    }

    @Test
    void anotherMachineIsSentNothing() {
        String other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        try (Host host = lab.connect(lab.server("root").hostKey(other))) {
            refused(
                    host,
                    "is not the machine that was enrolled",
                    other,
                    lab.machine().hostKey());
        }
        assertThat(lab.logAfter(before)).doesNotContain("Accepted").doesNotContain("session opened");
    }

    /** Abuse case 38: who has a key of another kind than the pinned one may be somebody else. */
    @Test
    void anotherKindOfKeyThanThePinnedIsSentNothing() throws Exception {
        String pinned = lab.machine().file("/etc/ssh/ssh_host_ed25519_key.pub");
        lab.inside("mv /etc/ssh/sshd_config.d/rsa.conf /var/tmp/rsa.conf;"
                + " printf 'HostKey /etc/ssh/ssh_host_rsa_key\nHostKeyAlgorithms rsa-sha2-512\n'"
                + " >/etc/ssh/sshd_config.d/only.conf; sed -i.all 's/^HostKey /#&/' /etc/ssh/sshd_config;"
                + " systemctl restart ssh");
        try (Host host = lab.connect(lab.server("root").hostKey(pinned))) {
            String mark = lab.endOfLog();
            refused(host, "is not the machine that was enrolled");
            assertThat(lab.logAfter(mark)).doesNotContain("Accepted").doesNotContain("session opened");
        } finally {
            lab.inside("rm /etc/ssh/sshd_config.d/only.conf; mv /var/tmp/rsa.conf /etc/ssh/sshd_config.d/rsa.conf;"
                    + " mv /etc/ssh/sshd_config.all /etc/ssh/sshd_config; systemctl restart ssh");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa", "ed25519"})
    void aKeyOfAnyKindCanBePinned(String kind) throws Exception {
        String line = lab.machine().file("/etc/ssh/ssh_host_" + kind + "_key.pub");
        try (Host host = lab.connect(lab.server("root").hostKey(line))) {
            assertThat(host.run(WHO).stdout()).isEqualTo("root\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "rsa", "ecdsa"})
    void aCredentialOfAnyKind(String kind) throws Exception {
        Path key = directory.resolve("key");
        local("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", key.toString());
        String line = Files.readString(Path.of(key + ".pub"));
        lab.machine()
                .execWithInput(line, "sh", "-c", "cat >>~root/.ssh/authorized_keys")
                .orThrow();
        SecretRef reference = SecretRef.of("ssh/" + kind);
        lab.secrets().keep(reference, Secret.of(Files.readString(key)));
        Server server = lab.server("root").credential(reference);
        try (Host host = lab.connect(server)) {
            assertThat(host.run(WHO).stdout()).isEqualTo("root\n");
        }
        assertThat(SshKeys.publicKey(server.name(), Files.readString(key)).sameKey(PublicKeyLine.of(line)))
                .isTrue();
    }

    @Test
    void aWrongKeyAndAMissingOneAreSaid() {
        SecretRef wrong = SecretRef.of("ssh/wrong");
        lab.secrets().keep(wrong, Ed25519.next("wrong").privateKey());
        try (Host host = lab.connect(lab.server("root").credential(wrong))) {
            refused(host, "does not let us in with this key", "authorized_keys");
        }
        try (Host host = lab.connect(lab.server("root").credential(SecretRef.of("ssh/nobody-kept-it")))) {
            refused(host, "\"ssh/nobody-kept-it\" is not in the secret store");
        }
        SecretRef nonsense = SecretRef.of("ssh/nonsense");
        lab.secrets().keep(nonsense, Secret.of("no key but c0nf1dent1al"));
        try (Host host = lab.connect(lab.server("root").credential(nonsense))) {
            assertThatThrownBy(() -> host.run(WHO))
                    .isInstanceOf(HostRefusedException.class)
                    .hasMessageContaining("cannot be read")
                    .hasNoCause();
        }
        assertThat(lab.logAfter(before)).doesNotContain("Accepted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OpenSSH", "PEM", "PKCS8"})
    void anEncryptedKeyIsRefusedInWords(String format) throws Exception {
        Path key = directory.resolve("id_rsa");
        local("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "a passphrase", "-f", key.toString());
        if (!format.equals("OpenSSH")) {
            String[] convert = {"ssh-keygen", "-q", "-p", "-P", "a passphrase", "-N", "a passphrase", "-m", format, "-f"
            };
            String[] words = Arrays.copyOf(convert, convert.length + 1);
            words[convert.length] = key.toString();
            local(words);
        }
        SecretRef encrypted = SecretRef.of("ssh/encrypted");
        lab.secrets().keep(encrypted, Secret.of(Files.readString(key)));
        try (Host host = lab.connect(lab.server("root").credential(encrypted))) {
            refused(host, "is encrypted", "ssh-add", "web1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "rsa", "ecdsa"})
    void aKeyOfAnAgent(String kind) throws Exception {
        Path socket = directory.resolve("agent");
        Path key = directory.resolve("key");
        local("ssh-keygen", "-q", "-t", kind, "-N", "a passphrase", "-f", key.toString());
        lab.machine()
                .execWithInput(Files.readString(Path.of(key + ".pub")), "sh", "-c", "cat >>~root/.ssh/authorized_keys")
                .orThrow();
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await(socket);
            Server server = Server.at("web1", lab.machine().address())
                    .hostKey(lab.machine().hostKey());
            Path other = directory.resolve("other");
            local("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other.toString());
            add(socket, other, "");
            add(socket, key, "a passphrase");
            try (Host host = new SshBackend(Optional.of(socket)).connect(server, lab.secrets())) {
                assertThat(host.run(WHO).stdout()).isEqualTo("root\n");
            }
            // A server with a credential is opened with that and nothing else.
            SecretRef wrong = SecretRef.of("ssh/wrong");
            lab.secrets().keep(wrong, Ed25519.next("wrong").privateKey());
            try (Host host = new SshBackend(Optional.of(socket)).connect(server.credential(wrong), lab.secrets())) {
                refused(host, "does not let us in");
            }
        } finally {
            agent.destroy();
        }
    }

    private static void add(Path agent, Path key, String passphrase) throws Exception {
        Path answer = key.resolveSibling("answer");
        Files.writeString(answer, "#!/bin/sh\necho '" + passphrase + "'\n");
        Files.setPosixFilePermissions(answer, PosixFilePermissions.fromString("rwx------"));
        ProcessBuilder adding = new ProcessBuilder("ssh-add", "-q", key.toString());
        adding.environment().put("SSH_AUTH_SOCK", agent.toString());
        adding.environment().put("SSH_ASKPASS", answer.toString());
        adding.environment().put("SSH_ASKPASS_REQUIRE", "force");
        ended(adding);
    }

    private static void local(String... words) throws Exception {
        ended(new ProcessBuilder(words));
    }

    private static void ended(ProcessBuilder program) throws Exception {
        Process process = program.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    /** An agent tells nobody when it listens: it does when somebody who asks for its keys is told that there are none. */
    private static void await(Path socket) throws Exception {
        int noKeys = 1;
        for (int i = 0; i < 6000 && asked(socket) != noKeys; i++) {
            Thread.sleep(10); // Nothing tells of it.
        }
        assertThat(asked(socket)).isEqualTo(noKeys);
    }

    private static int asked(Path agent) throws Exception {
        ProcessBuilder listing = new ProcessBuilder("ssh-add", "-l")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        listing.environment().put("SSH_AUTH_SOCK", agent.toString());
        return listing.start().waitFor();
    }

    private static void refused(Host host, String... parts) {
        assertThatThrownBy(() -> host.run(WHO))
                .isInstanceOf(HostRefusedException.class)
                .message()
                .contains(List.of(parts));
    }
}
