// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CloneSite;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.InstallSite;
import dev.aegir.task.RunCron;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.UpdateSite;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Code that calls out wherever it runs is heard from a live site, and never from a drilled one or one without a network. */
@Tag("lab")
@Timeout(600)
class NoNetworkIT {
    private static final String NAME = "caller.example.net";
    private static final String COPY = "quiet.example.net";
    private static final String CODE = "/srv/calling/wordpress";
    private static WordPressLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new WordPressLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    private static String php(String name) throws Exception {
        try (InputStream in = NoNetworkIT.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Somebody who hears whatever comes to any address of the server, by TCP and by UDP. */
    private static void listen() throws Exception {
        lab.web1.execWithInput(php("hears.php"), "tee", "/tmp/hears.php").orThrow();
        lab.web1
                .exec(
                        "sh",
                        "-ec",
                        "touch /tmp/heard; systemd-run -q --unit=hears php8.2 /tmp/hears.php;"
                                + " for i in $(seq 1200); do [ ! -e /tmp/hears.ready ] || exit 0; sleep 0.05; done; exit 1")
                .orThrow();
    }

    /** Waits until this was heard, which it is a moment after it was said. */
    private static void hears(String... lines) {
        for (String line : lines) {
            lab.web1
                    .exec(
                            "timeout",
                            "60",
                            "sh",
                            "-c",
                            "until grep -qxF -e \"$1\" /tmp/heard; do sleep 0.05; done",
                            "sh",
                            line)
                    .orThrow();
        }
    }

    /** All that was heard of a site until now. */
    private static List<String> heard(String site) {
        // What comes last is heard last.
        String mark = "mark " + Id.next();
        lab.web1
                .exec(
                        "bash",
                        "-ec",
                        "for to in tcp/127.0.0.1/9999 tcp/127.0.0.1/2525 udp/127.0.0.1/9999; do echo \"$1 $to\" >/dev/$to; done",
                        "bash",
                        mark)
                .orThrow();
        hears(mark + " tcp/127.0.0.1/9999", mark + " tcp/127.0.0.1/2525", mark + " udp/127.0.0.1/9999");
        return lab.web1
                .file("/tmp/heard")
                .lines()
                .filter(line -> line.contains(site))
                .distinct()
                .sorted()
                .toList();
    }

    private static Aegir ready(Path home) throws Exception {
        Aegir aegir = lab.fresh(home);
        lab.web1
                .exec(
                        "sh",
                        "-ec",
                        "mkdir -p /srv/calling && mkdir -p -m 0755 /srv/aegir/staging && cp -a /opt/applications/wordpress-6.8 "
                                + CODE + " && mkdir -p " + CODE + "/wp-content/mu-plugins")
                .orThrow();
        String address = lab.web1
                .exec("sh", "-c", "hostname -I | cut -d ' ' -f 1")
                .stdout()
                .strip();
        lab.web1
                .execWithInput(
                        php("calls.php").replace("{{address}}", address),
                        "tee",
                        CODE + "/wp-content/mu-plugins/calls.php")
                .orThrow();
        listen();
        WordPressLab.codebase(aegir, "calling", CODE);
        return aegir;
    }

    /** Whose cron, which would call and write about it at any moment, is run by nobody. */
    private static Site calling() {
        return WordPressLab.site(NAME, "calling", "php84").with("cron", "off");
    }

    @Test
    void aDrilledSiteReachesNobody() throws Exception {
        try (Aegir aegir = ready(home)) {
            aegir.run(new InstallSite(calling().backup("web1/backup"))).orThrow();
            lab.browser(NAME).get("/");
            // The same code is heard where it may be: from its pages and from its commands, in every way that it tries.
            assertThat(heard(NAME))
                    .contains(
                            "tcp " + NAME + " cli",
                            "tcp " + NAME + " fpm-fcgi",
                            "udp " + NAME + " cli",
                            "udp " + NAME + " fpm-fcgi",
                            "smtp " + NAME + " fpm-fcgi",
                            "loopback " + NAME + " cli",
                            "bus " + NAME + " cli");
            Id backup = Id.of(aegir.run(BackupSite.of(NAME)).orThrow().result("backup.id"));
            WordPressLab.World before = lab.world();
            TaskInfo drilled = aegir.run(new DrillBackup(backup)).orThrow();
            assertThat(drilled.results()).containsEntry("drill.network", "none");
            assertThat(heard(".invalid")).isEmpty();
            assertThat(lab.world().differencesFrom(before)).isEmpty();
            assertThat(lab.web1
                            .exec(
                                    "sh",
                                    "-c",
                                    "systemctl list-units --all --plain --no-legend 'aegir-*offline*'; ls -A /run/aegir-php8.4 | grep offline")
                            .stdout())
                    .isBlank();
        }
    }

    @Test
    void aCopyReachesNobodyWhenThatIsSaid() throws Exception {
        try (Aegir aegir = ready(home)) {
            aegir.run(new InstallSite(calling())).orThrow();
            WordPressLab.World before = lab.world();
            Site copy = WordPressLab.site(COPY, "calling", "php84")
                    .environment(Environment.STAGING)
                    .with("pool.egress", "off")
                    .with("cron", "on");
            aegir.run(new CloneSite(NAME, copy)).orThrow();
            assertThat(lab.browser(COPY).get("/").body()).contains("http://" + COPY);
            aegir.run(new RunCron(COPY)).orThrow();
            assertThat(heard(COPY)).isEmpty();
            // It could not so much as try: what it says itself of how that went.
            String said = lab.web1.file("/srv/aegir/sites/" + copy.id() + "/files/said.txt");
            assertThat(said.lines().filter(line -> line.startsWith(COPY)).distinct())
                    .containsExactlyInAnyOrder(COPY + " cli: nothing reached", COPY + " fpm-fcgi: nothing reached");
            // It can have its network back, and lose it again.
            Site now = aegir.inventory().site(COPY).orElseThrow();
            aegir.run(new UpdateSite(now.with("pool.egress", "on"))).orThrow();
            lab.browser(COPY).get("/");
            assertThat(heard(COPY)).contains("tcp " + COPY + " fpm-fcgi");
            aegir.run(new UpdateSite(now)).orThrow();
            aegir.run(new DeleteSite(COPY)).orThrow();
            assertThat(lab.world().differencesFrom(before)).isEmpty();
        }
    }
}
