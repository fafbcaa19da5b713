// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.host.Secret;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Site;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Planner;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RunCommand;
import dev.aegir.task.RunSteps;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifyServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong on a real server: the outcome is typed and true, and nothing is left half done. */
@Tag("lab")
class FaultsIT {
    private static final String[] WATCHED = {"/etc", "/srv", "/usr/share/nginx"};
    private static final SecretRef KEY = SecretRef.of("ssh/lab");
    private static final Site SITE = Site.of("docs.example.net", "handbook").http("web1/http");

    @TempDir
    private Path home;

    private Lab lab;
    private LabServer web;
    private Aegir aegir;

    @BeforeEach
    void prepare() throws Exception {
        lab = Lab.open();
        web = lab.server("faults");
        web.reset();
        LabServer git = lab.server("git");
        String repository = LabGit.handbook(git, "/srv/git/handbook.git").daemonUrl();
        aegir = open();
        aegir.secrets().keep(KEY, Secret.of(Files.readString(lab.privateKey())));
        aegir.run(new EnrolServer(server(web.address()))).orThrow();
        aegir.run(new PrepareServer("web1")).orThrow();
        aegir.run(new CreateCodebase(Codebase.of("handbook", CodeSource.git(repository, "v1"))
                        .webRoot("public")
                        .on("web1")))
                .orThrow();
    }

    private Aegir open(PlanExtension... extensions) {
        Aegir.Builder builder = Aegir.builder().home(home);
        List.of(extensions).forEach(builder::extension);
        return builder.open();
    }

    private Server server(URI address) {
        return Server.at("web1", address).hostKey(web.hostKey()).credential(KEY).offering(Service.http("nginx"));
    }

    @AfterEach
    void close() {
        aegir.close();
        lab.close();
    }

    @Test
    void aFullDiskIsSaidAndNothingIsHalfDone() throws Exception {
        web.exec(
                        "sh",
                        "-c",
                        "mkdir -p /etc/nginx/aegir/sites && mount -t tmpfs -o size=64k tmpfs /etc/nginx/aegir/sites")
                .orThrow();
        try {
            web.exec("sh", "-c", "head -c 1M /dev/zero > /etc/nginx/aegir/sites/fill; true")
                    .orThrow();
            Fingerprint before = web.fingerprint(WATCHED);
            TaskInfo task = aegir.run(new InstallSite(SITE));
            assertThat(task.state()).as("%s", task).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(task.cause().orElseThrow()).contains("No space left on device");
            assertThat(web.fingerprint(WATCHED)).isEqualTo(before);
            assertThat(aegir.inventory().sites()).isEmpty();
        } finally {
            web.exec("umount", "/etc/nginx/aegir/sites").orThrow();
        }
        aegir.run(new InstallSite(SITE)).orThrow();
    }

    @Test
    void aReadOnlyFileSystemIsSaidAndNothingIsHalfDone() throws Exception {
        aegir.run(new InstallSite(SITE)).orThrow();
        web.exec(
                        "sh",
                        "-c",
                        "mount --bind /etc/nginx/aegir /etc/nginx/aegir"
                                + " && mount -o remount,ro,bind /etc/nginx/aegir")
                .orThrow();
        try {
            TaskInfo task = aegir.run(new UpdateSite(SITE.aliases("manual.example.net")));
            assertThat(task.state()).as("%s", task).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(task.cause().orElseThrow()).contains("Read-only file system");
        } finally {
            web.exec("umount", "/etc/nginx/aegir").orThrow();
        }
        assertThat(Http.get(web.http(), "docs.example.net", "/").status()).isEqualTo(200);
        assertThat(Http.get(web.http(), "manual.example.net", "/").status()).isNotEqualTo(200);
    }

    @Test
    void aReloadThatFailsIsTakenBack() throws Exception {
        Fingerprint before = web.fingerprint(WATCHED);
        web.exec("systemctl", "stop", "nginx").orThrow();
        TaskInfo task = aegir.run(new InstallSite(SITE));
        web.exec("systemctl", "start", "nginx").orThrow();
        assertThat(task.state()).as("%s", task).isIn(TaskState.ROLLED_BACK, TaskState.NEEDS_ATTENTION);
        assertThat(task.cause().orElseThrow()).contains("nginx");
        assertThat(web.fingerprint(WATCHED)).isEqualTo(before);
    }

    @Test
    void anUnreachableServerNeedsNothingTakenBack() throws Exception {
        aegir.close();
        web.kill();
        aegir = open();
        TaskInfo task = aegir.run(new InstallSite(SITE));
        web.start();
        assertThat(task.state()).as("%s", task).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(task.cause().orElseThrow()).contains("web1").contains("cannot be reached");
        aegir.run(new InstallSite(SITE)).orThrow();
    }

    @Test
    void anotherHostKeyIsRefusedBeforeAnything() throws Exception {
        String other = "SHA256:" + "A".repeat(43);
        TaskInfo task = aegir.run(
                new EnrolServer(Server.at("web2", web.address()).hostKey(other).credential(KEY)));
        assertThat(task.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(task.cause().orElseThrow()).contains(web.hostKey()).contains("Nothing was sent");
        assertThat(aegir.inventory().server("web2")).isEmpty();
        TaskInfo without =
                aegir.run(new EnrolServer(Server.at("web3", web.address()).credential(KEY)));
        assertThat(without.cause().orElseThrow()).contains("no pinned host key");
    }

    @Test
    void aNeighboursSyntaxErrorIsNamed() throws Exception {
        web.execWithInput("nonsense {\n", "tee", "/etc/nginx/conf.d/by-hand.conf")
                .orThrow();
        Fingerprint before = web.fingerprint(WATCHED);
        TaskInfo task = aegir.run(new InstallSite(SITE));
        assertThat(task.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(task.cause().orElseThrow()).contains("/etc/nginx/conf.d/by-hand.conf");
        assertThat(web.fingerprint(WATCHED)).isEqualTo(before);
    }

    @Test
    void verifyingAServerRepublishesAllItsSitesAsOneChange() throws Exception {
        for (int i = 0; i < 20; i++) {
            aegir.run(new InstallSite(
                            Site.of("site" + i + ".example.net", "handbook").http("web1/http")))
                    .orThrow();
        }
        assertThat(aegir.preview(new VerifyServer("web1")).isEmpty()).isTrue();
        web.exec("sh", "-c", "for f in /etc/nginx/aegir/sites/*.conf; do echo '# by hand' >> \"$f\"; done")
                .orThrow();
        TaskInfo task = aegir.run(new VerifyServer("web1")).orThrow();
        assertThat(task.steps()).hasSize(3);
        assertThat(web.exec("sh", "-c", "cat /etc/nginx/aegir/sites/*.conf").stdout())
                .doesNotContain("# by hand");
        assertThat(aegir.task(task.id()).orElseThrow().events(0).toString())
                .contains("had been changed by somebody else")
                .contains("-# by hand");
    }

    @Test
    void anApprovedPlanRefusesWhenTheWorldHasChanged() throws Exception {
        InstallSite install = new InstallSite(SITE);
        String approved = aegir.preview(install).hash();
        web.exec("mkdir", "-p", "/etc/nginx/aegir/sites").orThrow();
        web.execWithInput("# by hand\n", "tee", "/etc/nginx/aegir/sites/" + SITE.id() + ".conf")
                .orThrow();
        TaskInfo task = aegir.submit(Submission.of(install).approved(approved)).follow(event -> {});
        assertThat(task.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(task.cause().orElseThrow()).contains("not what was approved");
    }

    @Test
    void aCodebaseInUseStays() throws Exception {
        aegir.run(new InstallSite(SITE)).orThrow();
        Assertions.assertThatThrownBy(() -> aegir.submit(new DeleteCodebase("handbook")))
                .hasMessageContaining("docs.example.net");
        aegir.run(new DeleteSite("docs.example.net")).orThrow();
        aegir.run(new DeleteCodebase("handbook")).orThrow();
        assertThat(web.exec("sh", "-c", "ls -A /srv/aegir/code").stdout()).isEmpty();
    }

    @Test
    void anythingCanBePartOfAPlan() throws Exception {
        RunCommand mark = RunCommand.script(
                        "mark the server", Name.of("web1"), "echo \"$1\" > /srv/marked", "two words")
                .unless(Command.of("test", "-e", "/srv/marked"))
                .undoneBy(Command.of("rm", "-f", "/srv/marked"));
        aegir.run(RunSteps.of("mark", List.of(Lock.exclusive("server", "web1")), mark))
                .orThrow();
        assertThat(web.file("/srv/marked")).isEqualTo("two words\n");
        TaskInfo failed = aegir.run(RunSteps.of(
                "mark and fail",
                List.of(),
                RunCommand.script("mark again", Name.of("web1"), "touch /srv/again")
                        .undoneBy(Command.of("rm", "-f", "/srv/again")),
                RunCommand.of("fail", Name.of("web1"), Command.of("false").in(HostPath.of("/srv")))));
        assertThat(failed.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(web.exists("/srv/again")).isFalse();

        aegir.close();
        aegir = open(new Warming());
        TaskInfo installed = aegir.run(new InstallSite(SITE)).orThrow();
        assertThat(installed.steps().stream().map(step -> step.name()))
                .containsSubsequence(
                        "nginx: publish docs.example.net on web1",
                        "warm docs.example.net",
                        "inventory: save site docs.example.net");
        assertThat(web.file("/srv/warmed")).isEqualTo("docs.example.net\n");
    }

    /** Adds a step of its own after a built-in one. */
    private static final class Warming implements PlanExtension {
        @Override
        public Plan extend(Task task, Plan plan, Planner planner) {
            if (task instanceof InstallSite install) {
                String name = install.site().name().value();
                return plan.after(
                        "nginx: publish " + name + " on web1",
                        RunCommand.script("warm " + name, Name.of("web1"), "echo \"$1\" > /srv/warmed", name));
            }
            return plan;
        }
    }
}
