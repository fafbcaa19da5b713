// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.lab.Fingerprint;
import dev.aegir.model.Id;
import dev.aegir.model.Pool;
import dev.aegir.model.Service;
import dev.aegir.model.Settings;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sites in PHP on a real server. */
@Tag("lab")
class PhpServingIT {
    private static final Id A = Samples.ID;
    private static final Id B = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");
    private static final Service OLD = PhpSamples.PHP;
    private static final Service NEW = OLD.named("php-84").with("version", "8.4");
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
        lab.prepare(OLD).orThrow();
    }

    @Test
    void twoSitesSideBySide() throws Exception {
        Pool a = PhpLab.pool(A, "a");
        lab.publish(a, "a.example.net");
        lab.publish(PhpLab.pool(B, "b"), "b.example.net");
        assertThat(lab.get("a.example.net", "/").body()).isEqualTo("site a on 8.2");
        assertThat(lab.get("b.example.net", "/any/page").body()).isEqualTo("site b on 8.2");
        assertThat(lab.preview(PhpLab.PHP.ensure(lab.request(a, OLD)))).isEmpty();
        assertThat(lab.exec("sh", "-c", "systemctl show -p MainPID --value php8.2-fpm"))
                .isNotEqualTo("0");
        assertThat(lab.holds("test -e /etc/php/8.2/fpm/pool.d/www.conf")).isFalse();
    }

    @Test
    void whatIsAnsweredAfterwardsIsTheNewConfiguration() throws Exception {
        lab.code("limit.php", "<?php echo ini_get('memory_limit');");
        Pool a = PhpLab.pool(A, "a");
        for (int memory = 64; memory < 70; memory++) {
            lab.publish(PhpSamples.with(a, Settings.none().with("memory", String.valueOf(memory))), "a.example.net");
            assertThat(lab.get("a.example.net", "/limit.php").body()).isEqualTo(memory + "M");
        }
    }

    @Test
    void aRequestOutlivesTheReload() throws Exception {
        Pool a = PhpLab.pool(A, "a");
        String begun = a.home() + "/files/begun";
        lab.code(
                "slow.php",
                "<?php touch('" + begun
                        + "'); $until = microtime(true) + 2.5; while (microtime(true) < $until) usleep(10000); echo 'done';");
        lab.publish(a, "a.example.net");
        lab.exec(
                "systemd-run",
                "--unit=slow",
                "sh",
                "-c",
                "curl -s -o /root/slow -H 'Host: a.example.net' http://127.0.0.1/slow.php");
        lab.exec("sh", "-c", "until [ -e " + begun + " ]; do sleep 0.05; done");
        lab.publish(PhpLab.pool(B, "b"), "b.example.net");
        lab.exec("sh", "-c", "while systemctl -q is-active slow; do sleep 0.1; done");
        assertThat(lab.machine().file("/root/slow")).isEqualTo("done");
    }

    /** One record of PHP fills two buffers of nginx's own size exactly, and nginx thought that there was nothing to wait for. */
    @Test
    void aResponseInPiecesOutlivesTheReload() throws Exception {
        Pool a = PhpLab.pool(A, "a");
        String begun = a.home() + "/files/begun";
        lab.code("pieces.php", """
                <?php
                for ($i = 0; $i < 90; $i++) { echo str_repeat('x', 100); }
                touch('%s');
                for ($i = 0; $i < 3000 && !file_exists(__DIR__ . '/go'); $i++) { usleep(10000); clearstatcache(); }
                echo 'end';
                """.formatted(begun));
        lab.publish(a, "a.example.net");
        lab.exec(
                "systemd-run",
                "--unit=pieces",
                "sh",
                "-c",
                "curl -sN -o /root/pieces -H 'Host: a.example.net' http://127.0.0.1/pieces.php");
        lab.exec("sh", "-c", "until [ -e " + begun + " ]; do sleep 0.05; done");
        lab.publish(a, "other.example.net"); // a reload of nginx alone
        lab.code("go", "");
        lab.exec("sh", "-c", "while systemctl -q is-active pieces; do sleep 0.1; done");
        assertThat(lab.machine().file("/root/pieces")).hasSize(9_003).endsWith("end");
    }

    @Test
    void aBadPoolStopsNobody() throws Exception {
        lab.publish(PhpLab.pool(A, "a"), "a.example.net");
        Fingerprint before = lab.machine().fingerprint("/etc/php", "/etc/systemd", "/srv");
        // Without its account, which php-fpm wants before it reads any other pool.
        Step bad = PhpLab.PHP.ensure(lab.request(PhpLab.pool(B, "b"), OLD)).get(1);
        assertThat(bad).isInstanceOf(ConfigChange.class);
        assertThat(lab.run(List.of(bad)).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(lab.machine().fingerprint("/etc/php", "/etc/systemd", "/srv"))
                .isEqualTo(before);
        assertThat(lab.get("a.example.net", "/").body()).isEqualTo("site a on 8.2");

        // Somebody else's: nothing is changed while php-fpm could not read it, and what runs goes on.
        lab.machine()
                .execWithInput("[x]\nuser = nobody-here\n", "tee", "/etc/php/8.2/fpm/pool.d/x.conf")
                .orThrow();
        TaskInfo refused = lab.ensure(PhpLab.pool(B, "b"));
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.toString()).contains("[pool x]");
        assertThat(lab.holds("getent passwd " + B.account())).isFalse();
        assertThat(lab.holds("test -e /srv/aegir/sites/" + B)).isFalse();
        assertThat(lab.get("a.example.net", "/").body()).isEqualTo("site a on 8.2");
    }

    @Test
    void twoVersionsSideBySide() throws Exception {
        lab.prepare(NEW).orThrow();
        Pool a = PhpLab.pool(A, "a", "/bin/true");
        lab.publish(a, "a.example.net");
        lab.publish(PhpLab.pool(B, "b"), "b.example.net", NEW);
        assertThat(lab.get("a.example.net", "/").body()).isEqualTo("site a on 8.2");
        assertThat(lab.get("b.example.net", "/").body()).isEqualTo("site b on 8.4");

        // From one to the other, in the order of a change of runtime.
        lab.publish(a, "a.example.net", NEW);
        lab.run(PhpLab.PHP.stop(lab.request(a, OLD))).orThrow();
        assertThat(lab.get("a.example.net", "/").body()).isEqualTo("site a on 8.4");
        assertThat(lab.holds("test -e /run/aegir-php8.2/" + A + ".sock")).isFalse();
        assertThat(lab.exec("sh", "-c", "systemctl list-timers --no-legend | grep -c aegir-php8.*-0"))
                .isEqualTo("1");
        assertThat(lab.holds("systemctl -q is-active aegir-php8.4-" + A + ".timer"))
                .isTrue();
        assertThat(lab.preview(PhpLab.PHP.stop(lab.request(a, OLD)))).isEmpty();
    }

    @Test
    void afterARestartOfTheServer() throws Exception {
        lab.publish(PhpLab.pool(A, "a", "/bin/true"), "a.example.net");
        lab.reboot();
        lab.exec(
                "sh",
                "-c",
                "until systemctl -q is-active php8.2-fpm && systemctl -q is-active nginx; do sleep 0.1; done");
        assertThat(lab.get("a.example.net", "/").body()).isEqualTo("site a on 8.2");
        assertThat(lab.holds("systemctl -q is-active aegir-php8.2-" + A + ".timer"))
                .isTrue();
        assertThat(lab.exec("stat", "-c", "%a %U:%G", "/run/aegir-php8.2")).isEqualTo("750 root:www-data");
    }

    @Test
    void cron() throws Exception {
        String home = "/srv/aegir/sites/" + A;
        String script = "echo \"$(id -un) $APP_NAME $HOME $1\" >>" + home
                + "/files/ran; sleep 1; touch /srv/aegir/sites/out /etc/out; exit 3";
        Pool pool = PhpLab.pool(A, "a", "/bin/sh", "-c", script, "sh", "50% of $x; \"q\" 'q' \\ ${HOME} %n");
        lab.publish(pool, "a.example.net");
        assertThat(lab.exec("systemctl", "is-enabled", unit() + ".timer")).isEqualTo("enabled");
        TaskInfo run = lab.run(PhpLab.PHP.runCron(lab.request(pool, OLD)));
        assertThat(run.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(run.toString()).contains("exit code 3");
        assertThat(lab.machine().file(home + "/files/ran"))
                .isEqualTo(A.account() + " a " + home + " 50% of $x; \"q\" 'q' \\ ${HOME} %n\n");
        assertThat(lab.holds("test -e /srv/aegir/sites/out || test -e /etc/out"))
                .isFalse();

        Pool fine = PhpSamples.running(
                pool,
                "/bin/sh",
                "-c",
                "echo begin >>" + home + "/files/log; until [ -e " + home
                        + "/files/go ]; do sleep 0.05; done; echo end >>" + home + "/files/log");
        lab.publish(fine, "a.example.net");
        lab.exec("systemctl", "start", "--no-block", unit() + ".service");
        lab.exec("sh", "-c", "until [ -e " + home + "/files/log ]; do sleep 0.05; done");
        // Waits for the run that is under way; and whoever starts it otherwise is kept out by the lock.
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<TaskInfo> waiting = thread.submit(() -> lab.run(PhpLab.PHP.runCron(lab.request(fine, OLD))));
        lab.exec(
                "sh",
                "-c",
                "until pgrep -x -f 'systemctl start " + unit() + ".service' >/dev/null; do sleep 0.05; done");
        assertThat(waiting).isNotDone();
        assertThat(lab.machine().file(home + "/files/log")).isEqualTo("begin\n");
        lab.exec("touch", home + "/files/go");
        assertThat(waiting.get(2, TimeUnit.MINUTES).state()).isEqualTo(TaskState.SUCCEEDED);
        thread.shutdown();
        // Who has only just begun to ask may have come when that run had ended: there are never two at once.
        assertThat(lab.machine().file(home + "/files/log")).matches("(begin\nend\n){1,2}");

        lab.publish(PhpSamples.running(pool, Optional.empty()), "a.example.net");
        assertThat(lab.holds("systemctl -q is-active " + unit() + ".timer")).isFalse();
        assertThat(lab.holds(
                        "ls /etc/systemd/system/ /etc/systemd/system/timers.target.wants | grep -q aegir-php8.2-0"))
                .isFalse();
    }

    @Test
    void aLongLogIsBegunAnew() throws Exception {
        lab.publish(PhpLab.pool(A, "a"), "a.example.net");
        lab.publish(PhpLab.pool(B, "b"), "b.example.net");
        String logs = "/srv/aegir/sites/" + A + "/logs";
        lab.exec(
                "sh",
                "-c",
                "echo secret >/etc/witness; chmod 600 /etc/witness; rm -rf " + "/srv/aegir/sites/" + B
                        + "/logs/php.log; ln -s /etc/witness /srv/aegir/sites/" + B + "/logs/php.log");
        assertThat(lab.exec("systemctl", "is-enabled", "aegir-php8.2-logs.timer"))
                .isEqualTo("enabled");
        for (int i = 1; i <= 6; i++) {
            lab.exec(
                    "runuser",
                    "-u",
                    A.account(),
                    "--",
                    "sh",
                    "-c",
                    "{ echo " + i + "; head -c 11000000 /dev/zero; } >" + logs + "/php.log");
            shortenLogs();
        }
        assertThat(lab.exec("sh", "-c", "cd " + logs + "; for f in *; do echo $f $(head -n 1 $f); done"))
                .isEqualTo("php.log.1 6\nphp.log.2 5\nphp.log.3 4\nphp.log.4 3");
        lab.exec("runuser", "-u", A.account(), "--", "sh", "-c", "echo short >" + logs + "/php.log");
        shortenLogs();
        assertThat(lab.machine().file(logs + "/php.log")).isEqualTo("short\n");
        assertThat(lab.machine().file("/etc/witness")).isEqualTo("secret\n");
        lab.code("oops.php", "<?php error_log('a line of PHP');");
        lab.get("a.example.net", "/oops.php");
        assertThat(lab.machine().file(logs + "/php.log")).contains("a line of PHP");
    }

    /** As often as a test likes. */
    private static void shortenLogs() {
        lab.exec("systemctl", "reset-failed");
        lab.exec("systemctl", "start", "aegir-php8.2-logs.service");
    }

    @Test
    void theTimerStartsIt() throws Exception {
        Pool pool = PhpLab.pool(A, "a", "/bin/sh", "-c", "date +%s >>/srv/aegir/sites/" + A + "/files/ran");
        lab.publish(pool, "a.example.net");
        // Within the minute that is its interval, and what a busy machine takes to start it.
        assertThat(lab.holds(
                        "timeout 150 sh -c 'until [ -s /srv/aegir/sites/" + A + "/files/ran ]; do sleep 0.5; done'"))
                .isTrue();
    }

    @Test
    void removedLeavesTheServerAsItWas() throws Exception {
        lab.publish(PhpLab.pool(B, "b"), "b.example.net");
        Fingerprint before = fingerprint();
        Pool pool = PhpLab.pool(A, "a", "/bin/true");
        lab.run(PhpLab.PHP.ensure(lab.request(pool, OLD))).orThrow();
        String home = "/srv/aegir/sites/" + A;
        lab.exec(
                "runuser",
                "-u",
                A.account(),
                "--",
                "sh",
                "-c",
                "cd " + home + "/files && mkdir -p a/b && echo x >a/b/c && chmod 0 a/b && ln -s /srv/aegir/sites/" + B
                        + " b && ln -s / root && setsid sleep 1000 >/dev/null 2>&1 &");
        for (String shared : List.of("/tmp", "/var/tmp", "/dev/shm")) {
            lab.exec(
                    "runuser",
                    "-u",
                    A.account(),
                    "--",
                    "sh",
                    "-c",
                    "mkdir -p " + shared + "/a/b && ln -s /etc " + shared + "/a/etc");
        }
        lab.run(PhpLab.PHP.remove(lab.request(pool, OLD))).orThrow();
        assertThat(fingerprint().differencesFrom(before)).isEmpty();
        assertThat(lab.holds("ls -d /tmp/a /var/tmp/a /dev/shm/a")).isFalse();
        assertThat(lab.holds("pgrep -f -x 'sleep 1000'")).isFalse();
        assertThat(lab.get("b.example.net", "/").body()).isEqualTo("site b on 8.2");
        assertThat(lab.preview(PhpLab.PHP.remove(lab.request(pool, OLD)))).isEmpty();
        lab.run(PhpLab.PHP.remove(lab.request(pool, OLD))).orThrow();
    }

    @Test
    void removalStopsAtMountsAndForeignDirectories() throws Exception {
        Pool pool = PhpLab.pool(A, "a");
        lab.ensure(pool).orThrow();
        String home = "/srv/aegir/sites/" + A;
        lab.exec(
                "sh",
                "-c",
                "mkdir -p /srv/other && echo keep >/srv/other/file && mount --bind /srv/other " + home + "/files");
        TaskInfo mounted = lab.run(PhpLab.PHP.remove(lab.request(pool, OLD)));
        assertThat(mounted.toString()).contains("is mounted in the site's directory");
        assertThat(lab.machine().file("/srv/other/file")).isEqualTo("keep\n");
        lab.exec("umount", home + "/files");

        lab.machine().execWithInput(B + "\n", "tee", home + "/.aegir").orThrow();
        TaskInfo foreign = lab.run(PhpLab.PHP.remove(lab.request(pool, OLD)));
        assertThat(foreign.toString()).contains("does not bear the mark of site " + A);
        assertThat(lab.holds("test -d " + home + "/files")).isTrue();
        assertThat(lab.holds("getent passwd " + A.account())).isTrue();

        lab.machine().execWithInput(A + "\n", "tee", home + "/.aegir").orThrow();
        lab.run(PhpLab.PHP.remove(lab.request(pool, OLD))).orThrow();
        assertThat(lab.holds("test -e " + home)).isFalse();
        assertThat(lab.machine().file("/srv/other/file")).isEqualTo("keep\n");
    }

    @Test
    void theLastSiteMayGo() throws Exception {
        Pool pool = PhpLab.pool(A, "a");
        lab.publish(pool, "a.example.net");
        lab.run(PhpLab.PHP.stop(lab.request(pool, OLD))).orThrow();
        assertThat(lab.holds("systemctl -q is-active php8.2-fpm")).isTrue();
        assertThat(lab.holds("test -d /srv/aegir/sites/" + A + "/files && getent passwd " + A.account()))
                .isTrue();
        lab.publish(pool, "a.example.net");
        assertThat(lab.get("a.example.net", "/").body()).isEqualTo("site a on 8.2");
    }

    @Test
    void aVersionThatIsNotThere() throws Exception {
        TaskInfo refused = lab.prepare(OLD.with("version", "7.4"));
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.toString()).contains("apt-get install php7.4-fpm");
    }

    @Test
    void preparingCanBeTakenBack() throws Exception {
        Fingerprint before = lab.machine().fingerprint("/etc", "/srv");
        List<Step> steps = new ArrayList<>(lab.preparing(NEW));
        steps.add(RunCommand.of("fail", lab.server().name(), Command.of("/bin/false")));
        assertThat(lab.run(steps).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(lab.machine()
                        .fingerprint("/etc", "/srv")
                        .without(PhpServingIT::isTurned)
                        .differencesFrom(before.without(PhpServingIT::isTurned)))
                .isEmpty();
        assertThat(lab.holds("systemctl -q is-active php8.4-fpm || systemctl -q is-enabled php8.4-fpm"))
                .isFalse();
        lab.prepare(NEW).orThrow();
        assertThat(lab.preview(lab.preparing(NEW))).isEmpty();
        // Somebody stops it: preparing starts it again, with what is there.
        lab.exec("systemctl", "disable", "--now", "php8.4-fpm");
        lab.prepare(NEW).orThrow();
        assertThat(lab.holds("systemctl -q is-active php8.4-fpm && systemctl -q is-enabled php8.4-fpm"))
                .isTrue();
    }

    @Test
    void phpFpmIsConfined() throws Exception {
        String level = lab.exec("systemd-analyze", "security", "--no-pager", "php8.2-fpm.service");
        double exposure = Double.parseDouble(
                level.replaceFirst("(?s).*exposure level for php8.2-fpm.service: ([0-9.]+).*", "$1"));
        assertThat(exposure).isLessThan(3.5);
        Pool pool = PhpLab.pool(A, "a", "/bin/true");
        lab.publish(pool, "a.example.net");
        String cron = lab.exec("systemd-analyze", "security", "--no-pager", unit() + ".service");
        assertThat(Double.parseDouble(cron.replaceFirst("(?s).*exposure level for [^ ]*: ([0-9.]+).*", "$1")))
                .isLessThan(2.5);
    }

    @Test
    void programsThatChangeTheirAccount() throws Exception {
        lab.exec("install", "-m", "4755", "/usr/bin/id", "/usr/local/bin/root-id");
        lab.code("mail.php", "<?php echo shell_exec('/usr/local/bin/root-id -u');");
        String ran = "/srv/aegir/sites/" + A + "/files/ran";
        Pool pool = PhpLab.pool(A, "a", "/bin/sh", "-c", "/usr/local/bin/root-id -u >" + ran);
        for (Service service : List.of(OLD, OLD.with("set-id-programs", "true"), OLD)) {
            boolean may = service.settings().text("set-id-programs").isPresent();
            lab.prepare(service).orThrow();
            lab.publish(pool, "a.example.net", service);
            lab.run(PhpLab.PHP.runCron(lab.request(pool, service))).orThrow();
            assertThat(lab.get("a.example.net", "/mail.php").body().strip().equals("0"))
                    .isEqualTo(may);
            assertThat(lab.machine().file(ran).strip().equals("0")).isEqualTo(may);
        }
    }

    /** Debian's unit turns this link to whichever version was started last. */
    private static boolean isTurned(String path) {
        return path.equals("/etc/alternatives/php-fpm.sock");
    }

    private static String unit() {
        return "aegir-php8.2-" + A;
    }

    /** But for the copies that tools for accounts make of what they change, and what is logged. */
    private static Fingerprint fingerprint() {
        return lab.machine()
                .fingerprint("/etc", "/srv", "/home", "/root", "/var/spool", "/run/aegir-php8.2")
                .without(path -> path.matches("/etc/(passwd|group|shadow|gshadow|subuid|subgid)-|/root/\\.aegir.*"));
    }
}
