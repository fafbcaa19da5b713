// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabServer;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promise 11, with what can go wrong while a real WordPress moves made to go wrong: whatever it was, the task says what is true,
 * and the site is where it was, with every row and every file, and answers.
 */
@Tag("lab")
@Timeout(900)
class MigrationFaultsIT {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationFaultsIT.class);
    private static final String NAME = MoveLab.NAME;
    private static MoveLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new MoveLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    /**
     * All that a failed move must not have changed.
     *
     * @param here the source's files, those of the site among them
     * @param there the target's files
     * @param rows what the source's database server has, row by row
     * @param databases whose databases and accounts the target's has
     */
    private record Before(Fingerprint here, Fingerprint there, String rows, List<String> databases) {
        static Before of(Site site) {
            return new Before(files(lab.web1), files(lab.web2), rows(site), MoveLab.databases(lab.web2));
        }

        private static Fingerprint files(LabServer server) {
            // What is in memory only, and its address, is made anew with a server that is started anew.
            return MoveLab.files(server).without(path -> path.startsWith("/run/") || path.equals("/etc/hosts"));
        }

        private static String rows(Site site) {
            // Whoever asks WordPress for a page makes it note when it last looked after something.
            return String.join("\n", MoveLab.databases(lab.web1))
                    + lab.web1
                            .exec(
                                    "sh",
                                    "-c",
                                    "mariadb-dump --skip-dump-date --skip-extended-insert "
                                            + site.id().account()
                                            + " | grep -a -v -e _transient_ -e \",'cron',\" -e AUTO_INCREMENT")
                            .orThrow()
                            .stdout();
        }

        void isStillSo(String what, Aegir aegir, Site site) throws Exception {
            assertThat(aegir.inventory().site(NAME)).as(what).contains(site);
            assertThat(new Browser(lab.web1.http(), NAME).get("/")).as(what).returns(200, Page::status);
            assertThat(files(lab.web1).differencesFrom(here)).as(what).isEmpty();
            assertThat(files(lab.web2).differencesFrom(there)).as(what).isEmpty();
            assertThat(rows(site)).as(what).isEqualTo(rows);
            assertThat(MoveLab.databases(lab.web2)).as(what).isEqualTo(databases);
        }
    }

    /** A program of this name that does something else, until it is taken away. */
    private static void instead(LabServer server, String program, String script) {
        server.execWithInput(
                        "#!/bin/bash\nreal=/usr/bin/" + program + "\n" + script + "\n",
                        "sh",
                        "-c",
                        "cat >\"$1\" && chmod 755 \"$1\"",
                        "sh",
                        "/usr/local/bin/" + program)
                .orThrow();
    }

    private static void asItWas(LabServer server, String program) {
        server.exec("rm", "-f", "/usr/local/bin/" + program).orThrow();
    }

    @Test
    void whateverGoesWrongWithTheDatabaseTheSourceStaysAsItWas() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            Site site = aegir.inventory().site(NAME).orElseThrow();
            Browser visitor = new Browser(lab.web1.http(), NAME);
            visitor.get("/"); // Whoever is the first makes WordPress write a page of navigation.
            Before before = Before.of(site);
            Site elsewhere = site.http("web2/http").runtime("web2/runtime").database("web2/db");
            Map<String, String> faults = new TreeMap<>(Map.of(
                    "the dump ends early, and says that all is well",
                    "$real \"$@\" | head -c 100000; exit 0",
                    "the dump lacks a row, and says that all is well",
                    "$real \"$@\" | grep -a -v 'A moving story'; exit 0",
                    "the dump is killed in the middle",
                    "$real \"$@\" | head -c 100000; kill -KILL $$"));
            for (Map.Entry<String, String> fault : faults.entrySet()) {
                instead(lab.web1, "mariadb-dump", fault.getValue());
                TaskInfo failed;
                try {
                    failed = aegir.run(new MigrateSite(elsewhere));
                } finally {
                    asItWas(lab.web1, "mariadb-dump");
                }
                String what = fault.getKey() + ": " + failed;
                assertThat(failed.state()).as(what).isEqualTo(TaskState.ROLLED_BACK);
                assertThat(failed.cause().orElse("")).as(what).contains("dump");
                before.isStillSo(what, aegir, site);
            }
            // And it moves when nothing is wrong.
            MoveSite.move(aegir, NAME);
            assertThat(new Browser(lab.web2.http(), NAME).get("/").body()).contains("A moving story");
        }
    }

    /** The server that it is on loses its power while its files are read. */
    @Test
    void aSourceThatDiesInTheMiddleOfACopy() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            Site site = aegir.inventory().site(NAME).orElseThrow();
            new Browser(lab.web1.http(), NAME).get("/");
            lab.web1
                    .exec(
                            "runuser",
                            "-u",
                            site.id().account(),
                            "--",
                            "sh",
                            "-c",
                            "head -c 3000000 /dev/urandom >/srv/aegir/sites/" + site.id() + "/files/big")
                    .orThrow();
            Before before = Before.of(site);
            // It stops when some of a file is on its way, once.
            instead(
                    lab.web1,
                    "rsync",
                    "case $* in *--sender*) if mkdir /var/tmp/reached 2>/dev/null; then"
                            + " exec $real \"$@\" > >(head -c 1000000; exec sleep 600); fi ;; esac; exec $real \"$@\"");
            CompletableFuture<Void> death = CompletableFuture.runAsync(() -> {
                lab.web1
                        .exec("timeout", "120", "sh", "-c", "until [ -d /var/tmp/reached ]; do sleep 0.1; done")
                        .orThrow();
                lab.web1.kill();
                lab.web1.start();
            });
            TaskInfo ended = aegir.run(new MigrateSite(
                    site.http("web2/http").runtime("web2/runtime").database("web2/db")));
            death.join();
            asItWas(lab.web1, "rsync");
            lab.web1.exec("rmdir", "/var/tmp/reached").orThrow();
            assertThat(ended.state()).as(ended.toString()).isIn(TaskState.SUCCEEDED, TaskState.ROLLED_BACK);
            if (ended.state() == TaskState.ROLLED_BACK) {
                before.isStillSo(ended.toString(), aegir, site);
            } else {
                // It was there again when it was asked again: nothing that it has was changed but who serves it.
                isMoved(aegir, site);
            }
        }
    }

    /** It is served by the other server, with all that it had. */
    private static void isMoved(Aegir aegir, Site site) throws Exception {
        assertThat(aegir.inventory().site(NAME).flatMap(now -> now.service(ServiceKind.HTTP)))
                .hasToString("Optional[web2/http]");
        assertThat(Before.rows(site)).contains("A moving story");
        assertThat(new Browser(lab.web2.http(), NAME).get("/").body()).contains("A moving story");
        String files = "cd /srv/aegir/sites/" + site.id() + "/files && find . -type f -exec sha256sum {} + | sort";
        assertThat(lab.web2.exec("sh", "-c", files).orThrow().stdout())
                .isEqualTo(lab.web1.exec("sh", "-c", files).orThrow().stdout());
    }

    /**
     * A network that is cut for a minute when files are copied, and for another when the database is loaded. Nobody is told of it:
     * what was under way goes on when it is there again, or all of it is taken back.
     */
    @Test
    void aNetworkThatIsAwayForAMinute() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            Site site = aegir.inventory().site(NAME).orElseThrow();
            new Browser(lab.web1.http(), NAME).get("/");
            Before before = Before.of(site);
            List<String> moments = new CopyOnWriteArrayList<>(List.of("rsync: copy", "mariadb: load"));
            TaskInfo ended = aegir.submit(new MigrateSite(
                            site.http("web2/http").runtime("web2/runtime").database("web2/db")))
                    .follow(event -> {
                        if (event.kind() == TaskEvent.Kind.STEP_STARTED && moments.removeIf(event.step()::contains)) {
                            lab.web2.pause();
                            LockSupport.parkNanos(Duration.ofSeconds(60).toNanos());
                            lab.web2.unpause();
                        }
                    });
            LOG.info("a network that was away for a minute: {}", ended.state());
            assertThat(ended.state()).as(ended.toString()).isIn(TaskState.SUCCEEDED, TaskState.ROLLED_BACK);
            if (ended.state() == TaskState.ROLLED_BACK) {
                before.isStillSo(ended.toString(), aegir, site);
                return;
            }
            assertThat(moments).isEmpty();
            isMoved(aegir, site);
            assertThat(Before.rows(site)).isEqualTo(before.rows());
        }
    }
}
