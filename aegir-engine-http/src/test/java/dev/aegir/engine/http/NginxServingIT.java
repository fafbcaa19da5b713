// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Applied;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Redirect;
import dev.aegir.model.Service;
import dev.aegir.model.VirtualHost;
import dev.aegir.task.ConfigChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a browser gets from a real nginx. */
@Tag("lab")
class NginxServingIT {
    private static final String NAME = "docs.example.net";
    private static final String ROOT = "/srv/aegir/code/docs/tree/web";
    private static NginxLab lab;

    @BeforeAll
    static void open() throws IOException, InterruptedException {
        lab = NginxLab.open();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @BeforeEach
    void prepare() throws InterruptedException {
        lab.reset();
        lab.prepare(Samples.NGINX);
        lab.page(ROOT, "the documentation");
    }

    @Test
    void aSiteUnderAllItsNames() throws Exception {
        VirtualHost site = Samples.redirecting(
                Samples.named(Samples.site(), List.of("help.example.net"), List.of("www.docs.example.net")),
                Redirect.of("/old%20page", "/new?a=b#c"),
                Redirect.of("/away", "https://example.org/there"));
        lab.publish(site);

        assertThat(lab.get(NAME, "/").body()).isEqualTo("the documentation");
        assertThat(lab.get(NAME.toUpperCase(java.util.Locale.ROOT), "/").body()).isEqualTo("the documentation");
        assertThat(lab.get("help.example.net", "/").body()).isEqualTo("the documentation");
        Http www = lab.get("www.docs.example.net", "/a%20b/c?d=e&f");
        assertThat(www.status()).isEqualTo(301);
        assertThat(www.header("Location")).isEqualTo("http://docs.example.net/a%20b/c?d=e&f");
        assertThat(lab.get(NAME, "/old%20page").header("Location")).isEqualTo("/new?a=b#c");
        assertThat(lab.get(NAME, "/away").header("Location")).isEqualTo("https://example.org/there");
        assertThat(lab.get(NAME, "/away").status()).isEqualTo(301);
        assertThat(lab.get(NAME, "/oldpage").status()).isEqualTo(404);
    }

    @Test
    void filesAndNothingThatIsHidden() throws Exception {
        lab.machine()
                .exec(
                        "sh",
                        "-c",
                        "cd \"$1\" && mkdir -p .git .well-known/.git sub && echo secret >.git/config && echo secret >.env"
                                + " && echo secret >.well-known/.git/x && echo secret >sub/.htpasswd"
                                + " && echo contact >.well-known/security.txt && echo 'export {}' >m.mjs"
                                + " && echo missing >404.html && echo sub >sub/index.html && mkdir empty"
                                + " && ln -s /etc/passwd out && ln -s sub/index.html in",
                        "sh",
                        ROOT)
                .orThrow();
        lab.publish(Samples.site());

        for (String hidden : List.of("/.git/config", "/.env", "/sub/.htpasswd", "/.well-known/.git/x", "/.git", "/.")) {
            assertThat(lab.get(NAME, hidden).body()).as(hidden).doesNotContain("secret");
        }
        assertThat(lab.get(NAME, "/.well-known/security.txt").body()).isEqualTo("contact\n");
        assertThat(lab.get(NAME, "/m.mjs").header("Content-Type")).isEqualTo("application/javascript");
        Http missing = lab.get(NAME, "/nowhere");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.body()).isEqualTo("missing\n");
        assertThat(lab.get(NAME, "/sub").header("Location")).isEqualTo("/sub/");
        assertThat(lab.get(NAME, "/sub/").body()).isEqualTo("sub\n");
        assertThat(lab.get(NAME, "/empty/").status()).isEqualTo(403);
        assertThat(lab.get(NAME, "/in").body()).isEqualTo("sub\n");
        assertThat(lab.get(NAME, "/../../../../../../etc/passwd").body()).doesNotContain("root:");
    }

    @Test
    void noLinkToWhatBelongsToSomebodyElse() throws Exception {
        lab.machine()
                .exec(
                        "sh",
                        "-c",
                        "chown -R deploy \"$1\" && ln -s /etc/passwd \"$1/out\" && ln -s index.html \"$1/own\""
                                + " && chown -h deploy \"$1/out\" \"$1/own\"",
                        "sh",
                        ROOT)
                .orThrow();
        lab.publish(Samples.site());
        assertThat(lab.get(NAME, "/out").status()).isEqualTo(404);
        assertThat(lab.get(NAME, "/own").body()).isEqualTo("the documentation");
    }

    @Test
    void headers() throws Exception {
        lab.publish(Samples.site());
        Http page = lab.get(NAME, "/");
        assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(page.header("X-Frame-Options")).isEqualTo("SAMEORIGIN");
        assertThat(page.header("Referrer-Policy")).isEqualTo("strict-origin-when-cross-origin");
        assertThat(page.headers()).doesNotContainKey("X-Robots-Tag");
        assertThat(page.header("Server")).isEqualTo("nginx");

        lab.publish(Samples.hidden(Samples.site()));
        assertThat(lab.get(NAME, "/").header("X-Robots-Tag")).isEqualTo("noindex, nofollow");
        assertThat(lab.get(NAME, "/nowhere").header("X-Robots-Tag")).isEqualTo("noindex, nofollow");
    }

    @Test
    void aDisabledSiteAndBack() throws Exception {
        VirtualHost site = Samples.named(Samples.site(), List.of("help.example.net"), List.of());
        lab.publish(site);
        lab.publish(Samples.by(site, new VirtualHost.Disabled()));
        for (String request : List.of("GET / ", "GET /old.html?x ", "POST / ", "GET /disabled.html ")) {
            Http answer = Http.send(
                    lab.machine().http(), request + "HTTP/1.0\r\nHost: help.example.net\r\nContent-Length: 0\r\n\r\n");
            assertThat(answer.status()).as(request).isEqualTo(request.contains("disabled") ? 404 : 503);
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.header("Retry-After")).isEqualTo("3600");
        }
        assertThat(lab.get(NAME, "/").body()).contains("not available").doesNotContain(NAME);
        assertThat(lab.get(NAME, "/").header("Content-Type")).isEqualTo("text/html");
        lab.publish(site);
        assertThat(lab.get(NAME, "/").body()).isEqualTo("the documentation");
    }

    @Test
    void aSiteThatIsBeingWorkedOn() throws Exception {
        lab.publish(Samples.by(Samples.site(), new VirtualHost.Maintenance()));
        Http answer = lab.get(NAME, "/any?page");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("300");
        assertThat(answer.body()).contains("back soon").doesNotContain(NAME);
        assertThat(lab.get(NAME, "/maintenance.html").status()).isEqualTo(404);
    }

    @Test
    void filesThatLieElsewhere() throws Exception {
        String directory = "/srv/up loads";
        lab.page(directory + "/deep", "deep page");
        lab.machine()
                .exec(
                        "sh",
                        "-c",
                        "cd \"$1\" && echo picture >a.png && echo '<?php secret' >a.php && cp a.php A.PHP5 && echo x >.hidden"
                                + " && mkdir .git && echo x >.git/config && ln -s /etc/passwd out && chown -R deploy . && chown -h"
                                + " deploy out && ln -s a.png own && chown -h deploy own",
                        "sh",
                        directory)
                .orThrow();
        VirtualHost.Mount mount = new VirtualHost.Mount("/sites/files", HostPath.of(directory));
        for (VirtualHost.Handler handler :
                List.of(new VirtualHost.StaticFiles(), new VirtualHost.PhpFpm(HostPath.of("/run/php/none.sock")))) {
            lab.publish(Samples.mounting(Samples.by(Samples.site(), handler), mount));
            assertThat(lab.get(NAME, "/sites/files/a.png").body()).isEqualTo("picture\n");
            assertThat(lab.get(NAME, "/sites/files/a.png").header("X-Content-Type-Options"))
                    .isEqualTo("nosniff");
            assertThat(lab.get(NAME, "/sites/files/deep/index.html").body()).isEqualTo("deep page");
            assertThat(lab.get(NAME, "/sites/files/own").body()).isEqualTo("picture\n");
            for (String hidden : List.of(
                    "a.php",
                    "A.PHP5",
                    "a.php/x",
                    ".hidden",
                    ".git/config",
                    "out",
                    "none",
                    "",
                    "deep/",
                    "../files/none")) {
                Http answer = lab.get(NAME, "/sites/files/" + hidden);
                assertThat(answer.status()).as(hidden).isIn(403, 404);
                assertThat(answer.body()).as(hidden).doesNotContain("secret", "root:");
            }
        }
        assertThat(lab.get(NAME, "/sites/files../../../etc/passwd").status()).isIn(400, 404, 502);
    }

    @Test
    void whatPhpApplicationsKeepForThemselves() throws Exception {
        List<String> kept = List.of(
                "composer.json",
                "composer.lock",
                "vendor/autoload.php",
                "vendor/a/b.json",
                "node_modules/x/y.js",
                "core/core.services.yml",
                "a.twig",
                "dump.sql",
                "dump.sql.gz",
                "a.module",
                "wp-config.php",
                "a.php~",
                "index.php.bak",
                "debug.log",
                "sites/x/files/evil.php",
                "wp-content/uploads/2026/evil.php",
                "sites/default/private/letter.pdf",
                "a.inc");
        List<String> shown = List.of("a.css", "core/a.js", "wp-content/plugins/x/vendor/a.css", "readme.txt");
        for (String file :
                java.util.stream.Stream.concat(kept.stream(), shown.stream()).toList()) {
            lab.machine()
                    .exec("sh", "-c", "mkdir -p \"$(dirname \"$1\")\" && echo secret >\"$1\"", "sh", ROOT + "/" + file)
                    .orThrow();
        }
        lab.publish(Samples.by(Samples.site(), new VirtualHost.PhpFpm(HostPath.of("/run/php/none.sock"), 2)));
        for (String file : kept) {
            assertThat(lab.get(NAME, "/" + file).status()).as(file).isEqualTo(404);
        }
        for (String file : shown) {
            assertThat(lab.get(NAME, "/" + file).body()).as(file).isEqualTo("secret\n");
        }
        // A page of the application, which has nobody to answer it here.
        assertThat(lab.get(NAME, "/vendors/acme").status()).isIn(404, 502);
        Http large = Http.send(
                lab.machine().http(),
                "POST /index.php HTTP/1.0\r\nHost: " + NAME + "\r\nContent-Length: 3000000\r\n\r\n");
        assertThat(large.status()).isEqualTo(413);
    }

    @Test
    void aDisabledSiteNeedsNoFiles() throws Exception {
        lab.machine().exec("rm", "-r", "/srv/aegir").orThrow();
        lab.publish(Samples.by(Samples.site(), new VirtualHost.Disabled()));
        assertThat(lab.get(NAME, "/").status()).isEqualTo(503);
    }

    @Test
    void aRemovedSiteIsNoSite() throws Exception {
        VirtualHost other = Samples.as(Id.next(), "other.example.net");
        lab.publish(Samples.site());
        lab.publish(other);
        assertThat(lab.withdraw(Samples.site()).changed()).hasSize(1);
        assertThat(lab.get(NAME, "/").status()).isEqualTo(404);
        assertThat(lab.get("other.example.net", "/").body()).isEqualTo("the documentation");
        assertThat(lab.withdraw(Samples.site()).changed()).isEmpty();
    }

    @Test
    void nothingIsSaidAboutSitesUnderOtherNames() throws Exception {
        lab.publish(Samples.site());
        List<Http> answers = new ArrayList<>();
        for (String name : List.of("127.0.0.1", "other.example.net", "sub.docs.example.net", "no-site.aegir.invalid")) {
            for (String path : List.of("/", "/index.html", "/.well-known/aegir/" + Samples.ID, "/.well-known/aegir/")) {
                answers.add(lab.get(name, path));
            }
        }
        answers.add(Http.send(lab.machine().http(), "GET / HTTP/1.0\r\n\r\n"));
        for (Http answer : answers) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("Server")).isEqualTo("nginx");
            assertThat(answer.body()).doesNotContain("example.net", "documentation", "egir", "Debian", "/1.");
        }
    }

    @Test
    void whatIsAnsweredAfterwardsIsTheNewConfiguration() throws Exception {
        lab.page("/srv/aegir/code/docs/tree/a", "a");
        lab.page("/srv/aegir/code/docs/tree/b", "b");
        for (int i = 0; i < 20; i++) {
            String root = i % 2 == 0 ? "a" : "b";
            lab.publish(Samples.at(Samples.site(), "/srv/aegir/code/docs/tree/" + root, "/srv/aegir/code/docs/tree"));
            for (int n = 0; n < 10; n++) {
                assertThat(lab.get(NAME, "/").body()).isEqualTo(root);
            }
        }
    }

    @Test
    void aDownloadOutlivesTheChange() throws Exception {
        lab.machine()
                .exec("sh", "-c", "head -c 50000000 /dev/zero >\"$1/big.bin\"", "sh", ROOT)
                .orThrow();
        lab.publish(Samples.site());
        lab.machine()
                .exec(
                        "systemd-run",
                        "--unit=download",
                        "sh",
                        "-c",
                        "curl -s --limit-rate 20M -o /root/big.bin -H 'Host: docs.example.net' http://127.0.0.1/big.bin")
                .orThrow();
        lab.machine()
                .exec("sh", "-c", "until [ -s /root/big.bin ]; do sleep 0.02; done")
                .orThrow();
        lab.publish(Samples.hidden(Samples.site()));
        assertThat(lab.get(NAME, "/").header("X-Robots-Tag")).isNotEmpty();
        lab.machine()
                .exec("sh", "-c", "while systemctl -q is-active download; do sleep 0.1; done")
                .orThrow();
        assertThat(lab.machine()
                        .exec("stat", "-c", "%s", "/root/big.bin")
                        .stdout()
                        .strip())
                .isEqualTo("50000000");
    }

    @Test
    void aRootWithAnyName() throws Exception {
        String within = "/srv/a \"quoted\" {brace}; it's #1 é";
        lab.page(within + "/web", "found");
        lab.publish(Samples.at(Samples.site(), within + "/web", within));
        assertThat(lab.get(NAME, "/").body()).isEqualTo("found");
    }

    @Test
    void phpIsNeverShown() throws Exception {
        lab.machine()
                .exec(
                        "sh",
                        "-c",
                        "cd \"$1\" && for f in a.php a.phtml a.phar a.phps a.inc A.PHP; do echo '<?php secret' >$f; done"
                                + " && echo picture >a.png",
                        "sh",
                        ROOT)
                .orThrow();
        lab.publish(Samples.by(Samples.site(), new VirtualHost.PhpFpm(HostPath.of("/run/php/none.sock"))));
        for (String path : List.of("/a.php", "/a.php/x", "/a.phtml", "/a.phar", "/a.phps", "/a.inc", "/A.PHP")) {
            assertThat(lab.get(NAME, path).body()).as(path).doesNotContain("secret");
        }
        // Nothing listens at the socket: what would run is 502, what is not there is not asked for.
        assertThat(lab.get(NAME, "/a.php").status()).isEqualTo(502);
        assertThat(lab.get(NAME, "/a.png/x.php").status()).isEqualTo(404);
        assertThat(lab.get(NAME, "/none.php").status()).isEqualTo(404);
        assertThat(lab.get(NAME, "/a.png").body()).isEqualTo("picture\n");
    }

    @Test
    void anotherWebServer() throws Exception {
        lab.page("/srv/app", "the application");
        lab.machine()
                .exec(
                        "systemd-run",
                        "--unit=app",
                        "python3",
                        "-m",
                        "http.server",
                        "-b",
                        "127.0.0.1",
                        "-d",
                        "/srv/app",
                        "8081")
                .orThrow();
        lab.machine()
                .exec("sh", "-c", "until curl -s -o /dev/null http://127.0.0.1:8081/; do sleep 0.05; done")
                .orThrow();
        lab.publish(Samples.by(Samples.site(), new VirtualHost.ReverseProxy("127.0.0.1", 8081)));
        assertThat(lab.get(NAME, "/").body()).isEqualTo("the application");
    }

    @Test
    void accessIsLoggedPerSiteAndNotForEverybody() throws Exception {
        lab.publish(Samples.site());
        lab.get(NAME, "/logged?x=1");
        String log = "/var/log/nginx/aegir-" + Samples.ID + ".log";
        assertThat(lab.machine().file(log))
                .contains("\"GET /logged?x=1 HTTP/1.0\" 404")
                .doesNotContain("well-known");
        assertThat(lab.machine().exec("stat", "-c", "%a", log).stdout().strip()).isEqualTo("640");
    }

    @Test
    void otherPorts() throws Exception {
        Service service = Samples.NGINX.with("listen", "127.0.0.1:8090, 8091");
        lab.prepare(service);
        lab.publish(Samples.site(), service);
        assertThat(lab.machine()
                        .exec("curl", "-s", "-H", "Host: " + NAME, "http://127.0.0.1:8091/")
                        .stdout())
                .isEqualTo("the documentation");
    }

    @Test
    void manySitesAtOnce() throws Exception {
        List<ConfigChange> changes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            changes.add(lab.publishing(Samples.as(Id.next(), "site" + i + ".example.net"), Samples.NGINX));
        }
        ConfigChange all = ConfigChange.merged("all", changes);
        Applied applied = lab.apply(all);
        assertThat(applied.changed()).hasSize(100);
        for (int i = 0; i < 100; i += 33) {
            assertThat(lab.get("site" + i + ".example.net", "/").body()).isEqualTo("the documentation");
        }
        assertThat(lab.apply(all).changed()).isEmpty();
    }
}
