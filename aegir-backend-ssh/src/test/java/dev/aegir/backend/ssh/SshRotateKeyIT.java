// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.Secret;
import dev.aegir.lab.Fingerprint;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.VerifyServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key that opens a server is replaced, or everything stays as it was. */
@Tag("lab")
class SshRotateKeyIT {
    private static final PublicKeyLine ADMIN = Ed25519.next("an administrator").publicKey();
    private SshLab lab;
    private Aegir aegir;

    @BeforeEach
    void open(@TempDir Path home) throws Exception {
        lab = SshLab.fresh();
        aegir = Aegir.builder()
                .home(home)
                .store(URI.create("memory:/"))
                .secrets(lab.secrets())
                .open();
    }

    @AfterEach
    void close() {
        aegir.close();
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "deploy"})
    void theNewKeyLetsInAndTheOldOneNoMore(String account) throws Exception {
        Server before = enrolled(lab.server(account));
        String file = lab.inside("eval echo ~$1/.ssh/authorized_keys", account).strip();
        // As a person may have left it: the last line has no end.
        lab.inside("printf '# people\\n%s\\n%s' \"$2\" \"$(cat \"$1\")\" >\"$1\"", file, ADMIN.toString());
        RotateServerKey task = new RotateServerKey("web1");
        assertThat(aegir.preview(task).toString()).contains("+the new public key", "+credential " + task.secret());

        assertThat(aegir.run(task).orThrow().steps()).hasSize(6);

        Server after = aegir.inventory().server("web1").orElseThrow();
        assertThat(after).isEqualTo(before.credential(task.secret()));
        assertThat(lab.secrets().kept()).containsOnlyKeys(task.secret());
        assertThat(lab.machine().file(file).lines())
                .hasSize(3)
                .startsWith("# people", ADMIN.toString())
                .last()
                .asString()
                .startsWith("ssh-ed25519 ");
        assertThat(lab.inside("stat -c '%a %U' \"$1\"", file)).isEqualTo("600 " + account + "\n");
        assertThat(lab.inside("ls -A \"$(dirname \"$1\")\"", file)).isEqualTo("authorized_keys\n");
        try (Host host = lab.connect(after)) {
            assertThat(host.run(Command.of("true")).succeeded()).isTrue();
        }
        oldKeyIsRefused(before);
        assertThat(aegir.run(new VerifyServer("web1")).state()).isEqualTo(TaskState.SUCCEEDED);
        // The same again: nothing to do.
        assertThat(aegir.preview(task).isEmpty()).isTrue();
        // And another one replaces this one.
        aegir.run(new RotateServerKey("web1")).orThrow();
        assertThat(lab.machine().file(file).lines()).hasSize(3);
    }

    @Test
    void aKeyInAFileIsReplacedAndTheFileStays(@TempDir Path directory) throws Exception {
        Path key = directory.resolve("id_ed25519");
        Files.copy(lab.lab().privateKey(), key);
        Server server = Server.at("web1", lab.machine().address() + "?key=" + key)
                .hostKey(lab.machine().hostKey());
        enrolled(server);
        aegir.run(new RotateServerKey("web1")).orThrow();
        assertThat(key).exists();
        oldKeyIsRefused(lab.server("root"));
        assertThat(aegir.run(new VerifyServer("web1")).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void whenTheProofFailsTheOldKeyWorksAndNothingIsLeft() throws Exception {
        Server before = enrolled(lab.server("root"));
        // Whatever is added, sshd looks elsewhere.
        lab.inside("cp ~/.ssh/authorized_keys /etc/ssh/keys-of-root; chmod 640 ~/.ssh/authorized_keys;"
                + " sed -i '1i AuthorizedKeysFile /etc/ssh/keys-of-root' /etc/ssh/sshd_config; systemctl restart ssh");
        Fingerprint fingerprint = lab.machine().fingerprint("/root", "/etc/ssh");

        TaskInfo info = aegir.run(new RotateServerKey("web1"));

        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElseThrow()).contains("does not let us in").contains("web1");
        assertThat(lab.machine().fingerprint("/root", "/etc/ssh").differencesFrom(fingerprint))
                .isEmpty();
        assertThat(aegir.inventory().server("web1")).contains(before);
        assertThat(lab.secrets().kept()).containsOnlyKeys(SshLab.KEY);
        try (Host host = lab.connect(before)) {
            assertThat(host.run(Command.of("true")).succeeded()).isTrue();
        }
    }

    @Test
    void aSecretThatOpensAnotherServerTooIsKept() throws Exception {
        enrolled(lab.server("root"));
        enrolled(Server.at("web2", lab.machine().address("deploy"))
                .hostKey(lab.machine().hostKey())
                .credential(SshLab.KEY));
        aegir.run(new RotateServerKey("web1")).orThrow();
        assertThat(lab.secrets().kept()).containsKey(SshLab.KEY);
        assertThat(aegir.run(new VerifyServer("web2")).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void aServerThatIsEnrolledTwiceIsNotLockedOut() throws Exception {
        enrolled(lab.server("root"));
        enrolled(Server.at("twin", lab.machine().address())
                .hostKey(lab.machine().hostKey())
                .credential(SshLab.KEY));
        assertThatThrownBy(() -> aegir.submit(new RotateServerKey("web1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("twin");
    }

    @Test
    void oneMoreKeyIsLetInOnce() throws Exception {
        enrolled(lab.server("deploy"));
        Ed25519.Pair pair = Ed25519.next("jane");
        DeployServerKey task = new DeployServerKey("web1", pair.publicKey().toString());
        aegir.run(task).orThrow();
        assertThat(aegir.preview(task).isEmpty()).isTrue();
        aegir.run(task).orThrow();
        assertThat(lab.machine().file("/home/deploy/.ssh/authorized_keys").lines())
                .filteredOn(pair.publicKey().toString()::equals)
                .hasSize(1);
        SecretRef hers = SecretRef.of("ssh/jane");
        lab.secrets().keep(hers, Secret.of(pair.privateKey().reveal()));
        try (Host host = lab.connect(lab.server("deploy").credential(hers))) {
            assertThat(host.run(Command.of("id", "-un")).stdout()).isEqualTo("root\n");
        }
    }

    @Test
    void aLinkStaysALinkAndAForeignFileIsNotTouched() throws Exception {
        enrolled(lab.server("deploy"));
        String keys = "/home/deploy/.ssh/authorized_keys";
        lab.inside("mv \"$1\" /home/deploy/keys; ln -s ../keys \"$1\"", keys);
        aegir.run(new DeployServerKey("web1", ADMIN.toString())).orThrow();
        assertThat(lab.inside("readlink \"$1\"", keys)).isEqualTo("../keys\n");
        assertThat(lab.machine().file("/home/deploy/keys")).endsWith(ADMIN + "\n");

        lab.inside("rm \"$1\"; ln -s /etc/hostname \"$1\"", keys);
        Fingerprint etc = lab.machine().fingerprint("/etc", "/home");
        TaskInfo refused = aegir.run(new DeployServerKey("web1", ADMIN.toString()));
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.cause().orElseThrow()).contains("/etc/hostname belongs to root, not to deploy");
        assertThat(lab.machine().fingerprint("/etc", "/home").differencesFrom(etc))
                .isEmpty();
    }

    private Server enrolled(Server server) throws InterruptedException {
        aegir.run(new EnrolServer(server)).orThrow();
        return aegir.inventory().server(server.name()).orElseThrow();
    }

    private void oldKeyIsRefused(Server server) throws Exception {
        lab.secrets().keep(SshLab.KEY, Secret.of(Files.readString(lab.lab().privateKey())));
        try (Host host = lab.connect(server)) {
            assertThatThrownBy(() -> host.run(Command.of("true")))
                    .isInstanceOf(HostRefusedException.class)
                    .hasMessageContaining("does not let us in");
        }
        lab.secrets().forget(SshLab.KEY);
    }
}
