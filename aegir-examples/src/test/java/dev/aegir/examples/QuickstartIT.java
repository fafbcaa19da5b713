// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.lab.Lab;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer runs first does what it says. */
@Tag("lab")
class QuickstartIT {
    @Test
    void theWholeLifeOfASite() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Quickstart.run(new PrintStream(said, true, StandardCharsets.UTF_8));
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("create web1 /etc/nginx/aegir/sites/")
                .contains("<h1>Handbook</h1>")
                .contains("HTTP 301 -> http://docs.example.net/")
                .contains("Nothing would change.")
                .contains("by-hand.conf")
                .contains("ROLLED_BACK")
                .contains("HTTP 503")
                .contains("web1.software.nginx")
                .contains("GET http://blog.example.net/ -> 200, A quick start")
                .contains("GET the link -> HTTP 302 -> http://blog.example.net/wp-admin/")
                .contains("GET /wp-admin/ -> 200, Dashboard")
                .contains("GET the link again -> 403")
                .containsPattern("writes acknowledged: ([2-9][0-9]|[1-9][0-9]{2,}), lost: 0,")
                .doesNotContain("PRIVATE KEY");
    }

    @Test
    void theFirstSite(@TempDir Path home) throws Exception {
        try (Lab lab = Lab.open()) {
            LabServer git = lab.server("git");
            LabServer web = lab.server("web1");
            web.reset();
            String repository = LabGit.handbook(git, "/srv/git/handbook.git").daemonUrl();
            FirstSite.host(
                    home, web.address() + "?key=" + lab.privateKey(), web.hostKey(), repository, "first.example.net");
            assertThat(Http.get(web.http(), "first.example.net", "/").body()).contains("<h1>Handbook</h1>");
        }
    }
}
