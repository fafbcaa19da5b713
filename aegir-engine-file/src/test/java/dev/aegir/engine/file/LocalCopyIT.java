// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.CopyException.Problem;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabServer;
import dev.aegir.model.HostPath;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies within one real server, from one account to another. */
@Tag("lab")
@Timeout(200)
class LocalCopyIT {
    private static FileServers servers;
    private static LabServer one;

    @BeforeAll
    static void connect() throws Exception {
        servers = FileServers.open("files1");
        one = servers.machine("files1");
    }

    @AfterAll
    static void close() {
        servers.close();
    }

    @BeforeEach
    void fresh() {
        one.reset();
        accounts("/srv");
    }

    private static void accounts(String above) {
        one.exec("sh", "-ec", """
                        for u in anna bert; do
                            id $u >/dev/null 2>&1 || useradd --system $u
                            rm -rf "$1/$u"
                            install -d -o root -g $u -m 750 "$1/$u"
                            install -d -o $u -g $u "$1/$u/files"
                        done
                        """, "sh", above).orThrow();
    }

    private static void as(String account, String script) {
        one.execWithInput(script, "runuser", "-u", account, "--", "sh", "-eu").orThrow();
    }

    private static Tree tree(String above, String account) {
        Tree usual = FileServers.tree(one, account);
        return usual.at(usual.server(), HostPath.of(above + "/" + account), usual.account());
    }

    private static Map<String, String> copied(String above) throws Exception {
        return servers.copied(tree(above, "anna"), tree(above, "bert"));
    }

    private static String content(String above, String account) {
        return one.exec("sh", "-ec", """
                        cd "$1"; find . -printf '%y %m %T@ %l %p\\n' | sed -E 's/^(. [0-9]+ [0-9]+)[.][0-9]+/\\1/' | grep -v '^l' | LC_ALL=C sort
                        find . -type l -printf '%l %p\\n' | LC_ALL=C sort
                        find . -type f -exec sha256sum {} + | LC_ALL=C sort
                        """, "sh", above + "/" + account + "/files")
                .orThrow()
                .stdout();
    }

    /** Where the file system can, nothing is written twice: each block of the copy is the source's, until one of them changes. */
    @Test
    void contentIsSharedUntilOneOfThemIsWritten() throws Exception {
        boolean sharing = one.mountSharing("/srv/shared", 400L << 20);
        one.exec("mkdir", "-p", "/srv/shared").orThrow();
        // A machine that has no such disk to mount may have its own files on one.
        boolean sharingAnyway = one.exec(
                        "sh",
                        "-c",
                        "cd /srv/shared && echo x >a && cp --reflink=always a b; code=$?; rm -f a b; exit $code")
                .succeeded();
        assertThat(sharingAnyway || !sharing).isTrue();
        accounts("/srv/shared");
        as(
                "anna",
                "cd /srv/shared/anna/files; mkdir d; head -c 3000000 /dev/urandom >d/big; printf small >small; : >empty");
        Map<String, String> results = copied("/srv/shared");
        assertThat(content("/srv/shared", "bert")).isEqualTo(content("/srv/shared", "anna"));
        assertThat(results.get("copied.files.count")).isEqualTo("3");
        // A machine without such file systems copies what it cannot share.
        assertThat(results.get("copied.files.bytes")).isEqualTo(sharingAnyway ? "0" : "3000005");
        if (sharing) {
            one.exec("sync").orThrow();
            assertThat(one.exec("filefrag", "-v", "/srv/shared/bert/files/d/big")
                            .orThrow()
                            .stdout())
                    .containsPattern("\\b0: +0\\.\\. .*shared");
            assertThat(one.exec(
                                    "sh",
                                    "-c",
                                    "filefrag -v /srv/shared/*/files/d/big | grep -v shared | grep -c '^ *[0-9]*: '")
                            .stdout()
                            .strip())
                    .isEqualTo("0");
        }
        as("bert", "printf changed | dd of=/srv/shared/bert/files/d/big conv=notrunc status=none");
        assertThat(one.exec("cmp", "/srv/shared/anna/files/d/big", "/srv/shared/bert/files/d/big")
                        .succeeded())
                .isFalse();
        assertThat(copied("/srv/shared").get("copied.files.count")).isEqualTo("1");
        assertThat(copied("/srv/shared").get("copied.files.count")).isEqualTo("0");
        assertThat(content("/srv/shared", "bert")).isEqualTo(content("/srv/shared", "anna"));
    }

    /** Whatever was at the target becomes what the source has, whatever it was; what another has linked to keeps what it has. */
    @Test
    void theTargetBecomesEqual() throws Exception {
        as("anna", """
                cd /srv/anna/files
                mkdir -m 2775 deep; mkdir -m 700 secret; mkdir empty was-file
                for name in '-e sh' '--delete' 'a
                b' '$(touch x)' "it's" '\\\\' 'é' '.hidden'; do printf '%s' "$name" >"./$name"; done
                printf x >deep/x; printf y >secret/y; chmod 600 deep/x; chmod 6755 ./-e*; chmod 444 secret/y
                printf f >was-dir; printf l >was-link; ln -s /etc/passwd out; ln -s deep in; ln -s here was-plain; mkfifo pipe
                printf same >mode; printf same >linked; chmod 640 mode; touch -d '2020-01-01 12:00:00' mode linked; chmod 555 empty
                """);
        as("bert", """
                cd /srv/bert/files
                mkdir was-dir old; printf o >was-dir/o; printf o >old/o; printf f >was-file; ln -s /etc was-link; printf p >was-plain
                ln -s nowhere out; mkdir -p .aegir-partial/left deep/.aegir-partial; printf half >deep/.aegir-partial/x
                printf same >mode; chmod 600 mode; touch -d '2020-01-01 12:00:00' mode; mkfifo hole
                """);
        one.exec(
                        "sh",
                        "-ec",
                        "echo kept >/srv/bert/kept; chown bert /srv/bert/kept; ln /srv/bert/kept /srv/bert/files/linked")
                .orThrow();
        copied("/srv");
        String wanted = content("/srv", "anna").replaceAll("(?m)^p .*\n", "").replace("f 6755", "f 755");
        assertThat(content("/srv", "bert")).isEqualTo(wanted);
        assertThat(one.file("/srv/bert/kept")).isEqualTo("kept\n");
        assertThat(one.exec("sh", "-c", "find /srv/bert/files ! -user bert -o ! -group bert")
                        .stdout())
                .isEmpty();
        assertThat(copied("/srv").get("copied.files.count")).isEqualTo("0");
        as("anna", "cd /srv/anna/files; rm was-dir out; printf new >new; printf longer >deep/x");
        assertThat(copied("/srv").get("copied.files.count")).isEqualTo("4");
    }

    /** Of two writes within one second the second one counts too, though the file is as long as before. */
    @Test
    void aSecondWriteWithinTheSecondIsBrought() throws Exception {
        as("anna", "cd /srv/anna/files; printf first >file; touch -d '2020-01-01 12:00:00.25' file");
        copied("/srv");
        assertThat(one.exec("stat", "-c", "%y", "/srv/bert/files/file")
                        .orThrow()
                        .stdout())
                .startsWith("2020-01-01 12:00:00.25");
        as("anna", "cd /srv/anna/files; printf again >file; touch -d '2020-01-01 12:00:00.75' file");
        assertThat(copied("/srv").get("copied.files.count")).isEqualTo("1");
        assertThat(one.file("/srv/bert/files/file")).isEqualTo("again");
        assertThat(copied("/srv").get("copied.files.count")).isEqualTo("0");
    }

    /** A source that cannot be read whole deletes nothing, and it is said. */
    @Test
    void whatCannotBeReadDeletesNothing() throws Exception {
        as("anna", "cd /srv/anna/files; mkdir closed; printf a >a; printf c >closed/c; chmod 0 closed");
        as("bert", "printf kept >/srv/bert/files/kept");
        assertThatThrownBy(() -> copied("/srv"))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNREADABLE))
                .hasMessageContaining("/srv/anna/files/closed: Permission denied");
        assertThat(one.file("/srv/bert/files/kept")).isEqualTo("kept");
        assertThat(one.file("/srv/bert/files/a")).isEqualTo("a");
        one.exec("rm", "-rf", "/srv/anna/files").orThrow();
        assertThatThrownBy(() -> copied("/srv")).isInstanceOf(CopyException.class);
        assertThat(one.file("/srv/bert/files/kept")).isEqualTo("kept");
    }

    /** Each account reaches what it could reach anyway: neither reads nor writes what is only root's. */
    @Test
    void neitherAccountGetsMoreThanItsOwn() throws Exception {
        as("anna", "cd /srv/anna/files; printf a >a; mkdir d");
        one.exec("sh", "-ec", "echo secret >/srv/anna/files/d/root; chmod 600 /srv/anna/files/d/root")
                .orThrow();
        assertThatThrownBy(() -> copied("/srv")).hasMessageContaining("d/root: Permission denied");
        assertThat(one.exists("/srv/bert/files/d/root")).isFalse();
        one.exec("sh", "-ec", "rm -r /srv/anna/files/d; chown root /srv/bert/files; chmod 755 /srv/bert/files")
                .orThrow();
        as("anna", "printf b >/srv/anna/files/b");
        assertThatThrownBy(() -> copied("/srv")).hasMessageContaining("/srv/bert/files");
        assertThat(one.exists("/srv/bert/files/b")).isFalse();
    }

    @Test
    void aTargetThatIsFullSaysSo() throws Exception {
        as("anna", "head -c 9000000 /dev/urandom >/srv/anna/files/big");
        String uid = one.exec("id", "-u", "bert").stdout().strip();
        one.exec("mount", "-t", "tmpfs", "-o", "size=2m,uid=" + uid, "tmpfs", "/srv/bert/files")
                .orThrow();
        assertThatThrownBy(() -> copied("/srv"))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.FULL));
        // What is half there is not taken for whole.
        one.exec("mount", "-o", "remount,size=20m", "/srv/bert/files").orThrow();
        copied("/srv");
        assertThat(content("/srv", "bert")).isEqualTo(content("/srv", "anna"));
    }

    /** Killed, and gone on with: what an earlier attempt left at work is ended first. */
    @Test
    void brokenOffAndGoneOnWith() throws Exception {
        as(
                "anna",
                "cd /srv/anna/files; for i in 1 2 3 4; do head -c $((i * i * 1000000)) /dev/zero | tr '\\0' $i >f$i; done");
        one.exec("mv", "/usr/bin/perl", "/usr/bin/perl.away").orThrow();
        try {
            // The kernel kills it in the middle of the third file: eight megabytes are the most.
            one.execWithInput(
                            "#!/bin/sh\nulimit -c 0\nulimit -f 16384\nexec /usr/bin/perl.away \"$@\"\n",
                            "sh",
                            "-ec",
                            "cat >/usr/bin/perl; chmod 755 /usr/bin/perl")
                    .orThrow();
            assertThatThrownBy(() -> copied("/srv"))
                    .isInstanceOfSatisfying(
                            CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.TARGET_ENDED))
                    .hasMessageContaining("Try again");
        } finally {
            one.exec("mv", "/usr/bin/perl.away", "/usr/bin/perl").orThrow();
        }
        assertThat(one.exec("sh", "-c", "ls /srv/bert/files").stdout()).isEqualTo("f1\nf2\nf3\n");
        assertThat(copied("/srv").get("copied.files.count"))
                .as("what was whole is not brought twice")
                .isEqualTo("2");
        assertThat(content("/srv", "bert")).isEqualTo(content("/srv", "anna"));
    }

    @Test
    void whereThereIsNoPerlRsyncDoesIt() throws Exception {
        as("anna", "printf a >/srv/anna/files/a");
        one.exec("mv", "/usr/bin/perl", "/usr/bin/perl.away").orThrow();
        try {
            copied("/srv");
        } finally {
            one.exec("mv", "/usr/bin/perl.away", "/usr/bin/perl").orThrow();
        }
        assertThat(content("/srv", "bert")).isEqualTo(content("/srv", "anna"));
    }

    /**
     * Abuse case 17, and more than it asks: both tenants swap directories of theirs for links, as fast as they can, while one tree
     * is copied to the other again and again. What the links lead to is there for everybody to read and to write.
     */
    @Test
    void swappedDirectoriesLeadNowhere() throws Exception {
        one.exec("sh", "-ec", """
                        mkdir /srv/witness; chmod 777 /srv/witness
                        for i in 1 2 3 4 5; do echo witness >/srv/witness/w$i; done; chmod 666 /srv/witness/*
                        """).orThrow();
        for (String account : List.of("anna", "bert")) {
            as(
                    account,
                    "cd /srv/" + account + "/files; for i in $(seq 0 99); do mkdir d$i; echo " + account
                            + " >d$i/f; done");
        }
        Fingerprint before = one.fingerprint("/srv/witness", "/etc");
        List<CompletableFuture<String>> swapping = List.of(swapping("anna"), swapping("bert"));
        one.exec(
                        "timeout",
                        "60",
                        "sh",
                        "-c",
                        "until [ -e /tmp/swapping-anna ] && [ -e /tmp/swapping-bert ]; do sleep 0.05; done")
                .orThrow();
        List<Step> steps = servers.copy(tree("/srv", "anna"), tree("/srv", "bert"));
        try {
            for (int i = 0; i < 30; i++) {
                if (i % 2 == 0) {
                    // So that there is something to write everywhere.
                    as(
                            "anna",
                            "cd /srv/anna/files; for i in $(seq 0 99); do [ -L d$i ] || echo " + i
                                    + " >d$i/f 2>/dev/null || :; done");
                }
                try {
                    servers.run(steps);
                } catch (CopyException e) {
                    // What somebody takes away while it is written cannot be whole.
                    assertThat(e.problem()).isEqualTo(Problem.UNREADABLE);
                }
            }
        } finally {
            one.exec("touch", "/tmp/ended").orThrow();
        }
        for (CompletableFuture<String> each : swapping) {
            assertThat(Integer.parseInt(each.join().strip())).isGreaterThan(1000);
        }
        assertThat(one.fingerprint("/srv/witness", "/etc").differencesFrom(before))
                .isEmpty();
        assertThat(one.exec("find", "/srv/bert", "-name", "w[1-5]").stdout()).isEmpty();
    }

    private static CompletableFuture<String> swapping(String account) {
        return CompletableFuture.supplyAsync(
                () -> one.execWithInput("""
                        import os, time
                        n, end = 0, time.time() + 120
                        open('/tmp/swapping-%s', 'w').close()
                        while not os.path.exists('/tmp/ended') and time.time() < end:
                            for i in range(100):
                                at = '/srv/%s/files/d%%d' %% i
                                try:
                                    os.rename(at, at + '.kept')
                                    os.symlink('/srv/witness', at)
                                    n += 1
                                    os.unlink(at)
                                    os.rename(at + '.kept', at)
                                except OSError:
                                    pass
                        print(n)
                        """.formatted(account, account), "runuser", "-u", account, "--", "python3", "-")
                        .orThrow()
                        .stdout());
    }
}
