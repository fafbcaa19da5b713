// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.VerifyCodebase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of a codebase on two real servers, by the tasks that users have. */
@Tag("lab")
@Timeout(300)
class CodebaseIT {
    private static CodeLab lab;

    @TempDir
    Path home;

    private Aegir aegir;
    private LabGit git;

    @BeforeAll
    static void open() {
        lab = new CodeLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @BeforeEach
    void fresh() throws Exception {
        git = lab.reset();
        aegir = lab.aegir(home);
        for (Server server : aegir.inventory().servers()) {
            aegir.run(new EnrolServer(server.offering(Service.of(ServiceKind.CODE, "git"))))
                    .orThrow();
            aegir.run(new PrepareServer(server.name().value())).orThrow();
        }
    }

    @AfterEach
    void done() {
        aegir.close();
    }

    private Codebase codebase(String ref) {
        return Codebase.of("handbook", CodeSource.git(git.daemonUrl(), ref))
                .webRoot("public")
                .on("web1", "web2");
    }

    private static String page(LabServer server, Codebase codebase) {
        return server.file("/srv/aegir/code/" + codebase.id() + "/tree/public/index.html");
    }

    private static List<Fingerprint> fingerprints() {
        return List.of(
                lab.web1().fingerprint("/srv", "/etc", "/home"), lab.web2().fingerprint("/srv", "/etc", "/home"));
    }

    @Test
    void createdVerifiedAndDeletedOnBothServers() throws Exception {
        List<Fingerprint> before = fingerprints();
        Codebase codebase = codebase("main");
        PlanPreview preview = aegir.preview(new CreateCodebase(codebase));
        assertThat(preview.toString()).contains(git.daemonUrl(), "web1", "web2");

        TaskInfo created = aegir.run(new CreateCodebase(codebase)).orThrow();
        String commit = git.commitId("main");
        assertThat(created.results()).containsEntry("revision", commit);
        assertThat(aegir.inventory().codebase("handbook").orElseThrow().revision())
                .contains(commit);
        assertThat(page(lab.web1(), codebase)).contains("Version 3").isEqualTo(page(lab.web2(), codebase));

        git.commit(Map.of("public/index.html", "moved"), "Move");
        assertThat(aegir.preview(new VerifyCodebase(Name.of("handbook"))).isEmpty())
                .isTrue();
        aegir.run(new VerifyCodebase(Name.of("handbook"))).orThrow();
        assertThat(page(lab.web1(), codebase)).contains("Version 3");

        lab.web2().exec("rm", "-rf", "/srv/aegir/code").orThrow();
        aegir.run(new VerifyCodebase(Name.of("handbook"))).orThrow();
        assertThat(page(lab.web2(), codebase)).as("the commit, not the branch").contains("Version 3");

        aegir.run(new DeleteCodebase(Name.of("handbook"))).orThrow();
        assertThat(lab.web1().exec("ls", "-A", "/srv/aegir/code").stdout()).isEmpty();
        lab.web1().exec("rm", "-r", "/srv/aegir").orThrow();
        lab.web2().exec("rm", "-r", "/srv/aegir").orThrow();
        assertThat(fingerprints()).isEqualTo(before);
    }

    @Test
    void whenOneServerCannotHaveItNoneHasIt() throws Exception {
        Codebase codebase = codebase("main");
        lab.web2().exec("mkdir", "-p", "/srv/aegir/code/" + codebase.id()).orThrow();
        List<Fingerprint> before = fingerprints();
        TaskInfo failed = aegir.run(new CreateCodebase(codebase));
        assertThat(failed.state()).as(String.valueOf(failed.cause())).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(failed.cause().orElse("")).contains("web2", "is not the release of codebase");
        assertThat(fingerprints()).isEqualTo(before);
        assertThat(aegir.inventory().codebases()).isEmpty();
    }

    @Test
    void aCodebaseThatIsCancelledWhileItIsFetchedIsGoneSoon() throws Exception {
        List<Fingerprint> before = fingerprints();
        lab.web1()
                .execWithInput(
                        "#!/bin/sh\ncase \"$*\" in *fetch*) touch /tmp/there; exec sleep 600 ;; esac\nexec /usr/bin/git \"$@\"\n",
                        "sh",
                        "-c",
                        "cat >/usr/local/bin/git && chmod 755 /usr/local/bin/git")
                .orThrow();
        TaskHandle task = aegir.submit(new CreateCodebase(codebase("main")));
        while (!lab.web1().exists("/tmp/there")) {
            Thread.onSpinWait(); // asking takes its time; the test has a limit
        }
        task.cancel("not wanted any more");
        TaskInfo ended = task.await(Duration.ofSeconds(60));
        assertThat(ended.state()).as(String.valueOf(ended.cause())).isEqualTo(TaskState.CANCELLED);
        assertThat(fingerprints()).isEqualTo(before);
        assertThat(lab.web1().exec("pgrep", "-f", "sleep 600").succeeded()).isFalse();
    }
}
