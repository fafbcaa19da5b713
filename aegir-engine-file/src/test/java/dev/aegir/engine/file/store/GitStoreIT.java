// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.testkit.FileStoreGround;
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

/** Repositories of git on a server over SSH, that belong to an account of their own. */
@Tag("lab")
@Timeout(120)
class GitStoreIT {
    private static final String REPOSITORY = "/srv/git/" + FileStoreGround.OWNER + ".git";
    private static LabVault vault;

    @TempDir
    Path home;

    private FileStoreGround ground;

    @BeforeAll
    static void connect() throws Exception {
        vault = new LabVault();
    }

    @AfterAll
    static void disconnect() {
        vault.close();
    }

    @BeforeEach
    void open() throws Exception {
        on("rm -rf /srv/git; id git >/dev/null 2>&1 || useradd --system --shell /usr/sbin/nologin git;"
                + " install -d -o git -g git -m 700 /srv/git");
        ground = new FileStoreGround(
                        home,
                        new GitEngine(),
                        Service.of(ServiceKind.FILE, "git")
                                .named("offsite")
                                .with("directory", "/srv/git")
                                .with("account", "git"))
                .on(vault.host());
        ground.sh("mkdir a; for i in $(seq 40); do echo $i >a/$i; done; head -c 20000000 /dev/urandom >large;"
                + " find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
    }

    @AfterEach
    void close() {
        ground.close();
    }

    private static String on(String script) {
        return vault.on(script);
    }

    /** As whoever looks at it. */
    private static String git(String words) {
        return on("runuser -u git -- git --git-dir=" + REPOSITORY + " " + words);
    }

    private static void fails(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void whatIsThereIsAnOrdinaryRepository() throws Exception {
        assertThat(ground.store()).isGreaterThan(20_000_000);
        assertThat(git("fsck --strict --full 2>&1")).isEmpty();
        assertThat(git("show files:tree/files/a/7")).isEqualTo("7");
        ground.sh(
                "cp a/9 copy; mv a/7 b; rm a/8; printf '* filter=evil' >.gitattributes; mkdir .git; echo x >.git/config");
        assertThat(ground.store())
                .as("a copy and another name are no new content")
                .isEqualTo(15);
        assertThat(git("fsck --strict --full 2>&1")).isEmpty();
        assertThat(git("log --format=%s files").lines()).containsExactly("docs.example.net", "docs.example.net");
        assertThat(git("ls-tree -r --name-only files -- tree/").lines())
                .hasSize(43)
                .contains("tree/files/%2Egitattributes", "tree/files/%2Egit/config", "tree/files/b", "tree/files/copy");
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));
        assertThat(on("find /srv/git ! -user git; find /srv/git -perm /077")).isEmpty();
        ground.forget();
        assertThat(on("ls -A /srv/git")).isEmpty();
    }

    /** Whatever somebody has put there is either not used or said to be wrong. */
    @Test
    void whatIsNotAsItWasIsNotUsed() throws Exception {
        ground.store();
        on("cd " + REPOSITORY
                + "; mkdir -p hooks; printf '#!/bin/sh\\ntouch /srv/hooked; exit 1\\n' >hooks/reference-transaction;"
                + " cp hooks/reference-transaction hooks/pre-auto-gc; chmod 755 hooks/*; chown -R git: .");
        ground.sh("echo more >a/1");
        ground.store();
        assertThat(on("ls /srv")).doesNotContain("hooked");

        String version = git("rev-parse files");
        forge("tree/files/a/2", "x\\n");
        ground.sh("rm -r a");
        assertThatThrownBy(ground::fetch).hasMessageContaining("\"files/a/2\" is not what was stored");
        assertThat(Files.exists(ground.copy().resolve("a/2"))).isFalse();
        forge("tree/files/a/2", "more than that");
        assertThatThrownBy(ground::fetch).hasMessageContaining("\"files/a/2\" is not there, or not as long as it was");
        ground.fetch(version);
        assertThat(FileStoreGround.said(ground.copy(), "cat a/1 a/2; ls")).isEqualTo("more\n2\na\nlarge\n");

        forge("index", "no index");
        fails(Problem.DAMAGED, ground::fetch);
        ground.sh("mkdir a; echo 1 >a/1");
        ground.store();
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));

        fails(Problem.NOTHING, () -> ground.fetch("0".repeat(40)));
        on("cd " + REPOSITORY + "; find objects -type f -size +1000k -delete");
        ground.sh("rm large");
        ground.store();
        FileStoreGround.said(ground.copy(), "rm large");
        fails(Problem.DAMAGED, () -> ground.fetch(version));
        on("chown root /srv/git; chmod 755 /srv/git");
        fails(Problem.REFUSED, ground::store);
        fails(Problem.REFUSED, ground::forget);
        on("chown git /srv/git");
        on("echo mine >" + REPOSITORY + "/description");
        fails(Problem.REFUSED, ground::forget);
        fails(Problem.REFUSED, ground::store);
    }

    /** A commit of somebody else's with other content. */
    private static void forge(String path, String content) {
        String env = "export GIT_INDEX_FILE=/srv/git/forged GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x"
                + " GIT_COMMITTER_EMAIL=x; ";
        on(
                "cd /srv/git; runuser -u git -- sh -ec '" + env + "git=\"git -c core.hooksPath=/dev/null --git-dir="
                        + REPOSITORY
                        + "\"; $git read-tree files; blob=$(printf \"" + content + "\" | $git hash-object -w --stdin);"
                        + " $git update-index --cacheinfo 100644,$blob," + path
                        + "; $git update-ref refs/heads/files $($git commit-tree -p files -m forged $($git write-tree)); rm -f forged'");
    }

    @Test
    void aFullStoreSaysSoAndKeepsWhatItHad() throws Exception {
        on("mount -t tmpfs -o size=46m,mode=700,uid=$(id -u git) none /srv/git");
        try {
            ground.store();
            ground.sh("head -c 30000000 /dev/urandom >more");
            fails(Problem.FULL, ground::store);
            ground.fetch();
            assertThat(FileStoreGround.said(ground.copy(), "ls"))
                    .contains("large")
                    .doesNotContain("more");
            ground.sh("rm more; echo less >a/1");
            ground.store();
            ground.fetch();
            assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));
        } finally {
            on("umount /srv/git");
        }
    }
}
