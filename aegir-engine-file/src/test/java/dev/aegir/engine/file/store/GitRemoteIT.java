// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.testkit.FileStoreGround;
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

/** A repository over SSH with an account that can do git and nothing else, used by a server over SSH. */
@Tag("lab")
@Timeout(120)
class GitRemoteIT {
    private static final String BRANCH = "aegir/" + FileStoreGround.OWNER;
    private static final String REPOSITORY = "/srv/keeper/files.git";
    private static LabVault vault;
    private static String key;
    private static String hostKey;

    @TempDir
    Path home;

    private FileStoreGround ground;

    @BeforeAll
    static void connect() throws Exception {
        vault = new LabVault();
        vault.on(
                "id keeper >/dev/null 2>&1 || useradd --system --home-dir /srv/keeper --shell /usr/bin/git-shell keeper;"
                        + " id git >/dev/null 2>&1 || useradd --system --shell /usr/sbin/nologin git;"
                        + " grep -qx /usr/bin/git-shell /etc/shells || echo /usr/bin/git-shell >>/etc/shells;"
                        + " install -d -o keeper -m 700 /srv/keeper /srv/keeper/.ssh; rm -f /root/made /root/made.pub;"
                        + " ssh-keygen -q -t ed25519 -N '' -f /root/made;"
                        + " install -o keeper -m 600 /root/made.pub /srv/keeper/.ssh/authorized_keys");
        key = vault.on("cat /root/made; rm /root/made");
        hostKey = vault.on("cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub");
    }

    @AfterAll
    static void disconnect() {
        vault.close();
    }

    @BeforeEach
    void open() throws Exception {
        vault.on("rm -rf /srv/work " + REPOSITORY + "; install -d -o git -m 700 /srv/work;"
                + " runuser -u keeper -- git init --quiet --bare " + REPOSITORY);
        ground = ground(home.resolve("one"), service(), key);
        ground.sh("mkdir a; for i in $(seq 40); do echo $i >a/$i; done; head -c 3000000 /dev/urandom >large;"
                + " find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
    }

    @AfterEach
    void close() {
        ground.close();
    }

    private static Service service() {
        return Service.of(ServiceKind.FILE, "git")
                .named("offsite")
                .with("url", "ssh://keeper@localhost:22" + REPOSITORY)
                .with("credential", "git/key")
                .with("host-key", hostKey)
                .with("directory", "/srv/work")
                .with("account", "git");
    }

    private static FileStoreGround ground(Path directory, Service service, String key) throws Exception {
        return new FileStoreGround(directory, new GitEngine(), service)
                .on(vault.host())
                .secret("git/key", key);
    }

    private static String git(String words) {
        return vault.on("runuser -u keeper -- git --git-dir=" + REPOSITORY + " " + words);
    }

    private static void fails(Problem problem, String said, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(problem))
                .hasMessageContaining(said);
    }

    private void same() throws Exception {
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));
    }

    /** Debian's sshd lets no newer protocol of git through, and git by itself gives no parts. */
    @Test
    void aServerWithNothingButGitKeepsFilesAndTheirVersions() throws Exception {
        ground.store();
        String first = ground.told().get("stored.version");
        String before = FileStoreGround.look(ground.site());
        ground.sh("echo more >a/1; rm -r large");
        ground.store();
        same();
        ground.fetch(first);
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(before);
        fails(Problem.NOTHING, "no version", () -> ground.fetch("1".repeat(40)));
        git("config uploadpack.allowFilter true");
        ground.sh("echo even more >a/1");
        ground.store();
        same();
        // An agent ends by itself, shortly after it is told to.
        String left = vault.on("for i in $(seq 100); do pgrep -x ssh-agent >/dev/null || break; sleep 0.1; done;"
                + " pgrep -x ssh-agent || true; find /srv/work -mindepth 1; grep -rlsF -D skip -e '"
                + key.lines().skip(2).findFirst().orElseThrow()
                + "' /srv /tmp /run /root /var/tmp /var/lib /var/cache /var/log || true");
        assertThat(left).as("agents, work and files with the key").isEmpty();
        assertThat(git("fsck --strict --full 2>&1 | grep -v unborn || true")).isEmpty();
        ground.forget();
        assertThat(git("for-each-ref")).isEmpty();
    }

    @Test
    void whoeverIsNotWhoIsMeantIsToldNothing() throws Exception {
        ground.store();
        String commit = git("rev-parse " + BRANCH);
        vault.on("ssh-keygen -q -t ed25519 -N '' -f /root/other");
        String other = vault.on("cut -d ' ' -f 1,2 /root/other.pub; ");
        String otherKey = vault.on("cat /root/other; rm /root/other /root/other.pub");
        try (FileStoreGround changed = ground(home.resolve("two"), service().with("host-key", other), key)) {
            // As if it were known: what the server's own files say is nothing.
            vault.on("install -d -m 755 /etc/ssh; echo \"localhost " + hostKey + "\" >/etc/ssh/ssh_known_hosts");
            fails(Problem.REFUSED, "key is pinned", changed::store);
            fails(Problem.REFUSED, "key is pinned", changed::forget);
        } finally {
            vault.on("rm -f /etc/ssh/ssh_known_hosts");
        }
        try (FileStoreGround refused = ground(home.resolve("three"), service(), otherKey)) {
            fails(Problem.REFUSED, "does not let us in", refused::store);
        }
        try (FileStoreGround none = ground(home.resolve("four"), service(), "no key at all")) {
            fails(Problem.REFUSED, "no private key", none::store);
        }
        Service elsewhere = service().with("url", "ssh://keeper@localhost:22/srv/keeper/none.git");
        try (FileStoreGround none = ground(home.resolve("five"), elsewhere, key)) {
            fails(Problem.REFUSED, "no repository", none::store);
        }
        Service nowhere = service().with("url", "ssh://keeper@localhost:9" + REPOSITORY);
        try (FileStoreGround none = ground(home.resolve("six"), nowhere, key)) {
            fails(Problem.UNREACHABLE, "cannot be reached", none::store);
        }
        assertThat(git("rev-parse " + BRANCH)).isEqualTo(commit);
        assertThat(vault.on("find /srv/work -mindepth 1")).isEmpty();
    }

    /** Killed before the branch is moved, and after that before it can say so. */
    @Test
    void whatIsKilledLeavesWhatWasOrWhatIs() throws Exception {
        ground.store();
        String first = git("rev-parse " + BRANCH);
        String before = FileStoreGround.look(ground.site());
        ground.sh("echo more >a/1; head -c 3000000 /dev/urandom >large");
        killed("pre-receive");
        assertThatThrownBy(ground::store).isInstanceOf(FileStoreException.class);
        assertThat(git("rev-parse " + BRANCH)).isEqualTo(first);
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(before);
        killed("post-update");
        assertThatThrownBy(ground::store).isInstanceOf(FileStoreException.class);
        same();
        vault.on("rm -rf " + REPOSITORY + "/hooks");
        // As a program that was killed leaves what it worked in.
        vault.on("runuser -u git -- sh -c 'mkdir -p /srv/work/.store-" + FileStoreGround.OWNER
                + "/objects; echo x >/srv/work/.store-" + FileStoreGround.OWNER + "/shallow'");
        String second = git("rev-parse " + BRANCH);
        ground.store();
        assertThat(ground.told().get("stored.version")).isEqualTo(second).isNotEqualTo(first);
        assertThat(git("rev-list --count " + BRANCH)).isEqualTo("2");
        assertThat(vault.on("find /srv/work -mindepth 1")).isEmpty();
    }

    /** The other side is killed there. */
    private static void killed(String hook) {
        vault.on("rm -rf " + REPOSITORY + "/hooks; mkdir " + REPOSITORY
                + "/hooks; printf '#!/bin/sh\\nkill -9 $PPID\\n' >" + REPOSITORY + "/hooks/" + hook + "; chmod 755 "
                + REPOSITORY + "/hooks/" + hook);
    }

    @Test
    void aServerWithoutSshSaysSo() throws Exception {
        vault.on("mv /usr/bin/ssh-agent /usr/bin/ssh-agent.away");
        try {
            fails(Problem.REFUSED, "apt-get install openssh-client", ground::store);
        } finally {
            vault.on("mv /usr/bin/ssh-agent.away /usr/bin/ssh-agent");
        }
    }
}
