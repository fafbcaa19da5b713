// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RotateCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A site on one server with its database on another: who may log in from where follows from what the servers say. */
@Tag("lab")
@Timeout(300)
class DatabaseElsewhereIT {
    private static final String NAME = "far.example.net";
    private static final SecretRef KEY = SecretRef.of("ssh/lab");

    @TempDir
    Path home;

    @Test
    void theDatabaseIsReachedFromTheWebServerAndFromNowhereElse() throws Exception {
        try (Lab lab = Lab.open();
                Aegir aegir = Aegir.open(home)) {
            LabServer web1 = lab.servers("web1", "db1").get(0);
            LabServer db1 = lab.server("db1");
            web1.reset();
            db1.reset();
            aegir.secrets().keep(KEY, Secret.of(Files.readString(lab.privateKey())));
            enrolled(
                    aegir,
                    Server.at("web1", web1.address())
                            .hostKey(web1.hostKey())
                            .credential(KEY)
                            .offering(Service.http("nginx"))
                            .offering(Service.of(ServiceKind.RUNTIME, "php-fpm")));
            enrolled(
                    aegir,
                    Server.at("db1", db1.address())
                            .hostKey(db1.hostKey())
                            .credential(KEY)
                            .offering(Service.of(ServiceKind.DB, "mariadb")
                                    .with("listen", "0.0.0.0")
                                    .with("address", "db1")));
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            Site site = Site.of(NAME, "wp")
                    .http("web1/http")
                    .runtime("web1/runtime")
                    .database("db1/db")
                    // It would connect at any moment.
                    .with("cron", "off")
                    .with("title", "Far away")
                    .with("admin.name", "ann")
                    .with("admin.mail", "ann@example.net");

            aegir.run(new InstallSite(site)).orThrow();
            Browser visitor = new Browser(web1.http(), NAME);
            assertThat(visitor.get("/")).returns(200, Page::status);
            assertThat(visitor.get("/").body()).contains("Far away");
            String web = web1.exec("hostname", "-I").orThrow().stdout().strip().split(" ")[0];
            assertThat(accounts(db1))
                    .containsExactly(site.id().account() + "@" + web, site.id().account() + "@localhost");
            assertThat(db1.exec("ss", "-Htn", "state", "established", "( sport = :3306 )")
                            .orThrow()
                            .stdout())
                    .as("connections are not kept open")
                    .isBlank();

            aegir.run(new RotateCredentials(NAME)).orThrow();
            assertThat(visitor.get("/")).returns(200, Page::status);
            assertThat(accounts(db1))
                    .containsExactly(
                            site.id().account() + "_2@" + web, site.id().account() + "_2@localhost");

            aegir.run(new DeleteSite(NAME)).orThrow();
            assertThat(accounts(db1)).isEmpty();
            assertThat(db1.execWithInput("SHOW DATABASES LIKE 's0%'", "mariadb", "-N")
                            .orThrow()
                            .stdout())
                    .isBlank();
        }
    }

    private static void enrolled(Aegir aegir, Server server) throws InterruptedException {
        aegir.run(new EnrolServer(server)).orThrow();
        aegir.run(new PrepareServer(server.name())).orThrow();
    }

    private static List<String> accounts(LabServer db1) {
        String all = db1.execWithInput(
                        "SELECT CONCAT(User, '@', Host) FROM mysql.global_priv WHERE User LIKE 's0%' ORDER BY 1",
                        "mariadb", "-N")
                .orThrow()
                .stdout();
        return all.lines().toList();
    }
}
