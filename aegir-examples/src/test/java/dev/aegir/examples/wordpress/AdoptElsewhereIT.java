// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A WordPress that somebody has set up by hand on one server becomes a site of ours on another. */
@Tag("lab")
@Timeout(300)
class AdoptElsewhereIT {
    private static final String NAME = HandMadeBlog.NAME;

    private static void enrol(Aegir aegir, LabServer server) throws InterruptedException {
        server.reset();
        aegir.run(new EnrolServer(Server.at(server.name(), server.address())
                        .hostKey(server.hostKey())
                        .credential(WordPressLab.KEY)
                        .offering(Service.http("nginx"))
                        .offering(Service.of(ServiceKind.RUNTIME, "php-fpm"))
                        .offering(Service.of(ServiceKind.DB, "mariadb"))))
                .orThrow();
        aegir.run(new PrepareServer(server.name())).orThrow();
        aegir.run(new CreateCodebase(Codebase.of("wp", CodeSource.directory(HandMadeBlog.CODE))
                        .application("wordpress")
                        .on(server.name())))
                .orThrow();
        aegir.run(new ScanCodebase("wp")).orThrow();
    }

    private static String run(LabServer server, String... words) {
        return server.exec(words).orThrow().stdout();
    }

    @Test
    void whatItWroteAndItsRowsGoToTheOtherServer(@TempDir Path home) throws Exception {
        try (WordPressLab lab = new WordPressLab();
                Aegir aegir = lab.fresh(home)) {
            LabServer web2 = lab.lab.server("web2");
            enrol(aegir, web2);
            HandMadeBlog blog = new HandMadeBlog(lab);
            blog.setUp("wp_");
            List<String> before = blog.asItWas("wp_");

            Site site = Site.of(NAME, "wp")
                    .http("web2/http")
                    .runtime("web2/runtime")
                    .database("web2/db");
            AdoptSite task = AdoptSite.of("web1", HandMadeBlog.ROOT, site).database("web1/db", "handmade");
            // The name is answered by another server's nginx, which nobody here can close.
            assertThatThrownBy(() -> aegir.run(task.closedAtMost(Duration.ofMinutes(1))))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("is served by the same server, and that is web2");
            TaskInfo adopted = aegir.run(task).orThrow();

            assertThat(adopted.results())
                    .containsEntry("running.database", "handmade")
                    .containsEntry("load.compared", "true")
                    .containsEntry("load.rows", adopted.results().get("dump.rows"));
            Browser visitor = new Browser(web2.http(), NAME);
            assertThat(visitor.get("/").body()).contains("Written by hand");
            assertThat(visitor.get("/wp-content/uploads/2026/p1.txt").body()).isEqualTo("picture 1\n");
            String notes = "SELECT COUNT(*), SUM(CRC32(post_title)) FROM %s.wp_posts";
            assertThat(web2.execWithInput(
                                    notes.formatted("`" + site.id().account() + "`"),
                                    "mariadb",
                                    "-N",
                                    "--default-character-set=utf8mb4")
                            .orThrow()
                            .stdout())
                    .isEqualTo(lab.sql(notes.formatted("handmade")));
            assertThat(run(web2, "find", "/srv/aegir/sites/" + site.id() + "/files/2026", "-printf", "%P %y %U\n"))
                    .contains(
                            "hard.txt f "
                                    + run(web2, "id", "-u", site.id().account()).strip() + "\n",
                            "soft.txt l");
            // On the first nothing was made and nothing is left.
            assertThat(blog.asItWas("wp_")).isEqualTo(before);
            assertThat(lab.browser(NAME).get("/").body()).contains("Written by hand");
            for (LabServer server : List.of(lab.web1, web2)) {
                assertThat(server.exec("find", "/srv/aegir/staging", "-type", "f")
                                .stdout())
                        .as(server.name())
                        .isBlank();
            }
            assertThat(lab.web1.exists("/srv/aegir/sites/" + site.id())).isFalse();
            assertThat(lab.web1.exec("getent", "passwd", site.id().account()).succeeded())
                    .isFalse();
        }
    }
}
