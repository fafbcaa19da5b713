// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.internal.host.LocalBackend;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.task.BackupSite;
import dev.aegir.task.CloneSite;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.StepInfo;
import dev.aegir.task.StepState;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.VerifyServer;
import dev.aegir.task.VerifySite;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the system that this one comes from could do to a site, and this one cannot. Each test bears the number of the mistake:
 * here against the planner and the runner; {@code g8_} and {@code g9_} also where dumps are filtered and trees copied, and
 * {@code g22_} also against real database servers.
 */
class OriginalMistakesTest {
    private static final Site SITE = Hosting.SITE;
    private static final String NAME = Hosting.NAME;
    private static final String OTHER = "other.example.net";
    private static final String USER = SITE.id().account();

    private final Hosting hosting = new Hosting();
    private final Machines machines = hosting.machines;
    private final Bench bench = hosting.bench;

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        hosting.begin();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void done(Task task) throws InterruptedException {
        bench.run(task).orThrow();
    }

    /** It ends in the state that it must end in. */
    private TaskInfo ends(TaskState state, Task task) throws InterruptedException {
        TaskInfo ended = bench.endedInTime(bench.submit(task));
        assertThat(ended.state()).as(ended.toString()).isEqualTo(state);
        return ended;
    }

    private Site now() {
        return bench.aegir.inventory().site(NAME).orElseThrow();
    }

    private Id backedUp() throws InterruptedException {
        return Id.of(bench.run(BackupSite.of(NAME)).orThrow().results().get("backup.id"));
    }

    private List<String> known() {
        return bench.aegir.inventory().sites().stream().map(Site::toString).toList();
    }

    /** On which servers which databases were dropped. */
    private List<String> dropped() {
        return machines.asked.stream()
                .filter(asked -> asked.contains("db: drop"))
                .map(asked -> asked.replaceAll("^(\\w+): .*db: drop (\\w+) .*$", "$1 $2"))
                .collect(Collectors.toList());
    }

    private static List<String> notTakenBack(TaskInfo task) {
        return task.steps().stream()
                .filter(step -> step.state() != StepState.UNDONE && step.state() != StepState.PENDING)
                .map(StepInfo::name)
                .toList();
    }

    /** Also where former and present site share all directories: what is dropped is fixed by what was there before. */
    @Test
    void g1_afterAMoveTheDatabaseInUseIsNeverDropped() throws InterruptedException {
        done(new UpgradeSite(NAME, "shop-2"));
        Site present = now();
        assertThat(present.services()).isEqualTo(SITE.services());
        assertThat(present.settings().text("db.name")).contains(USER + "_2");
        assertThat(dropped()).as("a move drops nothing").isEmpty();
        // Whoever describes the site anew, with whatever names, does not change what was before.
        done(new UpdateSite(present.redirect("/old", "/")));
        done(new RetireMigration(NAME).now());
        assertThat(dropped()).containsExactly("web1 " + USER);
        assertThat(now().settings().text("db.name")).contains(USER + "_2");
        assertThatThrownBy(() -> bench.submit(new RetireMigration(NAME))).isInstanceOf(RefusedException.class);
        assertThat(dropped()).hasSize(1);
    }

    @Test
    void g2_aRestoreDropsTheFormerDatabaseOnceAndOnlyWhenTheNewOneIsInUse() throws InterruptedException {
        Id backup = backedUp();
        machines.asked.clear();
        machines.broken = "shop: verify";
        ends(TaskState.ROLLED_BACK, RestoreSite.of(NAME, backup));
        assertThat(dropped()).doesNotContain("web1 " + USER);
        assertThat(now()).isEqualTo(SITE);
        machines.broken = "";
        machines.asked.clear();
        done(RestoreSite.of(NAME, backup));
        assertThat(dropped()).containsExactly("web1 " + USER);
        List<String> asked = machines.asked;
        int verified = indexOfLast(asked, "shop: verify");
        assertThat(indexOfLast(asked, "db: drop")).isGreaterThan(verified);
        assertThat(now().settings().text("db.name")).contains(USER + "_2");
    }

    private static int indexOfLast(List<String> asked, String part) {
        return asked.stream().map(line -> line.contains(part)).toList().lastIndexOf(true);
    }

    /** A database is that of a server, whatever it is called: with the same name on both, only the former one goes. */
    @Test
    void g3_anotherDatabaseServerAloneDropsTheFormerDatabaseThere() throws InterruptedException {
        done(new MigrateSite(SITE.database("web2/db")));
        assertThat(now().service(ServiceKind.HTTP)).hasToString("Optional[web1/http]");
        assertThat(now().service(ServiceKind.DB)).hasToString("Optional[web2/db]");
        assertThat(dropped()).isEmpty();
        done(new RetireMigration(NAME).now());
        assertThat(dropped()).containsExactly("web1 " + USER);
        assertThat(now().service(ServiceKind.DB)).hasToString("Optional[web2/db]");
    }

    @Test
    void g4_whatGoesWrongAfterTheSwitchTakesNothingBack() throws InterruptedException {
        Id backup = backedUp();
        RestoreSite restore = RestoreSite.of(NAME, backup);
        machines.broken = "db: drop " + USER + " from []";
        TaskInfo ended = ends(TaskState.NEEDS_ATTENTION, restore);
        assertThat(ended.steps()).extracting(StepInfo::state).doesNotContain(StepState.UNDONE, StepState.UNDOING);
        assertThat(ended.cause().orElse("")).contains("drop");
        assertThat(now().settings().text("db.name")).contains(USER + "_2");
        assertThat(bench.aegir.inventory().backupsOf(SITE.id()))
                .extracting(Backup::id)
                .contains(backup, restore.safety());
        // One site, in one place.
        assertThat(known()).hasSize(1);
    }

    @Test
    void g5_aTaskThatFailsKeepsTheSafetyBackupItMade() throws InterruptedException {
        Id backup = backedUp();
        RestoreSite restore = RestoreSite.of(NAME, backup);
        machines.broken = "shop: verify";
        ends(TaskState.ROLLED_BACK, restore);
        assertThat(bench.aegir.inventory().backup(restore.safety()).orElseThrow())
                .returns(Backup.Reason.SAFETY, Backup::reason)
                .returns(SITE.id(), Backup::owner);
        DeleteSite delete = new DeleteSite(NAME);
        machines.broken = "shop: remove";
        ends(TaskState.NEEDS_ATTENTION, delete);
        assertThat(bench.aegir.inventory().backupsOf(SITE.id()))
                .extracting(Backup::id)
                .contains(backup, restore.safety(), delete.safety());
    }

    @Test
    void g6_afterAFailedRestoreTheSiteIsEnabledAsTheInventorySays() throws InterruptedException {
        Id backup = backedUp();
        machines.broken = "shop: verify";
        TaskInfo ended = ends(TaskState.ROLLED_BACK, RestoreSite.of(NAME, backup));
        assertThat(now().state()).isEqualTo(SiteState.ENABLED);
        List<String> stayed = notTakenBack(ended);
        assertThat(stayed).noneMatch(step -> step.contains("frozen") || step.startsWith("publish"));
        assertThat(ended.steps()).extracting(StepInfo::name).anyMatch(step -> step.startsWith("publish " + NAME));
        machines.broken = "";
        done(new VerifySite(NAME));
        assertThat(now()).isEqualTo(SITE);
    }

    @Test
    void g7_whatIsRemovedIsNamedFromTheRootOn() {
        for (String relative : List.of("a/b", "sites/x", "./a", "../a", "")) {
            assertThatThrownBy(() -> HostPath.of(relative)).isInstanceOf(InvalidValueException.class);
        }
        for (String climbing : List.of("/srv/../etc", "/srv/./a/..", "/srv//a/../../b")) {
            assertThatThrownBy(() -> HostPath.of(climbing)).isInstanceOf(InvalidValueException.class);
        }
        HostPath absolute = HostPath.of("/srv/aegir/sites/x");
        assertThat(absolute).hasToString("/srv/aegir/sites/x");
        assertThatThrownBy(() -> absolute.resolve("../y")).isInstanceOf(InvalidValueException.class);
    }

    /** A program that has much to complain about before it says anything does not stand still. */
    @Test
    void g8_whateverOutputComesFirstNobodyWaitsForTheOther() throws Exception {
        String complain = "i=0; while [ $i -lt 3000 ]; do echo 'a complaint, which is longer than it need be' >&2;"
                + " i=$((i + 1)); done; echo said; echo last >&2";
        try (Host host = new LocalBackend().connect(Server.at("here", "local:"), new Bench.MemorySecrets())) {
            CommandResult result = host.run(Command.of("sh", "-c", complain)).orThrow();
            assertThat(result.stdout()).isEqualTo("said\n");
            assertThat(result.stderr()).endsWith("last\n");
        }
    }

    @Test
    void g9_aPathIsNeverMadeOfNothing() {
        assertThatThrownBy(() ->
                        new Tree(SITE.id(), NAME, Name.of("web1"), HostPath.of(""), List.of("files"), Optional.empty()))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> HostPath.of("/srv").child("")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Name.of("")).isInstanceOf(InvalidValueException.class);
    }

    /** What a failed move may have left on a server becomes no site by being looked at. */
    @Test
    void g22_whatIsFoundOnAServerIsNeverTakenForASite() throws InterruptedException {
        done(new InstallSite(
                Site.of(OTHER, "shop").http("web1/http").runtime("web1/php").database("web1/db")));
        Id backup = backedUp();
        List<String> known = known();
        Site elsewhere = SITE.http("web2/http").runtime("web2/php").database("web2/db");
        machines.broken = "shop: verify";
        ends(TaskState.ROLLED_BACK, new MigrateSite(elsewhere));
        machines.broken = "";
        assertThat(known()).isEqualTo(known);
        machines.facts =
                "addresses=192.0.2.7\nsite.0=" + NAME + " " + SITE.id() + " /srv/aegir/sites/" + SITE.id() + "\n";
        done(new VerifyServer("web2"));
        assertThat(known()).isEqualTo(known);
        // Nor does anybody make one of the same name, or with the same identity, beside it.
        assertThatThrownBy(() -> bench.submit(new InstallSite(elsewhere.identified(Id.next()))))
                .isInstanceOf(RefusedException.class);
        Site ghost = elsewhere.named("ghost.example.net");
        for (Task task : List.of(new InstallSite(ghost), new RestoreCopy(backup, ghost), new CloneSite(OTHER, ghost))) {
            assertThatThrownBy(() -> bench.submit(task))
                    .as(task.title())
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("already");
        }
        assertThat(known()).isEqualTo(known);
        assertThat(dropped()).doesNotContain("web1 " + USER);
    }
}
