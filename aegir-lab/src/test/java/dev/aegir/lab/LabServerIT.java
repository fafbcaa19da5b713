// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("lab")
class LabServerIT {
    private static Lab lab;
    private static LabServer one;
    private static LabServer two;

    @BeforeAll
    static void start() {
        lab = Lab.open();
        one = lab.servers("labtest1", "labtest2").get(0);
        two = lab.server("labtest2");
    }

    @BeforeEach
    void reset() {
        one.reset();
        two.reset();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @Test
    void systemdIsRunningAndNothingFailed() {
        assertThat(one.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        assertThat(one.exec("systemctl", "is-enabled", "nginx", "ssh").succeeded())
                .isTrue();
        assertThat(one.exec("systemctl", "is-enabled", "caddy").stdout()).isEqualTo("disabled\n");
    }

    @Test
    void sshAnswersOnLoopback() throws IOException {
        assertThat(one.address()).isEqualTo(URI.create("ssh://root@127.0.0.1:" + one.sshPort()));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), one.sshPort())) {
            assertThat(new String(socket.getInputStream().readNBytes(8), StandardCharsets.US_ASCII))
                    .isEqualTo("SSH-2.0-");
        }
    }

    @Test
    void theLabsKeyOpensBothAccountsAndDeployBecomesRootBySudo() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lab.privateKey())))
                .isEqualTo("rw-------");
        two.execWithInput(Files.readString(lab.privateKey()), "sh", "-c", "umask 077; cat >/root/key")
                .orThrow();

        assertThat(loginFromTwo("root", "id -un").stdout()).isEqualTo("root\n");
        assertThat(loginFromTwo("deploy", "id -un").stdout()).isEqualTo("deploy\n");
        assertThat(loginFromTwo("deploy", "sudo -n id -un").stdout()).isEqualTo("root\n");
    }

    private static ExecResult loginFromTwo(String account, String command) {
        String known = "/root/known";
        two.execWithInput("labtest1 " + one.file("/etc/ssh/ssh_host_ed25519_key.pub"), "sh", "-c", "cat >" + known)
                .orThrow();
        String[] words = {
            "ssh",
            "-i",
            "/root/key",
            "-o",
            "BatchMode=yes",
            "-o",
            "UserKnownHostsFile=" + known,
            "-l",
            account,
            "labtest1"
        };
        String[] all = Arrays.copyOf(words, words.length + 1);
        all[words.length] = command;
        return two.exec(all).orThrow();
    }

    @Test
    void everyServerHasItsOwnHostKey() {
        assertThat(one.hostKey()).matches("SHA256:[A-Za-z0-9+/]{43}").isNotEqualTo(two.hostKey());
    }

    @Test
    void serversReachEachOtherByNameAndNothingElse() {
        one.mayReach(two);

        assertThat(one.exec("ssh", "-o", "BatchMode=yes", "labtest2", "hostname")
                        .orThrow()
                        .stdout())
                .isEqualTo("labtest2\n");
        // An address reserved for documentation: there is nobody, and nothing is sent out to look.
        assertThat(one.exec("ip", "route", "get", "192.0.2.1").stdout()).contains("via");
        assertThat(one.exec("curl", "--silent", "--max-time", "1", "http://192.0.2.1/")
                        .succeeded())
                .isFalse();
    }

    @Test
    void theWebServerAnswersOnLoopback() throws Exception {
        assertThat(get("/")).contains("nginx");
    }

    @Test
    void aFingerprintSeesBytesModesOwnersLinksAndAccessLists() {
        one.exec("mkdir", "-p", "/srv/tree").orThrow();
        one.execWithInput("1", "sh", "-c", "cat >/srv/tree/file").orThrow();
        one.exec("ln", "-s", "file", "/srv/tree/link").orThrow();
        Fingerprint before = one.fingerprint("/srv", "/nowhere");
        assertThat(before.entries()).containsKeys("/srv/tree", "/srv/tree/file", "/srv/tree/link");

        assertThat(one.fingerprint("/srv", "/nowhere")).isEqualTo(before);
        expectOneDifference(before, "printf 2 >/srv/tree/file", "printf 1 >/srv/tree/file");
        expectOneDifference(before, "chmod 600 /srv/tree/file", "chmod 644 /srv/tree/file");
        expectOneDifference(before, "chown deploy /srv/tree/file", "chown root /srv/tree/file");
        expectOneDifference(before, "ln -sfn other /srv/tree/link", "ln -sfn file /srv/tree/link");
        expectOneDifference(before, "touch /srv/new", "rm /srv/new");
        expectOneDifference(before, "setfacl -m u:deploy:r /srv/tree/file", "setfacl -b /srv/tree/file");
    }

    private static void expectOneDifference(Fingerprint before, String change, String undo) {
        one.exec("sh", "-c", change).orThrow();
        assertThat(one.fingerprint("/srv").differencesFrom(before)).hasSize(1);
        one.exec("sh", "-c", undo).orThrow();
        assertThat(one.fingerprint("/srv")).isEqualTo(before);
    }

    @Test
    void aResetLeavesNothingBehind() throws Exception {
        String[] trees = {
            "/etc", "/home", "/root", "/srv", "/opt", "/usr/local", "/var/lib", "/var/www", "/var/log/nginx", "/tmp"
        };
        Fingerprint before = one.fingerprint(trees);
        one.exec("bash", "-c", """
                set -e
                sed -i 's/worker_connections/#&/' /etc/nginx/nginx.conf
                sed -i 's/#worker_connections/worker_connections/' /etc/nginx/nginx.conf
                echo 'server { listen 80; server_name x.example.net; return 200 remains; }' >/etc/nginx/conf.d/x.conf
                systemctl reload nginx
                rm -r /etc/nginx/sites-enabled
                touch -r /etc/nginx/mime.types /tmp/stamp
                printf '#' | dd conv=notrunc of=/etc/nginx/mime.types status=none
                touch -r /tmp/stamp /etc/nginx/mime.types # as long and as old as it was
                mkdir -p /srv/aegir /var/aegir /var/lib/aegir /run/aegir /etc/systemd/system/multi-user.target.wants
                touch /srv/aegir/a '/var/aegir/a file' /var/lib/aegir/b /tmp/c /var/tmp/d /run/lock/e
                setfacl -m u:deploy:rw /srv/aegir/a
                chmod 700 /home/deploy
                useradd --create-home x1
                printf '[Service]\\nExecStart=/bin/sleep 1000\\nRestart=always\\n' >/etc/systemd/system/aegir-x.service
                systemctl daemon-reload
                systemctl start aegir-x
                systemd-run --quiet --unit=aegir-run --uid=x1 sleep 1001
                systemctl start caddy || true
                mkdir /mnt/x && mount -t tmpfs tmpfs /mnt/x
                setsid sleep 1002 >/dev/null 2>&1 </dev/null &
                curl --silent -H 'Host: x.example.net' http://127.0.0.1/ >/dev/null
                """).orThrow();
        assertThat(one.fingerprint(trees)).isNotEqualTo(before);

        one.reset();

        assertThat(one.fingerprint(trees).differencesFrom(before)).isEmpty();
        assertThat(one.exec("pgrep", "-l", "sleep|caddy").stdout()).isEmpty();
        assertThat(one.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        assertThat(one.exec("systemctl", "cat", "aegir-x").succeeded()).isFalse();
        assertThat(one.exists("/run/aegir")).isFalse();
        assertThat(one.exec("mountpoint", "--quiet", "/mnt/x").succeeded()).isFalse();
        assertThat(get("/")).contains("nginx");
    }

    @Test
    void aResetForgetsWhatAServiceHasLoadedFromFilesThatAreGone() throws Exception {
        one.exec("bash", "-c", """
                set -e
                echo 'server { listen 80 default_server; return 200 remains; }' >/etc/nginx/conf.d/x.conf
                mv /etc/nginx/sites-enabled/default /root/
                """).orThrow();
        one.reloadNginx();
        one.exec("sh", "-c", "rm /etc/nginx/conf.d/x.conf; mv /root/default /etc/nginx/sites-enabled/")
                .orThrow();
        assertThat(get("/")).isEqualTo("remains");

        one.reset();

        assertThat(get("/")).contains("Welcome to nginx");
    }

    @Test
    void aResetEndsWhatWasStartedOverSshAndKeepsTheConnection() throws IOException {
        two.mayReach(one);
        two.exec("ssh", "-o", "BatchMode=yes", "labtest1", "setsid sleep 1003 >/dev/null 2>&1 </dev/null &")
                .orThrow();
        one.exec("timeout", "60", "sh", "-c", "until pgrep -x sleep; do :; done")
                .orThrow();
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), one.sshPort())) {
            assertThat(connection.getInputStream().read()).isEqualTo('S');

            one.reset();

            assertThat(one.exec("pgrep", "sleep").succeeded()).isFalse();
            connection.getInputStream().skipNBytes(connection.getInputStream().available());
            connection.setSoTimeout(200);
            assertThatThrownBy(() -> connection.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void manyResetsInARowAreNotRefusedBySystemd() {
        for (int i = 0; i < 8; i++) {
            one.exec("sh", "-c", "echo >>/etc/nginx/nginx.conf").orThrow();
            one.reset();
        }
        assertThat(one.exec("systemctl", "is-active", "nginx").stdout()).isEqualTo("active\n");
    }

    @Test
    void aPowerCutKeepsAddressHostKeyAndDisk() {
        String hostKey = one.hostKey();
        int port = one.sshPort();
        one.exec("sh", "-c", "echo kept >/srv/kept; echo lost >/tmp/lost").orThrow();

        one.kill();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> one.exec("true"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("labtest1");
        one.start();

        assertThat(one.hostKey()).isEqualTo(hostKey);
        assertThat(lab.server("labtest1").sshPort()).isEqualTo(port);
        assertThat(one.file("/srv/kept")).isEqualTo("kept\n");
        assertThat(one.exists("/tmp/lost")).isFalse();
        one.reset();
        assertThat(one.exists("/srv/kept")).isFalse();
    }

    @Test
    void aResetAlsoStartsAServerThatIsDown() {
        one.stop();
        one.reset();
        assertThat(one.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        one.pause();
        one.reset();
        assertThat(one.exec("true").succeeded()).isTrue();
    }

    @Test
    void anotherLabFindsTheSameServer() {
        try (Lab again = Lab.open()) {
            assertThat(again.server("labtest1").address()).isEqualTo(one.address());
            assertThat(again.privateKey()).isEqualTo(lab.privateKey());
        }
    }

    @Test
    void aServerThatATestLeftInABadStateIsFoundAndResetAllTheSame() {
        one.exec("systemd-run", "--unit=aegir-fails", "false").orThrow();
        one.exec("sh", "-c", "echo rubbish >/etc/nginx/nginx.conf; systemctl restart nginx");
        assertThat(one.exec("systemctl", "is-system-running").stdout()).isEqualTo("degraded\n");

        lab.server("labtest1").reset();

        assertThat(one.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
    }

    @Test
    void aServerWhoseDiskIsRuinedIsReplaced() {
        LabServer ruined = lab.server("labtest4");
        try {
            ruined.exec("sh", "-c", "rm /usr/bin/bash").orThrow();
            try (Lab again = Lab.open()) {
                assertThat(again.server("labtest4")
                                .exec("systemctl", "is-system-running")
                                .stdout())
                        .isEqualTo("running\n");
            }
        } finally {
            ruined.remove();
        }
    }

    @Test
    void aSmallFileSystemFillsUpAndIsEmptiedByAReset() {
        LabServer small = lab.server(
                "labtest3", spec -> spec.fileSystem("/srv/small", 1 << 20).publish(9418));
        try {
            assertThat(small.exec("sh", "-c", "head -c 2M /dev/zero >/srv/small/file")
                            .stderr())
                    .contains("No space left on device");
            small.reset();
            assertThat(small.fingerprint("/srv/small").entries()).containsOnlyKeys("/srv/small");
            assertThat(small.port(9418)).isPositive();
            assertThatThrownBy(() -> small.port(9999))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("publish(9999)");
            assertThatThrownBy(() -> lab.server("labtest3")).isInstanceOf(IllegalStateException.class);
        } finally {
            small.remove();
        }
    }

    @Test
    void aRepositoryIsReachedInAllWays() {
        LabGit git = LabGit.handbook(two, "/srv/git/handbook.git");
        one.mayReach(two);

        assertThat(clone(two, git.fileUrl(), "v1")).contains("Version 1");
        assertThat(clone(one, git.daemonUrl(), "main")).contains("Version 3");
        assertThat(clone(one, git.sshUrl(), "next")).contains("Version 4");
        assertThat(git.commitId("v3")).isEqualTo(git.commitId("main")).isNotEqualTo(git.commitId("next"));
        assertThat(two.exec("git", "--git-dir", "/srv/git/handbook.git", "fsck", "--strict")
                        .orThrow()
                        .succeeded())
                .isTrue();
        String id = git.commitId("next");
        assertThat(LabGit.handbook(two, "/srv/git/handbook.git").commitId("next"))
                .isEqualTo(id);
    }

    private static String clone(LabServer server, String url, String ref) {
        server.exec("rm", "-rf", "/srv/clone").orThrow();
        server.exec("git", "clone", "--quiet", "--branch", ref, url, "/srv/clone")
                .orThrow();
        return server.file("/srv/clone/public/index.html");
    }

    @Test
    void aLinkDelaysALoginAndCutsIt() throws Exception {
        try (SlowLink link = lab.relay(one.sshPort(), Duration.ofMillis(100))) {
            Duration shortest = login(link);
            // A busy machine is slow now and then; a link that waits too long does so every time.
            for (int tries = 0; tries < 30 && shortest.toMillis() > 600; tries++) {
                Duration next = login(link);
                shortest = next.compareTo(shortest) < 0 ? next : shortest;
            }
            assertThat(shortest).isBetween(Duration.ofMillis(200), Duration.ofMillis(600));
        }
    }

    /** How long it takes until the server greets. */
    private static Duration login(SlowLink link) throws IOException {
        long begin = System.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), link.port())) {
            assertThat(socket.getInputStream().read()).isEqualTo('S');
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            link.cut();
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            return took;
        }
    }

    @Test
    void inputAndOutputOfAnySizeArriveWhole() {
        String numbers = IntStream.range(0, 300_000).mapToObj(String::valueOf).collect(Collectors.joining("\n"));
        one.execWithInput(numbers, "sh", "-c", "cat >/srv/input").orThrow();
        assertThat(one.file("/srv/input").equals(numbers)).isTrue(); // not isEqualTo, which would print both
    }

    private static String get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(one.http().resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
