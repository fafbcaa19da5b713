// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.CopyException.Problem;
import dev.aegir.host.Command;
import dev.aegir.lab.ExecResult;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Server;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Step;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two real servers of which the one may be let into the other for one copy. */
@Tag("lab")
@Timeout(300)
class MeshIT {
    private static final String KEYS = "/root/.ssh/authorized_keys";
    private static FileServers servers;
    private static LabServer one;
    private static LabServer two;
    private String keysBefore = "";

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
                            "rm -rf /run/aegir-mesh; for u in anna bert; do id $u >/dev/null 2>&1 || useradd --system $u;"
                                    + " rm -rf /srv/$u; install -d -o root -g $u -m 750 /srv/$u; install -d -o $u -g $u /srv/$u/files; done")
                    .orThrow();
        }
        keysBefore = two.file(KEYS);
    }

    private static List<Step> copy(String... settings) {
        return copy(request(FileServers.tree(one, "anna")), request(FileServers.tree(two, "bert"), settings));
    }

    private static List<Step> copy(EngineRequest<Tree> from, EngineRequest<Tree> to) {
        return new RsyncEngine().copy(from, to);
    }

    private static EngineRequest<Tree> request(Tree tree, String... settings) {
        return settings.length == 0 ? servers.request(tree, "route", "auto") : servers.request(tree, settings);
    }

    private static void source(String script) {
        one.execWithInput("cd /srv/anna/files; " + script, "runuser", "-u", "anna", "--", "sh", "-eu")
                .orThrow();
    }

    private static String content(LabServer machine, String account) {
        return machine.exec("sh", "-ec", """
                        cd "$1"; find . -printf '%y %m %l %p\\n' | sed 's/^l [0-9]*/l/' | LC_ALL=C sort
                        find . -type f -exec sha256sum {} + | LC_ALL=C sort
                        """, "sh", "/srv/" + account + "/files")
                .orThrow()
                .stdout();
    }

    private void assertNothingIsLeft() {
        assertThat(two.file(KEYS)).isEqualTo(keysBefore);
        for (LabServer machine : List.of(one, two)) {
            assertThat(machine.exec("sh", "-c", "ls /run/aegir-mesh 2>/dev/null | grep -v lock")
                            .stdout())
                    .isEmpty();
            assertThat(machine.exec("pgrep", "-l", "rsync").stdout()).isEmpty();
        }
        assertThat(one.exec("pgrep", "-l", "-x", "ssh").stdout()).isEmpty();
    }

    /** The other side hears of it a moment later. */
    private void assertEverythingEnds() {
        for (LabServer machine : List.of(one, two)) {
            machine.exec("timeout", "60", "sh", "-c", "while pgrep -x 'rsync|ssh'; do sleep 0.1; done")
                    .orThrow();
        }
        assertNothingIsLeft();
    }

    /** Abuse case 22 on this way too; neither server keeps anything of the other. */
    @Test
    void filesGoDirectlyAndNothingIsLeftOfIt() throws Exception {
        source("""
                for name in '-e sh' 'host:path' '--delete' 'a
                b' '$(touch x)' "it's" '"' '\\\\' 'é' ' ' '.hidden'; do printf '%s' "$name" >"./$name"; done
                mkdir deep; head -c 3000000 /dev/urandom >deep/big; ln -s /etc/passwd out; ln -s ../../.. up
                """);
        two.exec("runuser", "-u", "bert", "touch", "/srv/bert/files/old").orThrow();
        // Whatever somebody has in that file stays, also a last line that has no end.
        two.exec("sh", "-c", "printf '# mine' >>" + KEYS).orThrow();
        keysBefore = two.file(KEYS) + "\n";
        RunContext context = servers.run(copy("route", "mesh", "address", "files2"));
        assertThat(context.logged).contains("copied from files1 to files2 directly");
        assertThat(Long.parseLong(context.results.get("copied.files.bytes"))).isBetween(3_000_000L, 3_100_000L);
        assertThat(context.results.get("copied.files.count")).isEqualTo("13");
        assertThat(content(two, "bert")).isEqualTo(content(one, "anna"));
        assertNothingIsLeft();
        RunContext again = servers.run(copy("route", "mesh", "address", "files2", "bandwidth", "900"));
        assertThat(again.results.get("copied.files.count")).isEqualTo("0");
        assertNothingIsLeft();
    }

    /** A server where another account than root is let in, and becomes root by sudo. */
    @Test
    void anAccountWithSudoDoes() throws Exception {
        source("printf a >a");
        EngineRequest<Tree> to = request(FileServers.tree(two, "bert"), "route", "mesh", "address", "files2");
        Server deploy = Server.at("files2", two.address("deploy")).hostKey(two.hostKey());
        String before = two.file("/home/deploy/.ssh/authorized_keys");
        RunContext context = servers.run(
                copy(request(FileServers.tree(one, "anna")), new EngineRequest<>(to.resource(), deploy, to.service())));
        assertThat(context.logged).contains("copied from files1 to files2 directly");
        assertThat(content(two, "bert")).isEqualTo(content(one, "anna"));
        assertThat(two.file("/home/deploy/.ssh/authorized_keys")).isEqualTo(before);
        assertThat(two.exec("stat", "-c", "%U:%G %a", "/home/deploy/.ssh/authorized_keys")
                        .stdout())
                .isEqualTo("deploy:deploy 600\n");
        assertNothingIsLeft();
    }

    /** No way there, or another server at its end: through this program, or not at all when that was said. */
    @Test
    void whereThereIsNoWayItGoesThroughThisProgram() throws Exception {
        source("printf a >a");
        for (String wrong : List.of("nowhere.invalid", "files1")) {
            assertThat(servers.run(copy("route", "auto", "address", wrong)).logged)
                    .anyMatch(line -> line.contains("not reached") && line.endsWith("through this program"));
        }
        assertThatThrownBy(() -> servers.run(copy("route", "mesh", "address", "files2", "port", "24")))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NO_WAY));
        assertThat(content(two, "bert")).isEqualTo(content(one, "anna"));
        // It is reached, and lets nobody in with a key.
        two.exec(
                        "sh",
                        "-ec",
                        "mv " + KEYS
                                + " /root/keys; echo 'AuthorizedKeysFile /root/keys' >/etc/ssh/sshd_config.d/keys.conf; systemctl restart ssh")
                .orThrow();
        try {
            assertThat(servers.run(copy("route", "auto", "address", "files2")).logged)
                    .anyMatch(line -> line.contains("no keys that a program may add"));
            two.exec("cp", "-p", "/root/keys", KEYS).orThrow();
            assertThat(servers.run(copy("route", "auto", "address", "files2")).logged)
                    .anyMatch(line -> line.contains("lets no copy in (root@files2: Permission denied"));
        } finally {
            two.exec(
                    "sh",
                    "-c",
                    "cp -p /root/keys " + KEYS + "; rm -f /etc/ssh/sshd_config.d/keys.conf; systemctl restart ssh");
        }
        assertNothingIsLeft();
    }

    /** What the key opens is one command, for one server, and for a while; what a crash left of it is found by its mark. */
    @Test
    void theKeyIsForOneCommandAndRemovedByItsMark() throws Exception {
        source("printf a >a");
        RunContext context = new RunContext(servers.hosts());
        Step step = copy("route", "mesh", "address", "files2").get(0);
        Direct way = ((CopyTree) step).direct().orElseThrow();
        MeshKey key = new MeshKey(
                way,
                context.host(((CopyTree) step).from().server()),
                context.host(((CopyTree) step).to().server()),
                context.key());
        // As somebody leaves it who is killed now.
        context.remember("mesh." + Integer.toHexString(step.name().hashCode()), context.key());
        assertThat(key.make(key.reached(), Command.of("echo", "it's; only \"this\" $HOME"), ((CopyTree) step).to()))
                .isTrue();
        assertThat(two.file(KEYS).substring(keysBefore.length()))
                .matches("restrict,expiry-time=\"[0-9]{12}\",from=\"[0-9a-f.:,]+\",command=\"sh /run/aegir-mesh/"
                        + "aegir-mesh-[^ ]*/serve\" ssh-ed25519 [^ ]+ aegir-mesh-.*\n");
        assertThat(one.exec("stat", "-c", "%U %a", key.directory() + "/key").stdout())
                .isEqualTo("root 600\n");
        ExecResult other = ssh(one, key, "id");
        assertThat(other.stdout()).isEqualTo("it's; only \"this\" $HOME\n");
        // Also when it is asked for it: the server it leads to does nothing else for it.
        assertThat(one.exec(
                                "timeout",
                                "60",
                                "ssh",
                                "-N",
                                "-F",
                                key.directory() + "/config",
                                "-o",
                                "ClearAllForwardings=no",
                                "-o",
                                "ExitOnForwardFailure=yes",
                                "-R",
                                "127.0.0.1:9999:127.0.0.1:22",
                                "target")
                        .stderr())
                .contains("remote port forwarding failed");
        // Stolen, it is of no use from elsewhere.
        two.exec("mkdir", "-p", "-m", "700", key.directory()).orThrow();
        for (String file : List.of("config", "known", "key")) {
            two.execWithInput(
                            one.file(key.directory() + "/" + file),
                            "sh",
                            "-c",
                            "umask 077; cat >\"$1\"",
                            "sh",
                            key.directory() + "/" + file)
                    .orThrow();
        }
        two.exec("sed", "-i", "s/from=\"[^\"]*\"/from=\"192.0.2.1\"/", KEYS).orThrow();
        assertThat(ssh(one, key, "id").stderr()).contains("Permission denied");
        two.exec(
                        "sed",
                        "-i",
                        "s/from=\"[^\"]*\"/from=\"*\"/; s/expiry-time=\"[^\"]*\"/expiry-time=\"202001010000\"/",
                        KEYS)
                .orThrow();
        assertThat(ssh(one, key, "id").stderr()).contains("Permission denied");

        step.undo(context);
        assertNothingIsLeft();
        step.undo(context);
        assertThat(key.make(key.reached(), Command.of("true"), ((CopyTree) step).to()))
                .isTrue();
        step.run(context);
        assertThat(content(two, "bert")).isEqualTo(content(one, "anna"));
        assertNothingIsLeft();
    }

    private static ExecResult ssh(LabServer machine, MeshKey key, String command) {
        return machine.exec("ssh", "-F", key.directory() + "/config", "target", command);
    }

    /** Interrupted in the midst: nothing goes on, and nothing is left. */
    @Test
    void whenItIsStoppedEverythingStops() throws Exception {
        source("head -c 20000000 /dev/urandom >big");
        List<Step> slow = copy("route", "mesh", "address", "files2", "bandwidth", "200");
        FutureTask<RunContext> copying = new FutureTask<>(() -> servers.run(slow));
        Thread thread = new Thread(copying, "copying");
        thread.start();
        FileServers.awaitSomeOf(two, "big");
        thread.interrupt();
        assertThatThrownBy(copying::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertEverythingEnds();
        servers.run(copy("route", "mesh", "address", "files2"));
        assertThat(content(two, "bert")).isEqualTo(content(one, "anna"));
    }

    /** The connection of this program to the source is cut, as when it is killed: the copy ends. */
    @Test
    void whenNobodyListensAnyMoreItEnds() throws Exception {
        source("head -c 20000000 /dev/urandom >big");
        FutureTask<RunContext> copying =
                new FutureTask<>(() -> servers.run(copy("route", "mesh", "address", "files2", "bandwidth", "200")));
        new Thread(copying, "copying").start();
        FileServers.awaitSomeOf(two, "big");
        one.exec("sh", "-c", "pkill -KILL -f '[s]shd: root@notty'").orThrow();
        assertThatThrownBy(copying::get).isInstanceOf(ExecutionException.class);
        assertEverythingEnds();
    }
}
