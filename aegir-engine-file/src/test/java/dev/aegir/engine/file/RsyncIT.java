// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.CopyException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Step;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** rsync between two real servers that know nothing of each other. */
@Tag("lab")
@Timeout(200)
class RsyncIT {
    private static FileServers servers;
    private static LabServer one;
    private static LabServer two;

    @BeforeAll
    static void connect() throws Exception {
        servers = FileServers.open("files1", "files2");
        one = servers.machine("files1");
        two = servers.machine("files2");
    }

    @AfterAll
    static void close() {
        servers.close();
    }

    @BeforeEach
    void fresh() {
        for (LabServer machine : List.of(one, two)) {
            machine.reset();
            machine.exec(
                            "sh",
                            "-c",
                            "for u in anna bert; do id $u >/dev/null 2>&1 || useradd --system $u;"
                                    + " rm -rf /srv/$u; install -d -o root -g $u -m 750 /srv/$u; install -d -o $u -g $u /srv/$u/files; done")
                    .orThrow();
        }
    }

    private static void as(LabServer machine, String account, String script) {
        machine.execWithInput(script, "runuser", "-u", account, "--", "sh", "-eu")
                .orThrow();
    }

    private static Tree tree(LabServer machine, String account) {
        return FileServers.tree(machine, account);
    }

    private static Map<String, String> copied(Tree from, Tree to) throws Exception {
        return servers.copied(from, to);
    }

    private static Map<String, String> copied(List<Step> steps) throws Exception {
        return servers.run(steps).results;
    }

    private static EngineRequest<Tree> request(Tree tree) {
        return servers.request(tree);
    }

    private static List<String> content(LabServer machine, String account) {
        List<String> lines = new ArrayList<>();
        machine.fingerprint("/srv/" + account + "/files")
                .entries()
                .forEach((path, entry) -> lines.add(path.replace("/srv/" + account, "") + " "
                        + entry.replaceAll("(anna|bert):(anna|bert)", "owner")));
        return lines;
    }

    /** Abuse case 22: whatever files are called, and whatever links lie among them. */
    @Test
    void everyNameArrivesAndLinksStayLinks() throws Exception {
        as(one, "anna", """
                cd /srv/anna/files
                for name in '-e sh' 'host:path' '--delete' 'a
                b' '$(touch x)' '*' "it's" '"' '\\\\' 'é' ' ' '.hidden'; do
                    printf '%s' "$name" >"./$name"
                done
                mkdir deep empty && printf x >deep/x && chmod 600 deep/x && chmod 4755 ./-e*
                ln -s /etc/passwd out && ln -s ../../.. up && ln -s deep in && mkfifo pipe
                """);
        as(two, "bert", "printf old >/srv/bert/files/old; mkdir /srv/bert/files/olddir");
        Map<String, String> results = copied(tree(one, "anna"), tree(two, "bert"));
        List<String> wanted = content(one, "anna").stream()
                .filter(line -> !line.startsWith("/files/pipe"))
                .map(line -> line.replace("file 4755", "file 755"))
                .toList();
        assertThat(content(two, "bert")).isEqualTo(wanted);
        assertThat(results.get("copied.files.count")).isEqualTo("15");
        assertThat(two.exists("/srv/x")).isFalse();

        // A second time there is nothing to bring; on the same server it goes just so.
        assertThat(copied(tree(one, "anna"), tree(two, "bert")).get("copied.files.count"))
                .isEqualTo("0");
        copied(tree(one, "anna"), tree(one, "bert"));
        assertThat(content(one, "bert")).isEqualTo(wanted);
    }

    /** Of two writes within one second the second one counts too, though the file is as long as before. */
    @Test
    void aSecondWriteWithinTheSecondIsBrought() throws Exception {
        as(one, "anna", "cd /srv/anna/files; printf first >file; touch -d '2020-01-01 12:00:00.25' file");
        copied(tree(one, "anna"), tree(two, "bert"));
        as(one, "anna", "cd /srv/anna/files; printf again >file; touch -d '2020-01-01 12:00:00.75' file");
        assertThat(copied(tree(one, "anna"), tree(two, "bert")).get("copied.files.count"))
                .isEqualTo("1");
        assertThat(two.file("/srv/bert/files/file")).isEqualTo("again");
        assertThat(copied(tree(one, "anna"), tree(two, "bert")).get("copied.files.count"))
                .isEqualTo("0");
    }

    /** Abuse case 17: a tenant swaps directories for links while they are copied; nothing outside is read or written. */
    @Test
    void swappedDirectoriesLeadNowhere() throws Exception {
        two.execWithInput(
                        "witness",
                        "sh",
                        "-c",
                        "mkdir -p /srv/witness && cat >/srv/witness/file && chmod 700 /srv/witness")
                .orThrow();
        as(
                one,
                "anna",
                "cd /srv/anna/files; for i in 1 2 3 4 5 6 7 8 9; do mkdir d$i; for j in 1 2 3 4 5 6 7 8 9; do echo $i >d$i/$j; done; done");
        Fingerprint before = two.fingerprint("/srv/witness", "/etc");
        two.exec(
                        "sh",
                        "-c",
                        "runuser -u bert -- timeout 60 sh -c 'cd /srv/bert/files; while :; do for i in 1 2 3 4 5; do"
                                + " rm -rf d$i; ln -s /srv/witness d$i; rm -f d$i; ln -s /etc d$i; rm -f d$i; done; done' >/dev/null 2>&1 &")
                .orThrow();
        for (int i = 0; i < 10; i++) {
            try {
                copied(tree(one, "anna"), tree(two, "bert"));
            } catch (CopyException e) {
                // What somebody takes away while it is written cannot be whole.
                assertThat(e.problem()).isIn(Problem.UNREADABLE, Problem.TARGET_ENDED);
            }
        }
        assertThat(two.fingerprint("/srv/witness", "/etc").differencesFrom(before))
                .isEmpty();
    }

    /** G9 and promise 11: a source that is not there deletes nothing. */
    @Test
    void g9_aSourceThatIsMissingDeletesNothing() throws Exception {
        as(two, "bert", "printf kept >/srv/bert/files/kept");
        one.exec("rm", "-rf", "/srv/anna/files").orThrow();
        assertThatThrownBy(() -> copied(tree(one, "anna"), tree(two, "bert")))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNREADABLE));
        assertThat(two.file("/srv/bert/files/kept")).isEqualTo("kept");
        two.exec("rm", "-rf", "/srv/bert/files").orThrow();
        one.exec("install", "-d", "-o", "anna", "-g", "anna", "/srv/anna/files").orThrow();
        assertThatThrownBy(() -> copied(tree(one, "anna"), tree(two, "bert")))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNREADABLE))
                .hasMessageContaining("has no target");
    }

    /** A copy that broke off is said to have done so, and goes on where it was. */
    @Test
    void brokenOffAndGoneOnWith() throws Exception {
        as(one, "anna", "head -c 60000000 /dev/zero | tr '\\\\0' x >/srv/anna/files/big");
        // So slow that there is something to break off.
        List<Step> slow = new RsyncEngine()
                .copy(
                        servers.request(tree(one, "anna"), "bandwidth", "200"),
                        servers.request(tree(two, "bert"), "bandwidth", "200"));
        CompletableFuture<Void> killer = CompletableFuture.runAsync(() -> {
            FileServers.awaitSomeOf(two, "big");
            one.exec("pkill", "-KILL", "-u", "anna", "-x", "rsync").orThrow();
        });
        assertThatThrownBy(() -> copied(slow))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.SOURCE_ENDED))
                .hasMessageContaining("Try again");
        killer.join();
        copied(tree(one, "anna"), tree(two, "bert"));
        assertThat(content(two, "bert")).isEqualTo(content(one, "anna"));
    }

    @Test
    void aTargetThatIsFullSaysSo() throws Exception {
        as(one, "anna", "head -c 9000000 /dev/urandom >/srv/anna/files/big");
        two.exec(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=2m,uid=" + two.exec("id", "-u", "bert").stdout().strip(),
                        "tmpfs",
                        "/srv/bert/files")
                .orThrow();
        try {
            assertThatThrownBy(() -> copied(tree(one, "anna"), tree(two, "bert")))
                    .isInstanceOfSatisfying(
                            CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.FULL));
        } finally {
            two.exec("umount", "/srv/bert/files").orThrow();
        }
    }

    @Test
    void aServerWithoutRsyncSaysSo() throws Exception {
        for (LabServer without : List.of(one, two)) {
            without.exec("mv", "/usr/bin/rsync", "/usr/bin/rsync.away").orThrow();
            try {
                assertThatThrownBy(() -> copied(tree(one, "anna"), tree(two, "bert")))
                        .isInstanceOfSatisfying(
                                CopyException.class,
                                e -> assertThat(e.problem()).isEqualTo(Problem.NO_RSYNC))
                        .hasMessageContaining(without.name() + " has no rsync");
            } finally {
                without.exec("mv", "/usr/bin/rsync.away", "/usr/bin/rsync").orThrow();
            }
        }
    }

    /** Abuse case 19: what is removed is the tree, and not what a link in it names, nor what bears another's mark. */
    @Test
    void removingFollowsNoLink() throws Exception {
        as(one, "anna", "printf anna >/srv/anna/files/a");
        as(one, "bert", "ln -s /srv/anna/files /srv/bert/files/other; ln -s /etc /srv/bert/files/etc");
        List<Step> removal = new RsyncEngine().remove(request(tree(one, "bert")));
        one.execWithInput("somebody", "sh", "-c", "cat >/srv/bert/.aegir").orThrow();
        assertThatThrownBy(() -> copied(removal)).hasMessageContaining("bears the mark of somebody");
        one.execWithInput(FileServers.OWNER.value(), "sh", "-c", "cat >/srv/bert/.aegir; chmod 770 /srv/bert")
                .orThrow();
        copied(removal);
        assertThat(one.exists("/srv/bert/files")).isFalse();
        assertThat(one.file("/srv/anna/files/a")).isEqualTo("anna");
        assertThat(one.exists("/etc/passwd")).isTrue();
    }

    /** Abuse case 19: what is mounted a second time in the tree is on the same file system, and somebody else's. */
    @Test
    void removingEndsBeforeWhatIsMounted() throws Exception {
        as(one, "anna", "mkdir /srv/anna/files/d; printf anna >/srv/anna/files/d/a; chmod -R 777 /srv/anna/files/d");
        as(one, "bert", "mkdir -p '/srv/bert/files/x y/here'; printf bert >/srv/bert/files/b");
        one.exec("mount", "--bind", "/srv/anna/files/d", "/srv/bert/files/x y/here")
                .orThrow();
        one.exec("chmod", "770", "/srv/bert").orThrow();
        List<Step> removal = new RsyncEngine().remove(request(tree(one, "bert")));
        try {
            assertThatThrownBy(() -> copied(removal))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("/srv/bert/files/x y/here is mounted");
            assertThat(one.file("/srv/bert/files/b")).isEqualTo("bert");
        } finally {
            one.exec("umount", "/srv/bert/files/x y/here").orThrow();
        }
        copied(removal);
        assertThat(one.exists("/srv/bert/files")).isFalse();
        assertThat(one.file("/srv/anna/files/d/a")).isEqualTo("anna");
    }

    /** Abuse case 18: what is ours to set right of a tree is its directories; a file that two trees share keeps what it has. */
    @Test
    void whatIsSetRightIsNoFileOfAnybodyElses() throws Exception {
        as(one, "anna", "printf anna >/srv/anna/files/a; chmod 600 /srv/anna/files/a");
        one.exec("ln", "/srv/anna/files/a", "/srv/bert/files/a").orThrow();
        one.exec("chmod", "700", "/srv/bert/files").orThrow();
        String inode = one.exec("stat", "-c", "%i %u %g %a %h %Z", "/srv/anna/files/a")
                .orThrow()
                .stdout();
        copied(new RsyncEngine().ensure(request(tree(one, "bert"))));
        assertThat(one.exec("stat", "-c", "%a", "/srv/bert/files")
                        .orThrow()
                        .stdout()
                        .strip())
                .isEqualTo("755");
        assertThat(one.exec("stat", "-c", "%i %u %g %a %h %Z", "/srv/anna/files/a")
                        .orThrow()
                        .stdout())
                .isEqualTo(inode);
        // Nor when a copy is written over it: a file is never written in place.
        as(two, "anna", "printf other >/srv/anna/files/a");
        copied(tree(two, "anna"), tree(one, "bert"));
        assertThat(one.file("/srv/bert/files/a")).isEqualTo("other");
        assertThat(one.file("/srv/anna/files/a")).isEqualTo("anna");
        assertThat(one.exec("stat", "-c", "%i %u %g %a", "/srv/anna/files/a")
                        .orThrow()
                        .stdout()
                        .strip())
                .isEqualTo(inode.substring(0, inode.lastIndexOf(' ', inode.lastIndexOf(' ') - 1)));
    }

    /**
     * Abuse case 17: 10,000 directories, a hundred in each of a hundred trees, are removed by root and with the very words of the
     * step, while the tenant swaps them for links as fast as it can; what the links lead to is there for everybody to write.
     */
    @Test
    void tenThousandSwappedDirectoriesLeadNowhere() throws Exception {
        one.exec(
                        "sh",
                        "-ec",
                        "mount -t tmpfs tmpfs /srv; install -d -o root -g bert -m 750 /srv/bert; install -d -o bert /srv/bert/files;"
                                + " mkdir /srv/witness; echo witness >/srv/witness/file; chmod 777 /srv/witness; chmod 666 /srv/witness/file")
                .orThrow();
        try {
            removedTenThousandTimes();
        } finally {
            one.exec("umount", "--lazy", "/srv").orThrow();
        }
    }

    private static void removedTenThousandTimes() throws Exception {
        Tree bert = tree(one, "bert");
        List<Command> removal =
                asked(new RsyncEngine().remove(request(bert.at(bert.server(), bert.directory(), Optional.empty()))))
                        .stream()
                        .filter(command -> command.words().get(0).equals("rm"))
                        .toList();
        assertThat(removal).hasSize(1);
        Fingerprint before = one.fingerprint("/srv/witness", "/etc");
        one.exec("install", "-d", "-o", "bert", "-g", "bert", "/srv/bert/files").orThrow();
        as(one, "bert", "cd /srv/bert/files; for i in $(seq 0 99); do mkdir d$i; touch d$i/a; done");
        one.exec("cp", "-a", "/srv/bert/files", "/srv/bert/template").orThrow();
        CompletableFuture<String> swapping = CompletableFuture.supplyAsync(
                () -> one.execWithInput("""
                        import os, time
                        n, end = 0, time.time() + 150
                        open('/tmp/swapping', 'w').close()
                        while not os.path.exists('/tmp/removed') and time.time() < end:
                            for i in range(100):
                                at = '/srv/bert/files/d%d' % i
                                try:
                                    os.rename(at, at + '.kept')
                                    os.symlink('/srv/witness', at)
                                    n += 1
                                    os.unlink(at)
                                    os.rename(at + '.kept', at)
                                except OSError:
                                    pass
                        print(n)
                        """, "runuser", "-u", "bert", "--", "python3", "-")
                        .orThrow()
                        .stdout());
        one.exec("timeout", "60", "sh", "-c", "until [ -e /tmp/swapping ]; do sleep 0.05; done")
                .orThrow();
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                // What is made within it meanwhile may be left, and is gone the next time.
                "i=0; while [ $i -lt 100 ]; do \"$@\" 2>/dev/null; cp -a /srv/bert/template /srv/bert/files 2>/dev/null;"
                        + " i=$((i + 1)); done; touch /tmp/removed",
                "rounds"));
        words.addAll(removal.get(0).words());
        one.exec(words.toArray(String[]::new)).orThrow();
        assertThat(Integer.parseInt(swapping.join().strip())).isGreaterThan(1000);
        assertThat(one.fingerprint("/srv/witness", "/etc").differencesFrom(before))
                .isEmpty();
    }

    /** What a server is asked to do by these steps, which it does. */
    private static List<Command> asked(List<Step> steps) throws Exception {
        List<Command> asked = new ArrayList<>();
        Map<Name, Host> hosts = new HashMap<>();
        servers.hosts()
                .forEach((name, host) -> hosts.put(name, (Host) Proxy.newProxyInstance(
                        Host.class.getClassLoader(), new Class<?>[] {Host.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("run") && arguments.length == 2) {
                                asked.add((Command) arguments[0]);
                            }
                            return method.isDefault()
                                    ? InvocationHandler.invokeDefault(proxy, method, arguments)
                                    : method.invoke(host, arguments);
                        })));
        RunContext context = new RunContext(hosts);
        for (Step step : steps) {
            step.run(context);
        }
        return asked;
    }
}
