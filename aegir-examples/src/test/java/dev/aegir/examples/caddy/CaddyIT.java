// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.caddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Http;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Site;
import dev.aegir.model.WwwPolicy;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine of the guide serves sites with a real Caddy. */
@Tag("lab")
class CaddyIT {
    private static final SecretRef KEY = SecretRef.of("ssh/lab");
    private static final String NAME = "docs.example.net";
    private static final String HIDDEN = "cd /srv/aegir/code/*/tree/public && mkdir -p sub .well-known"
            + " && echo secret | tee .env >sub/.env && echo contact >.well-known/security.txt";
    private static final String ODD = "/srv/it's an #odd; $dir `of` <things>";

    @TempDir
    Path home;

    @Test
    void servesChangesTakesBackAndRemovesASite() throws Exception {
        try (Lab lab = Lab.open();
                Aegir aegir =
                        Aegir.builder().home(home).store(URI.create("memory:/")).open()) {
            LabServer machine = lab.server("caddy");
            machine.reset();
            machine.exec("systemctl", "stop", "nginx").orThrow();
            machine.exec("systemctl", "start", "caddy").orThrow();
            aegir.secrets().keep(KEY, Secret.of(Files.readString(lab.privateKey())));
            Site site = prepare(aegir, machine);
            publish(aegir, machine, site);
            takeBackABrokenChange(aegir, machine, site);
            serveAnOddDirectory(aegir, machine);
            withdraw(aegir, machine);
            machine.reset();
        }
    }

    private static Site prepare(Aegir aegir, LabServer machine) throws Exception {
        // tag::use[]
        Server server = Server.at("web1", machine.address())
                .hostKey(machine.hostKey())
                .credential(KEY)
                .offering(Service.http("caddy").with("https", "off"));
        aegir.run(new EnrolServer(server)).orThrow();
        aegir.run(new PrepareServer("web1")).orThrow();
        // end::use[]
        String repository = LabGit.handbook(machine, "/srv/git/handbook.git").daemonUrl();
        run(
                aegir,
                new CreateCodebase(Codebase.of("handbook", CodeSource.git(repository, "v2"))
                        .webRoot("public")
                        .on("web1")));
        return Site.of(NAME, "handbook")
                .http("web1/http")
                .aliases("help.example.net")
                .www(WwwPolicy.REDIRECT)
                .redirect("/old", "/chapters/one.html");
    }

    private static void publish(Aegir aegir, LabServer machine, Site site) throws Exception {
        run(aegir, new InstallSite(site));
        Http page = Http.get(machine.http(), NAME, "/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(Http.get(machine.http(), "help.example.net", "/").body()).isEqualTo(page.body());
        Http www = Http.get(machine.http(), "www." + NAME, "/a%20b?c=d");
        assertThat(www.status()).isEqualTo(301);
        assertThat(www.location()).isEqualTo("http://" + NAME + "/a%20b?c=d");
        assertThat(Http.get(machine.http(), NAME, "/old").location()).isEqualTo("/chapters/one.html");
        machine.exec("sh", "-c", HIDDEN).orThrow();
        assertThat(Http.get(machine.http(), NAME, "/.env").status()).isEqualTo(404);
        assertThat(Http.get(machine.http(), NAME, "/sub/.env").status()).isEqualTo(404);
        assertThat(Http.get(machine.http(), NAME, "/.well-known/security.txt").body())
                .isEqualTo("contact\n");
        assertThat(Http.get(machine.http(), "other.example.net", "/").body()).isEmpty();
        assertThat(aegir.preview(new InstallSite(site)).isEmpty()).isTrue();
    }

    private static void takeBackABrokenChange(Aegir aegir, LabServer machine, Site site) throws Exception {
        String before =
                machine.exec("sh", "-c", "cat /etc/caddy/aegir/*").orThrow().stdout();
        machine.execWithInput("this is no Caddyfile {\n", "tee", "/etc/caddy/aegir/by-hand.caddy")
                .orThrow();
        TaskInfo broken = aegir.submit(new UpdateSite(site.aliases("handbuch.example.net")))
                .follow(event -> {});
        assertThat(broken.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(broken.cause().orElseThrow()).contains("by-hand.caddy");
        machine.exec("rm", "/etc/caddy/aegir/by-hand.caddy").orThrow();
        assertThat(machine.exec("sh", "-c", "cat /etc/caddy/aegir/*").orThrow().stdout())
                .isEqualTo(before);
        assertThat(Http.get(machine.http(), "help.example.net", "/").status()).isEqualTo(200);
    }

    private static void serveAnOddDirectory(Aegir aegir, LabServer machine) throws Exception {
        machine.exec("mkdir", ODD).orThrow();
        machine.execWithInput("odd, but served", "tee", ODD + "/index.html").orThrow();
        run(
                aegir,
                new CreateCodebase(Codebase.of("odd", CodeSource.directory(ODD)).on("web1")));
        run(aegir, new InstallSite(Site.of("odd.example.net", "odd").http("web1/http")));
        assertThat(Http.get(machine.http(), "odd.example.net", "/").body()).isEqualTo("odd, but served");
        run(aegir, new DeleteSite("odd.example.net"));
    }

    private static void withdraw(Aegir aegir, LabServer machine) throws Exception {
        run(aegir, new DisableSite(NAME));
        Http disabled = Http.get(machine.http(), NAME, "/");
        assertThat(disabled.status()).isEqualTo(503);
        assertThat(disabled.body()).isEqualTo("This site is disabled.");
        run(aegir, new EnableSite(NAME));
        assertThat(Http.get(machine.http(), NAME, "/").status()).isEqualTo(200);
        run(aegir, new DeleteSite(NAME));
        assertThat(Http.get(machine.http(), NAME, "/").status()).isNotEqualTo(200);
        assertThat(machine.exec("ls", "/etc/caddy/aegir").stdout()).isEmpty();
    }

    private static void run(Aegir aegir, Task task) throws InterruptedException {
        aegir.run(task).orThrow();
    }
}
