// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final String KEPT = "/srv/box/store";
    private static Lab lab;
    private static LabServer box;

    @TempDir
    Path home;

    private StoreGround ground;

    @BeforeAll
    static void connect() {
        lab = Lab.open();
        box = lab.server("files1");
    }

    @AfterAll
    static void disconnect() {
        box.exec("sh", "-c", "rm /etc/ssh/sshd_config.d/box.conf; systemctl restart ssh");
        lab.close();
    }

    @BeforeEach
    void open() throws Exception {
        box.reset();
        box.exec("sh", "-ec", """
                id box >/dev/null 2>&1 || useradd --system --home-dir /srv/box --shell /usr/sbin/nologin box
                install -d -o root -g root -m 755 /srv/box
                install -d -o box -g box -m 700 /srv/box/store
                cp /root/.ssh/authorized_keys /etc/ssh/box.keys
                chmod 644 /etc/ssh/box.keys
                cat >/etc/ssh/sshd_config.d/box.conf <<'TEXT'
                Match User box
                    AuthorizedKeysFile /etc/ssh/box.keys
                    ChrootDirectory /srv/box
                    ForceCommand internal-sftp
                    AllowTcpForwarding no
                TEXT
                systemctl restart ssh
                """).orThrow();
        ground = ground(service());
        ground.sh(
                "mkdir -p a/b empty; for i in $(seq 40); do echo $i >a/$i; done; head -c 20000000 /dev/urandom >large;"
                        + " printf x >'a/-e'; ln -s a/1 link; find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
    }

    @AfterEach
    void close() {
        ground.close();
    }

    private StoreGround ground(Service service) throws Exception {
        return new StoreGround(home, new SftpEngine(), service)
                .secret("ssh/box", Files.readString(lab.privateKey()))
                .secret("ssh/none", "no key at all");
    }

    private static Service service() {
        return Service.of(ServiceKind.FILE, "sftp")
                .named("offsite")
                .with("host", String.valueOf(box.address().getHost()))
                .with("port", String.valueOf(box.sshPort()))
                .with("user", "box")
                .with("host-key", box.hostKey())
                .with("key", "ssh/box")
                .with("directory", "store/sites");
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
        assertThat(StoreGround.look(ground.copy)).isEqualTo(StoreGround.look(ground.site));
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
        assertThat(StoreGround.look(ground.copy)).isEqualTo(StoreGround.look(ground.site));

        box.exec(
                        "sh",
                        "-ec",
                        "cd " + KEPT
                                + "/sites/*/objects; f=$(find . -type f -size -10c | head -n 1); printf spoiled >$f")
                .orThrow();
        fails(Problem.DAMAGED, () -> {
            StoreGround.said(ground.copy, "rm -r a");
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
            assertThat(StoreGround.said(ground.copy, "ls")).contains("large").doesNotContain("more");
            ground.sh("rm more");
            ground.store();
        } finally {
            box.exec("umount", KEPT).orThrow();
        }
    }

    @Test
    void whoeverIsNotTheOneOrDoesNotLetUsInIsToldNothing() throws Exception {
        try (StoreGround other =
                ground(service().with("host-key", "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"))) {
            assertThatThrownBy(other::store)
                    .isInstanceOfSatisfying(
                            FileStoreException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.REFUSED))
                    .hasMessageContaining("is not the host it should be");
        }
        try (StoreGround nobody = ground(service().with("user", "nobody"))) {
            fails(Problem.REFUSED, nobody::store);
        }
        try (StoreGround none = ground(service().with("key", "ssh/none"))) {
            assertThatThrownBy(none::store)
                    .hasMessageContaining("cannot be read as a private key")
                    .hasMessageNotContaining("no key at all");
        }
        box.exec("chown", "root", KEPT).orThrow();
        fails(Problem.REFUSED, ground::store);
        assertThat(kept()).isZero();
    }
}
