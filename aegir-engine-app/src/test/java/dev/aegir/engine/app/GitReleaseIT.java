// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.HostException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.lab.ExecResult;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.RefusedException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Releases of git repositories on a real server, which fetches them from another one. */
@Tag("lab")
@Timeout(300)
class GitReleaseIT {
    private static final Logger LOG = LoggerFactory.getLogger(GitReleaseIT.class);
    private static CodeLab lab;
    private Bench bench = new Bench();
    private LabGit git;

    @BeforeAll
    static void open() {
        lab = new CodeLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @BeforeEach
    void fresh() throws Exception {
        git = lab.reset();
        bench = new Bench().host(lab.host());
    }

    private Codebase codebase(String ref) {
        return codebase(git.daemonUrl(), ref);
    }

    private static Codebase codebase(String url, String ref) {
        return Codebase.of("handbook", CodeSource.git(url, ref)).webRoot("public");
    }

    private String page(Codebase codebase) {
        return lab.web1().file(bench.tree(codebase) + "/public/index.html");
    }

    @Test
    void branchTagAndCommitOverTheNetwork() throws Exception {
        Map<String, String> expected =
                Map.of("main", "Version 3", "next", "Version 4", "v2", "Version 2", git.commitId("v1"), "Version 1");
        for (Map.Entry<String, String> each : expected.entrySet()) {
            Codebase codebase = codebase(each.getKey());
            Bench.Task task = bench.task().run(bench.bring(codebase, "web1"));
            assertThat(page(codebase)).contains(each.getValue());
            assertThat(task.revision(codebase)).contains(git.commitId(each.getKey()));
        }
        assertThat(lab.web1().exec("getent", "passwd", "aegir-build").stdout()).contains("nologin");
        assertThat(lab.web1()
                        .exec("sh", "-c", "stat -c %U /var/cache/aegir/git/*.git")
                        .stdout())
                .isEqualTo("aegir-build\n");
        assertThat(lab.web1()
                        .exec("find", "/srv/aegir", "-writable", "!", "-type", "l", "!", "-user", "root")
                        .stdout())
                .isEmpty();
        assertThat(lab.web1()
                        .exec("runuser", "-u", "nobody", "--", "find", "/srv/aegir", "!", "-type", "l", "-writable")
                        .stdout())
                .isEmpty();
        assertThat(lab.web1().exec("ls", "/run/aegir").stdout()).doesNotContain("build-");
    }

    @Test
    void oneRoundTripWhenItIsThereAndTwoWhenNot() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().preview(bench.bring(codebase, "web1"));
        long before = lab.host().requests();
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(lab.host().requests() - before).isEqualTo(2);
        before = lab.host().requests();
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(lab.host().requests() - before).isEqualTo(1);
    }

    @Test
    void aBranchThatMovesDoesNotChangeARelease() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        String old = git.commitId("main");
        Fingerprint before = lab.web1().fingerprint("/srv", "/etc", "/var/cache");
        git.commit(Map.of("public/index.html", "moved"), "Move");
        Bench.Task again = bench.task().run(bench.bring(codebase, "web1"));
        assertThat(again.revision(codebase)).contains(old);
        assertThat(lab.web1().fingerprint("/srv", "/etc", "/var/cache").differencesFrom(before))
                .isEmpty();
    }

    @Test
    void theNextReleaseOfARepositoryTransfersOnlyWhatHasChanged() throws Exception {
        lab.git1().exec("bash", "-c", """
                cd /tmp && rm -rf big && git init -q -b main big && cd big && mkdir d{0..99}
                for i in {1..4000}; do head -c $((RANDOM % 8000)) /dev/urandom | base64 >d$((i % 100))/f$i.php; done
                git add -A && git -c user.name=T -c user.email=t@example.net commit -qm one && git tag one
                for i in {1..20}; do echo $i >>d$i/f$i.php; done
                git add -A && git -c user.name=T -c user.email=t@example.net commit -qm two
                git clone -q --bare . /srv/git/big.git
                """).orThrow();
        String url = git.daemonUrl().replace("handbook", "big");
        long[] size = new long[4];
        String[] refs = {"one", "main", "main"};
        for (int i = 0; i < refs.length; i++) {
            Codebase codebase = codebase(url, refs[i]);
            long begun = System.nanoTime();
            bench.task().run(bench.bring(codebase, "web1"));
            LOG.info("release {} of 4000 files: {} ms", i + 1, (System.nanoTime() - begun) / 1_000_000);
            size[i + 1] = Long.parseLong(lab.web1()
                    .exec("sh", "-c", "du -sb /var/cache/aegir/git | cut -f 1")
                    .stdout()
                    .strip());
        }
        assertThat(size[1]).isGreaterThan(5_000_000);
        assertThat(size[2] - size[1]).isLessThan(size[1] / 20);
        assertThat(size[3] - size[2]).isLessThan(100_000);
    }

    @Test
    void aRepositoryThatIsGoneLeavesTheServerAsItWas() throws Exception {
        Codebase codebase = codebase("next");
        bench.task().run(bench.prepare(codebase, "web1"));
        Codebase known = codebase("main");
        String commit =
                bench.task().run(bench.bring(known, "web1")).revision(known).orElseThrow();
        Fingerprint before = lab.web1().fingerprint("/srv", "/etc", "/home", "/root");
        lab.git1().exec("rm", "-rf", "/srv/git/handbook.git").orThrow();
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("git://git1/srv/git/handbook.git");
        task.undo();
        assertThat(lab.web1().fingerprint("/srv", "/etc", "/home", "/root").differencesFrom(before))
                .isEmpty();

        Codebase again = codebase("main").revision(commit);
        bench.task().run(bench.bring(again, "web1"));
        assertThat(page(again)).as("a commit that was fetched before").contains("Version 3");
    }

    @Test
    void aServerThatDoesNotAnswerOrDoesNotExistIsSaid() {
        for (String url : new String[] {"https://git1/x", "git://no-such-host.invalid/x", "ssh://git@git1/x"}) {
            assertThatThrownBy(() -> bench.task().run(bench.bring(codebase(url, "main"), "web1")))
                    .as(url)
                    .isInstanceOf(SourceException.class);
        }
    }

    @Test
    void aNameThatLeadsToTheServerItselfIsRefusedThere() {
        lab.web1()
                .exec(
                        "sh",
                        "-c",
                        "echo 127.0.0.1 inward.example.net >>/etc/hosts; echo 169.254.169.254 cloud.example.net >>/etc/hosts")
                .orThrow();
        for (String host : new String[] {"inward.example.net", "cloud.example.net"}) {
            for (String scheme : new String[] {"https", "git", "ssh"}) {
                assertThatThrownBy(() -> bench.task()
                                .run(bench.bring(codebase(scheme + "://" + host + "/srv/git/x", "main"), "web1")))
                        .as(scheme + " " + host)
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("not fetched from");
            }
        }
    }

    @Test
    void overSshWithAKeyThatIsASecret() throws Exception {
        String hostKey = lab.git1().file("/etc/ssh/ssh_host_ed25519_key.pub").split(" ")[1];
        CodeSource source = CodeSource.git(git.sshUrl(), "v2").with("credential", "keys/git");
        Codebase known = Codebase.of("known", source.with("host-key", "ssh-ed25519 " + hostKey.strip()));
        bench.secret("keys/git", lab.key());
        bench.task().run(bench.bring(known, "web1"));
        assertThat(lab.web1().file(bench.tree(known) + "/public/index.html")).contains("Version 2");

        Codebase unknown = Codebase.of("unknown", source);
        assertThatThrownBy(() -> bench.task().run(bench.bring(unknown, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("Host key verification failed");
        Codebase another =
                Codebase.of("another", source.with("host-key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJgWpO4"));
        assertThatThrownBy(() -> bench.task().run(bench.bring(another, "web1"))).isInstanceOf(SourceException.class);

        String part = lab.key().lines().skip(1).findFirst().orElseThrow();
        ExecResult kept = lab.web1()
                .exec("grep", "-rlF", "--", part, "/run", "/var/cache/aegir", "/var/lib/aegir", "/srv", "/tmp");
        assertThat(kept.stdout()).as("files with the private key in them").isEmpty();
    }

    @Test
    void aLocalRepositoryOnlyWhereThatIsAllowed() throws Exception {
        LabGit local = LabGit.handbook(lab.web1(), "/srv/git/local.git");
        Codebase codebase = codebase(local.fileUrl(), "v1");
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(page(codebase)).contains("Version 1");
        LabGit.handbook(lab.web1(), "/home/deploy/private.git");
        lab.web1()
                .exec("ln", "-s", "/home/deploy/private.git", "/srv/git/link.git")
                .orThrow();
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase("file:///srv/git/link.git", "main"), "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("not below /srv/git");
    }

    @Test
    void linksOutAreRefusedAndHooksDoNotRun() throws Exception {
        LabServer machine = lab.git1();
        machine.exec("sh", "-c", """
                cd /tmp && rm -rf work && git clone -q /srv/git/handbook.git work && cd work
                ln -s /etc/passwd public/passwd && ln -s ../../../../root/.ssh public/keys && git add -A
                git -c user.name=T -c user.email=t@example.net commit -qm x && git push -q origin HEAD:refs/heads/evil
                printf '#!/bin/sh\\ntouch /tmp/ran\\n' >/srv/git/handbook.git/hooks/post-checkout
                chmod 755 /srv/git/handbook.git/hooks/post-checkout
                """).orThrow();
        Codebase evil = codebase("evil");
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(evil, "web1")))
                .isInstanceOfSatisfying(
                        UnsafeCodeException.class,
                        e -> assertThat(e.problems())
                                .extracting(UnsafeCodeException.Problem::path)
                                .containsExactlyInAnyOrder("public/passwd", "public/keys"));
        task.undo();
        assertThat(lab.web1().exists("/srv/aegir")).isFalse();
        bench.task().run(bench.bring(codebase("main"), "web1"));
        assertThat(lab.web1().exists("/tmp/ran")).isFalse();
    }

    @Test
    void whatIsMountedInsideAReleaseStopsItsRemoval() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        String inside = bench.tree(codebase) + "/mo unt";
        for (String mount : new String[] {"mount --bind /opt/foreign \"$1\"", "mount -t tmpfs none \"$1\""}) {
            lab.web1()
                    .exec(
                            "sh",
                            "-ec",
                            "mkdir -p \"$1\" /opt/foreign; " + mount + "; touch /opt/foreign/precious \"$1/precious\"",
                            "sh",
                            inside)
                    .orThrow();
            Bench.Task task = bench.task();
            assertThatThrownBy(() -> task.run(bench.remove(codebase, "web1")))
                    .as(mount)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("mo unt");
            task.undo();
            assertThat(lab.web1().exists(inside + "/precious")).isTrue();
            lab.web1().exec("umount", inside).orThrow();
        }
        bench.task().run(bench.remove(codebase, "web1"));
        assertThat(lab.web1().exists(bench.tree(codebase))).isFalse();
        assertThat(lab.web1().exists("/opt/foreign/precious")).isTrue();
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait(); // asking takes its time; the test has a limit
        }
    }

    /** The last program before the rename does not get to its end. */
    private void beforeTheRename(String instead) {
        lab.web1()
                .execWithInput(
                        "#!/bin/sh\n[ \"$1\" = -f ] || exec /bin/sync \"$@\"\n" + instead + "\n",
                        "sh",
                        "-c",
                        "cat >/usr/local/bin/sync && chmod 755 /usr/local/bin/sync")
                .orThrow();
    }

    @Test
    void aJobThatIsKilledBeforeTheRenameIsTakenBack() throws Exception {
        Codebase codebase = codebase("main");
        beforeTheRename("kill -s KILL -- -$(ps -o pgid= -p $$ | tr -d ' ')");
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1"))).isInstanceOf(HostException.class);
        assertThat(lab.web1().exec("ls", "/srv/aegir/code").stdout()).contains("partial");
        task.undo();
        assertThat(lab.web1().exists("/srv/aegir")).isFalse();
    }

    @Test
    void aServerThatLosesPowerBeforeTheRenameIsCleanedUpWhenItIsBack() throws Exception {
        Codebase codebase = codebase("main");
        beforeTheRename("touch /srv/there && exec sleep 600");
        Bench.Task task = bench.task();
        CompletableFuture<Void> job = CompletableFuture.runAsync(() -> {
            try {
                task.run(bench.bring(codebase, "web1"));
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        until(() -> lab.web1().exists("/srv/there"));
        lab.web1().kill();
        assertThatThrownBy(job::join).hasCauseInstanceOf(HostUnreachableException.class);
        lab.web1().start();
        lab.web1().exec("rm", "/usr/local/bin/sync", "/srv/there").orThrow();
        lab.disconnect();
        bench.host(lab.host());
        assertThatThrownBy(task::again).as("what was lost is said").isInstanceOf(HostUnreachableException.class);
        task.undo();
        assertThat(lab.web1().exists("/srv/aegir")).isFalse();
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(page(codebase)).contains("Version 3");
    }

    @Test
    void aJobThatStillRunsIsEndedWhenItIsTakenBack() throws Exception {
        Codebase codebase = codebase("main");
        beforeTheRename("touch /srv/there && exec sleep 600");
        Bench.Task task = bench.task();
        Thread job = new Thread(() -> {
            try {
                task.run(bench.bring(codebase, "web1"));
            } catch (Exception e) {
                // It is interrupted, or its job ended; the server is what is looked at.
            }
        });
        job.start();
        until(() -> lab.web1().exists("/srv/there"));
        job.interrupt();
        job.join();
        task.undo();
        assertThat(lab.web1().exists("/srv/aegir")).isFalse();
        assertThat(lab.web1().exec("pgrep", "-f", "sleep 600").succeeded()).isFalse();
    }
}
