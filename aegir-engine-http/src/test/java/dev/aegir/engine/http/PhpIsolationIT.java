// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.lab.Fingerprint;
import dev.aegir.model.Id;
import dev.aegir.model.Pool;
import dev.aegir.model.Settings;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site in PHP cannot do to its neighbours, to its server, and to its own code. */
@Tag("lab")
class PhpIsolationIT {
    private static final Id A = Samples.ID;
    private static final Id B = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");
    private static final String HOME_A = "/srv/aegir/sites/" + A;
    private static final String HOME_B = "/srv/aegir/sites/" + B;
    private static PhpLab lab;

    @BeforeAll
    static void open(@TempDir Path directory) {
        lab = new PhpLab(directory);
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @BeforeEach
    void reset() throws InterruptedException {
        lab.reset();
        lab.prepare(PhpSamples.PHP).orThrow();
        // A site's own code may do anything: here is one that does what it is asked.
        lab.code("do.php", "<?php error_reporting(0); echo json_encode(eval($_SERVER['HTTP_X_DO']));");
        lab.publish(PhpLab.pool(A, "a"), "a.example.net");
        lab.publish(PhpLab.pool(B, "b"), "b.example.net");
        lab.exec(
                "sh",
                "-c",
                "for d in files private logs sessions tmp; do echo secret-of-b >" + HOME_B + "/$d/note && chown "
                        + B.account()
                        + ": " + HOME_B + "/$d/note && chmod 644 " + HOME_B + "/$d/note; done; echo secret-of-b >"
                        + HOME_B
                        + "/settings.php && chown root:" + B.account() + " " + HOME_B + "/settings.php && chmod 640 "
                        + HOME_B
                        + "/settings.php");
    }

    private static String does(String code) throws Exception {
        Http answer = Http.send(
                lab.machine().http(), "GET /do.php HTTP/1.0\r\nHost: a.example.net\r\nX-Do: " + code + "\r\n\r\n");
        return answer.body();
    }

    @Test
    void aNeighboursFiles() throws Exception {
        assertThat(does("return getenv('APP_NAME');")).isEqualTo("\"a\"");
        for (String file : new String[] {
            "files/note", "private/note", "logs/note", "sessions/note", "tmp/note", "settings.php", ".aegir"
        }) {
            assertThat(does("return file_get_contents('" + HOME_B + "/" + file + "');"))
                    .as(file)
                    .isEqualTo("false");
            assertThat(does("return shell_exec('cat " + HOME_B + "/" + file + " 2>/dev/null');"))
                    .as(file)
                    .isEqualTo("null");
            assertThat(does("return file_put_contents('" + HOME_B + "/" + file + "', 'x');"))
                    .as(file)
                    .isEqualTo("false");
        }
        assertThat(does("return scandir('" + HOME_B + "');")).isEqualTo("false");
        assertThat(does("return scandir('/srv/aegir/sites');")).isEqualTo("false");
        assertThat(does("return link('" + HOME_B + "/files/note', '" + HOME_A + "/files/hard');"))
                .isEqualTo("false");
        assertThat(does("ini_set('open_basedir', '/'); return include '" + HOME_B + "/settings.php';"))
                .isEqualTo("false");
    }

    @Test
    void aNeighboursProcesses() throws Exception {
        assertThat(does("return is_resource(stream_socket_client('unix:///run/aegir-php8.2/" + B + ".sock'));"))
                .isEqualTo("false");
        assertThat(does("return is_resource(stream_socket_client('unix:///run/aegir-php8.2/" + A + ".sock'));"))
                .isEqualTo("false");
        assertThat(does("return scandir('/run/aegir-php8.2');")).isEqualTo("false");
        assertThat(does("return function_exists('opcache_get_status') || function_exists('opcache_reset');"))
                .isEqualTo("false");
        lab.get("b.example.net", "/");
        // Only its own: neither those of the neighbour nor the system's.
        assertThat(does("return trim(shell_exec('cat /proc/[0-9]*/status | grep ^Uid | sort -u | wc -l'));"))
                .isEqualTo("\"1\"");
        assertThat(does("return getenv('AEGIR_GENERATION');")).isEqualTo("false");
        assertThat(does("return ini_set('memory_limit', '999M');")).isEqualTo("false");
        assertThat(does("return trim(shell_exec('su -c id 2>&1; sudo -n id 2>&1; id -u'));"))
                .doesNotContain("uid=0");
    }

    @Test
    void itsOwnCode() throws Exception {
        assertThat(does("return file_put_contents(__DIR__ . '/x.php', 'x');")).isEqualTo("false");
        assertThat(does("return file_put_contents('" + HOME_A + "/x', 'x');")).isEqualTo("false");
        assertThat(does("return rename('" + HOME_A + "/files', '" + HOME_A + "/gone');"))
                .isEqualTo("false");
        assertThat(does("return unlink('" + HOME_A + "/.aegir');")).isEqualTo("false");
        assertThat(does("return chmod('" + HOME_A + "', 0777);")).isEqualTo("false");
        assertThat(does("return file_put_contents('" + HOME_A + "/files/ok.txt', 'mine');"))
                .isEqualTo("4");
        assertThat(lab.get("a.example.net", "/uploads/ok.txt").body()).isEqualTo("mine");
        assertThat(does("return file_put_contents('" + HOME_A + "/files/x.php', '<?php echo 1;');"))
                .isEqualTo("13");
        assertThat(lab.get("a.example.net", "/uploads/x.php").status()).isEqualTo(404);
        assertThat(does("return sys_get_temp_dir();")).isEqualTo("\"" + HOME_A.replace("/", "\\/") + "\\/tmp\"");
        assertThat(does("session_start(); $_SESSION['a'] = 1; session_write_close(); return count(scandir('" + HOME_A
                        + "/sessions')) > 2;"))
                .isEqualTo("true");
    }

    @Test
    void linksThatLeadOut() throws Exception {
        does("symlink('" + HOME_B + "/files/note', '" + HOME_A + "/files/b.txt');"
                + "symlink('/etc/passwd', '" + HOME_A + "/files/p.txt'); symlink('" + HOME_B + "/files', '" + HOME_A
                + "/files/d'); symlink('" + HOME_A + "/files/own.txt', '" + HOME_A + "/files/l.txt');"
                + "file_put_contents('" + HOME_A + "/files/own.txt', 'own');");
        assertThat(lab.get("a.example.net", "/uploads/l.txt").body()).isEqualTo("own");
        for (String path : new String[] {"b.txt", "p.txt", "d/note"}) {
            Http answer = lab.get("a.example.net", "/uploads/" + path);
            assertThat(answer.status()).as(path).isIn(403, 404);
            assertThat(answer.body()).doesNotContain("secret", "root:");
        }
    }

    @Test
    void directoriesThatAreSwappedMeanwhile() throws Exception {
        lab.exec("sh", "-c", "mkdir -p /srv/witness/deep && chmod 700 /srv/witness && echo x >/srv/witness/deep/file");
        Fingerprint before = lab.machine().fingerprint("/srv/witness", HOME_B);
        lab.exec(
                "systemd-run",
                "--unit=swap",
                "--uid=" + A.account(),
                "sh",
                "-c",
                "cd " + HOME_A
                        + "/private && while :; do rm -rf deep; ln -sn /srv/witness deep; rm -f deep; mkdir deep; ln -sn"
                        + " /srv/witness deep/deep 2>/dev/null; chmod 0 ../files; done");
        Pool pool = PhpLab.pool(A, "a");
        for (int i = 0; i < 10; i++) {
            // It may well say that the directory is not as it should be; what it does not do is to reach beyond it.
            assertThat(lab.ensure(pool).state()).isIn(TaskState.SUCCEEDED, TaskState.ROLLED_BACK);
        }
        lab.run(PhpLab.PHP.remove(lab.request(pool, PhpSamples.PHP))).orThrow();
        assertThat(lab.machine().fingerprint("/srv/witness", HOME_B).differencesFrom(before))
                .isEmpty();
        assertThat(lab.holds("test -e " + HOME_A)).isFalse();
    }

    @Test
    void whatWasChangedIsPutRight() throws Exception {
        Pool pool = PhpLab.pool(A, "a");
        lab.exec(
                "sh",
                "-c",
                "cd " + HOME_A + " && chmod 700 files && chmod g-x . && setfacl -m u:" + B.account()
                        + ":rx . && rm -rf private && usermod -aG www-data -s /bin/sh " + A.account());
        assertThat(lab.preview(PhpLab.PHP.ensure(lab.request(pool, PhpSamples.PHP))))
                .containsExactly(
                        "change web1 shell of the account " + A.account(),
                        "change web1 groups of the account " + A.account(),
                        "change web1 " + HOME_A,
                        "change web1 access to " + HOME_A + "/files",
                        "create web1 " + HOME_A + "/private",
                        "create web1 " + HOME_A + "/private/deep");
        lab.ensure(pool).orThrow();
        assertThat(lab.preview(PhpLab.PHP.ensure(lab.request(pool, PhpSamples.PHP))))
                .isEmpty();
        assertThat(lab.exec("id", "-Gn", A.account())).isEqualTo(A.account());
        assertThat(lab.holds("runuser -u " + B.account() + " -- ls " + HOME_A)).isFalse();
        assertThat(lab.holds("runuser -u www-data -- ls " + HOME_A)).isFalse();
        assertThat(lab.holds("runuser -u www-data -- ls " + HOME_A + "/files")).isTrue();
        assertThat(lab.holds("runuser -u " + A.account() + " -- ls " + HOME_A)).isTrue();
    }

    /** Whoever deploys writes what the site writes, and nothing else; both can change what the other has made. */
    @Test
    void whoMayDeploy() throws Exception {
        Pool pool = PhpLab.pool(A, "a");
        lab.exec("sh", "-c", "useradd -m ann; useradd -m bob");
        lab.exec(
                "runuser",
                "-u",
                A.account(),
                "--",
                "sh",
                "-c",
                "mkdir -m 700 " + HOME_A + "/files/old; echo 1 >" + HOME_A + "/files/old/a");
        assertThat(lab.holds("runuser -u ann -- ls " + HOME_A + "/files/old")).isFalse();
        Pool open = PhpSamples.with(pool, Settings.none().with("deploy", "ann"));
        lab.ensure(open).orThrow();
        assertThat(lab.preview(PhpLab.PHP.ensure(lab.request(open, PhpSamples.PHP))))
                .isEmpty();
        for (String command : List.of("echo 2 >>old/a", "echo x >of-ann.txt", "mkdir d", "touch d/e")) {
            assertThat(lab.holds("runuser -u ann -- sh -c 'umask 077; cd " + HOME_A + "/files && " + command + "'"))
                    .as(command)
                    .isTrue();
        }
        assertThat(does("return file_put_contents('" + HOME_A + "/files/of-ann.txt', 'mine');"))
                .isEqualTo("4");
        assertThat(does("return unlink('" + HOME_A + "/files/d/e');")).isEqualTo("true");
        assertThat(lab.get("a.example.net", "/uploads/of-ann.txt").body()).isEqualTo("mine");
        for (String path : List.of(HOME_A + "/x", HOME_A + "/logs/x", HOME_A + "/sessions/x", HOME_B + "/files/x")) {
            assertThat(lab.holds("runuser -u ann -- touch " + path)).as(path).isFalse();
        }
        assertThat(lab.holds("runuser -u ann -- ls " + HOME_A)).isFalse();
        assertThat(lab.holds("runuser -u ann -- cat " + HOME_B + "/files/note")).isFalse();

        Pool others = PhpSamples.with(pool, Settings.none().with("deploy", "bob"));
        List<Step> failing = new ArrayList<>(PhpLab.PHP.ensure(lab.request(others, PhpSamples.PHP)));
        failing.add(RunCommand.of("fail", lab.server().name(), Command.of("/bin/false")));
        assertThat(lab.run(failing).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(lab.holds("runuser -u bob -- touch " + HOME_A + "/files/y")).isFalse();
        assertThat(lab.preview(PhpLab.PHP.ensure(lab.request(open, PhpSamples.PHP))))
                .isEmpty();

        lab.ensure(others).orThrow();
        assertThat(lab.holds("runuser -u ann -- touch " + HOME_A + "/files/y")).isFalse();
        assertThat(lab.holds("runuser -u bob -- sh -c 'echo 3 >>" + HOME_A + "/files/old/a'"))
                .isTrue();
        lab.ensure(pool).orThrow();
        assertThat(lab.holds("runuser -u bob -- touch " + HOME_A + "/files/y")).isFalse();
        assertThat(lab.exec("getfacl", "-cp", HOME_A + "/files")).doesNotContain("bob", "ann", "default");
        assertThat(lab.ensure(PhpSamples.with(pool, Settings.none().with("deploy", "nobody-here")))
                        .toString())
                .contains("there is no account nobody-here");
    }

    /** What one site's processes have compiled is in a memory that all share: it is for nobody who may not read the file. */
    @Test
    void whatANeighbourHasCompiled() throws Exception {
        lab.exec(
                "sh",
                "-c",
                "echo '<?php return \"compiled-by-b\";' >" + HOME_B + "/private/c.php; chown " + B.account() + ": "
                        + HOME_B + "/private/c.php; touch -d '1 hour ago' " + HOME_B + "/private/c.php");
        String include = "return @include '" + HOME_B + "/private/c.php';";
        for (int i = 0; i < 3; i++) {
            Http answer = Http.send(
                    lab.machine().http(),
                    "GET /do.php HTTP/1.0\r\nHost: b.example.net\r\nX-Do: " + include + "\r\n\r\n");
            assertThat(answer.body()).contains("compiled-by-b");
        }
        assertThat(does(include)).isEqualTo("false");
    }

    @Test
    void accountsAndDirectoriesOfOthers() throws Exception {
        Id id = Id.next();
        lab.exec("useradd", "--system", id.account());
        assertThat(lab.ensure(PhpLab.pool(id, "c")).toString()).contains("there is an account " + id.account());
        lab.exec("userdel", id.account());
        lab.exec("sh", "-c", "mkdir /srv/aegir/sites/" + id + " && echo mine >/srv/aegir/sites/" + id + "/file");
        assertThat(lab.ensure(PhpLab.pool(id, "c")).toString()).contains("does not bear the mark");
        assertThat(lab.holds("getent passwd " + id.account())).isFalse();
        assertThat(lab.machine().file("/srv/aegir/sites/" + id + "/file")).isEqualTo("mine\n");
    }
}
