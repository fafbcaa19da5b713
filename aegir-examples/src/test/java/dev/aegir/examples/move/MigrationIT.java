// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.FailsForGood;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabServer;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.StepInfo;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real WordPress moves between two servers while people write in it. */
@Tag("lab")
@ExtendWith(FailsForGood.class)
@Timeout(900)
class MigrationIT {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationIT.class);
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

    private static Set<Integer> rows(LabServer server, Site site) {
        return MoveLab.written(server, site.id().account());
    }

    /** Promise 11 and the point of it all: what was acknowledged is there, wherever it was written. */
    @Test
    void noWriteIsLost() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            Site site = aegir.inventory().site(NAME).orElseThrow();
            TaskInfo moved;
            Set<Integer> atTheEnd;
            Set<Integer> late;
            int refused;
            try (Writers writers = new Writers(lab.web1.http(), NAME, 3)) {
                writers.awaitMore(20);
                moved = MoveSite.moveOften(
                                aegir,
                                site.http("web2/http").runtime("web2/runtime").database("web2/db"))
                        .orThrow();
                // They still ask the former server, which hands them on.
                writers.awaitMore(20);
                Set<Integer> known = new TreeSet<>(writers.acknowledged());
                writers.awaitMore(20);
                writers.rest();
                atTheEnd = writers.acknowledged();
                late = new TreeSet<>(atTheEnd);
                late.removeAll(known);
                refused = writers.refused();
            }
            Set<Integer> lost = new TreeSet<>(atTheEnd);
            lost.removeAll(rows(lab.web2, site));
            Set<Integer> lostUploads = new TreeSet<>(atTheEnd);
            lostUploads.removeAll(MoveLab.uploads(lab.web2, site));
            LOG.info(
                    "acknowledged writes: {}, lost rows: {}, lost uploads: {}, refused meanwhile: {}, closed for {} ms; {}",
                    atTheEnd.size(),
                    lost.size(),
                    lostUploads.size(),
                    refused,
                    moved.results().get("freeze.milliseconds"),
                    moved.results());
            assertThat(lost).as("rows that were acknowledged and are not there").isEmpty();
            assertThat(lostUploads)
                    .as("uploads that were acknowledged and are not there")
                    .isEmpty();
            assertThat(atTheEnd).hasSizeGreaterThan(40);
            // Nothing was written to the former database afterwards.
            assertThat(late).hasSizeGreaterThanOrEqualTo(20);
            assertThat(rows(lab.web1, site)).doesNotContainAnyElementsOf(late);
            assertThat(moved.results())
                    .containsEntry("passes", "4")
                    .containsEntry("seed.used", "true")
                    .containsKeys(
                            "pass-4.ranges",
                            "freeze.milliseconds",
                            "copied.files.bytes",
                            "copied.staging.bytes",
                            "dump.tables",
                            "compare.rows");
            assertThat(new Browser(lab.web2.http(), NAME).get("/"))
                    .returns(200, Page::status)
                    .extracting(Page::body)
                    .asString()
                    .contains("A moving story");
            Site now = aegir.inventory().site(NAME).orElseThrow();
            assertThat(now.id()).isEqualTo(site.id());
            assertThat(now.service(ServiceKind.HTTP).orElseThrow()).hasToString("web2/http");

            // What it has left behind is not forgotten.
            assertThatThrownBy(() -> aegir.submit(new DeleteSite(NAME)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("Retire that first");
            List<String> databases = MoveLab.databases(lab.web2);
            Fingerprint files = MoveLab.files(lab.web2);
            MoveSite.retire(aegir, NAME);
            assertThat(MoveLab.files(lab.web2).differencesFrom(files)).isEmpty();
            assertThat(MoveLab.databases(lab.web2)).isEqualTo(databases);
            assertThat(MoveLab.databases(lab.web1).toString())
                    .doesNotContain(site.id().account());
            assertThat(lab.web1.exists("/srv/aegir/sites/" + site.id())).isFalse();
            assertThat(lab.web1.exec("getent", "passwd", site.id().account()).succeeded())
                    .isFalse();
            assertThat(new Browser(lab.web2.http(), NAME).get("/")).returns(200, Page::status);

            aegir.run(new DeleteSite(NAME)).orThrow();
            assertThat(MoveLab.databases(lab.web2).toString())
                    .doesNotContain(site.id().account());
        }
    }

    /** Promise 11: a failed migration leaves the site exactly as its fingerprint was before. */
    @Test
    void whatFailsBeforeItIsOpenIsTakenBack() throws Exception {
        TestedSites tests = new TestedSites(List.of("test", "!", "-e", "/tmp/tests-fail"));
        try (Aegir aegir = lab.fresh(Aegir.builder().home(home).extension(tests).open())) {
            Site site = aegir.inventory().site(NAME).orElseThrow();
            Site elsewhere = site.http("web2/http").runtime("web2/runtime").database("web2/db");
            Browser visitor = new Browser(lab.web1.http(), NAME);
            assertThat(visitor.get("/")).returns(200, Page::status);
            Fingerprint here = MoveLab.files(lab.web1);
            Fingerprint there = MoveLab.files(lab.web2);
            List<String> databasesHere = MoveLab.databases(lab.web1);
            List<String> databasesThere = MoveLab.databases(lab.web2);

            assertThat(aegir.preview(new MigrateSite(elsewhere)).isEmpty()).isFalse();
            TaskInfo failed = aegir.run(new MigrateSite(elsewhere, List.of("false")));
            assertThat(failed.state()).as(failed.toString()).isEqualTo(TaskState.ROLLED_BACK);
            unchanged(aegir, site, visitor);
            assertThat(MoveLab.files(lab.web1).differencesFrom(here)).isEmpty();
            assertThat(MoveLab.files(lab.web2).differencesFrom(there)).isEmpty();
            assertThat(MoveLab.databases(lab.web1)).isEqualTo(databasesHere);
            assertThat(MoveLab.databases(lab.web2)).isEqualTo(databasesThere);

            // Its code says that it is whole, and has no page to show there.
            String broken = "/opt/applications/wordpress-writer/wp-content/mu-plugins/broken.php";
            lab.web2
                    .execWithInput("<?php if (PHP_SAPI !== 'cli') { http_response_code(500); exit; }", "tee", broken)
                    .orThrow();
            TaskInfo silent = MoveSite.moveOften(aegir, elsewhere);
            lab.web2.exec("rm", broken).orThrow();
            assertThat(silent.state()).as(silent.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(silent.toString()).contains(NAME + "/ is not served as it should be", " 500 ");
            unchanged(aegir, site, visitor);

            // Tests of the house that fail there, and one that never ends.
            lab.web2.exec("touch", "/tmp/tests-fail").orThrow();
            TaskInfo untested = aegir.run(new MigrateSite(elsewhere));
            lab.web2.exec("rm", "/tmp/tests-fail").orThrow();
            assertThat(untested.state()).as(untested.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(untested.cause().orElse("")).contains("tests of " + NAME);
            TaskInfo late = MoveSite.moveInTime(aegir, elsewhere, List.of("sleep", "600"));
            assertThat(late.state()).as(late.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(late.cause().orElse("")).contains("may be for 10.0 s at most");
            assertThat(lab.web2.exec("pgrep", "-xf", "sleep 600").succeeded()).isFalse();
            unchanged(aegir, site, visitor);
            assertThat(MoveLab.files(lab.web1).differencesFrom(here)).isEmpty();
            assertThat(MoveLab.files(lab.web2).differencesFrom(there)).isEmpty();
            assertThat(MoveLab.databases(lab.web1)).isEqualTo(databasesHere);
            assertThat(MoveLab.databases(lab.web2)).isEqualTo(databasesThere);

            // The target is too small, which is seen before, or turns out to be when its turn comes.
            lab.web1
                    .exec(
                            "sh",
                            "-c",
                            "runuser -u " + site.id().account() + " -- head -c 9000000 /dev/urandom >/tmp/big && "
                                    + "install -o " + site.id().account() + " -g "
                                    + site.id().account() + " /tmp/big /srv/aegir/sites/"
                                    + site.id() + "/files/big && rm /tmp/big")
                    .orThrow();
            here = MoveLab.files(lab.web1);
            lab.web2
                    .exec("mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", "/srv/aegir/sites")
                    .orThrow();
            try {
                TaskInfo small = aegir.run(new MigrateSite(elsewhere));
                assertThat(small.state()).as(small.toString()).isEqualTo(TaskState.ROLLED_BACK);
                assertThat(small.cause().orElse("")).contains("web2 has no room for " + NAME, "/srv/aegir/sites/");
                assertThat(small.steps())
                        .filteredOn(step -> step.state() != StepState.PENDING)
                        .extracting(StepInfo::name)
                        .allMatch(step -> step.startsWith("see that ")
                                || step.startsWith("mariadb: measure ")
                                || step.startsWith("there is room for "));
                aegir.run(new UpdateSite(site.with("room", "off"))).orThrow();
                TaskInfo full = aegir.run(new MigrateSite(elsewhere.with("room", "off")));
                aegir.run(new UpdateSite(site)).orThrow();
                assertThat(full.state()).as(full.toString()).isEqualTo(TaskState.ROLLED_BACK);
                assertThat(full.toString()).contains("no space left");
            } finally {
                lab.web2.exec("umount", "/srv/aegir/sites").orThrow();
            }
            unchanged(aegir, site, visitor);
            assertThat(MoveLab.files(lab.web1).differencesFrom(here)).isEmpty();
            assertThat(MoveLab.files(lab.web2).differencesFrom(there)).isEmpty();
            assertThat(MoveLab.databases(lab.web2)).isEqualTo(databasesThere);
        }
    }

    /** A target that dies while the site is closed does not keep it closed; what it has is cleared when it is back. */
    @Test
    void aTargetThatDiesDoesNotKeepItClosed() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            Site site = aegir.inventory().site(NAME).orElseThrow();
            Browser visitor = new Browser(lab.web1.http(), NAME);
            // The site's cron makes it when its turn comes.
            lab.web1
                    .exec(
                            "runuser",
                            "-u",
                            site.id().account(),
                            "--",
                            "sh",
                            "-c",
                            "mkdir -p /srv/aegir/sites/" + site.id() + "/files/$(date -u +%Y/%m)")
                    .orThrow();
            Fingerprint here = MoveLab.files(lab.web1);
            // It is started anew, and what it has in memory with it.
            Fingerprint there = MoveLab.files(lab.web2).without(path -> path.startsWith("/run/"));
            AtomicInteger open = new AtomicInteger();
            AtomicBoolean dead = new AtomicBoolean();
            Site elsewhere = site.http("web2/http").runtime("web2/runtime").database("web2/db");
            TaskInfo ended = aegir.submit(new MigrateSite(elsewhere)).follow(event -> {
                if (event.kind() == TaskEvent.Kind.STEP_STARTED
                        && event.step().contains(": load from ")
                        && !dead.getAndSet(true)) {
                    lab.web2.kill();
                } else if (event.kind() == TaskEvent.Kind.STEP_UNDONE
                        && event.step().contains("is about to be closed")) {
                    open.set(status(visitor));
                    lab.web2.start();
                }
            });
            assertThat(open).as("while the target was dead").hasValue(200);
            assertThat(ended.state()).as(ended.toString()).isEqualTo(TaskState.ROLLED_BACK);
            unchanged(aegir, site, visitor);
            assertThat(MoveLab.files(lab.web1).differencesFrom(here)).isEmpty();
            assertThat(MoveLab.files(lab.web2)
                            .without(path -> path.startsWith("/run/"))
                            .differencesFrom(there))
                    .isEmpty();
        }
    }

    private static int status(Browser visitor) {
        try {
            return visitor.get("/").status();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void unchanged(Aegir aegir, Site site, Browser visitor) throws Exception {
        assertThat(aegir.inventory().site(NAME)).contains(site);
        assertThat(visitor.get("/")).returns(200, Page::status);
    }
}
