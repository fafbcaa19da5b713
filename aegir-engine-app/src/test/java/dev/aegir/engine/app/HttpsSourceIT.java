// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Archives and repositories from a real web server that wants a password and has a certificate. */
@Tag("lab")
@Timeout(300)
class HttpsSourceIT {
    private static final String SECRET = "p:a @s/s\\\"%$#";

    private static CodeLab lab;
    private Bench bench = new Bench();

    @BeforeAll
    static void open() {
        lab = new CodeLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @BeforeEach
    void aWebServer() throws Exception {
        lab.reset();
        bench = new Bench().host(lab.host()).secret("tokens/git1", SECRET);
        lab.git1().execWithInput(SECRET, "bash", "-ec", """
                mkdir -p /srv/www/private /srv/www/public
                git clone -q --bare /srv/git/handbook.git /srv/www/private/handbook.git
                git --git-dir=/srv/www/private/handbook.git update-server-info
                tar -C /srv/git -czf /srv/www/private/handbook.tar.gz handbook.git/description
                chmod -R a+rX /srv/www
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=git1 -addext subjectAltName=DNS:git1,DNS:git2 \\
                    -keyout /etc/nginx/key.pem -out /etc/nginx/cert.pem 2>/dev/null
                printf 'aegir:%s\\ngit:%s\\n' "$(openssl passwd -6 -stdin <<<"$(</dev/stdin)")" x >/etc/nginx/users
                sed -i "s|^git:.*|git:$(sed -n 's/^aegir://p' /etc/nginx/users)|" /etc/nginx/users
                cat >/etc/nginx/conf.d/sources.conf <<'END'
                server {
                    listen 443 ssl;
                    server_name git1 git2;
                    ssl_certificate /etc/nginx/cert.pem;
                    ssl_certificate_key /etc/nginx/key.pem;
                    root /srv/www;
                    location /private/ { auth_basic sources; auth_basic_user_file /etc/nginx/users; }
                    include /etc/nginx/elsewhere*;
                    location /plain/ { return 302 http://git1/private/handbook.tar.gz; }
                    location /moved/ { rewrite ^/moved/(.*)$ https://git1/private/$1 redirect; }
                }
                END
                """).orThrow();
        lab.git1().reloadNginx();
        lab.web1()
                .execWithInput(
                        lab.git1().file("/etc/nginx/cert.pem"),
                        "sh",
                        "-c",
                        "cat >/usr/local/share/ca-certificates/git1.crt && update-ca-certificates")
                .orThrow();
    }

    private static String sha256(String file) {
        return lab.git1().exec("sha256sum", file).orThrow().stdout().split(" ")[0];
    }

    private static CodeSource archive(String path) {
        return CodeSource.archive("https://git1" + path, sha256("/srv/www/private/handbook.tar.gz"))
                .with("strip", "1");
    }

    @Test
    void anArchiveWithAPassword() throws Exception {
        Codebase codebase = Codebase.of("x", archive("/private/handbook.tar.gz").with("credential", "tokens/git1"));
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(lab.web1().exists(bench.tree(codebase) + "/description")).isTrue();
        bench.task().run(bench.remove(codebase, "web1"));
        assertThat(lab.web1().exec("ls", "-A", "/srv/aegir/code").stdout()).isEmpty();

        Codebase without = Codebase.of("x", archive("/private/handbook.tar.gz"));
        assertThatThrownBy(() -> bench.task().run(bench.bring(without, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("401");
    }

    @Test
    void aRepositoryWithAPasswordFromAServerThatKnowsNothingOfGit() throws Exception {
        CodeSource source = CodeSource.git("https://git1/private/handbook.git", "v2");
        Codebase codebase = Codebase.of("x", source.with("credential", "tokens/git1"));
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(lab.web1().file(bench.tree(codebase) + "/public/index.html")).contains("Version 2");

        Codebase without = Codebase.of("x", source);
        assertThatThrownBy(() -> bench.task().run(bench.bring(without, "web1"))).isInstanceOf(SourceException.class);
        String found = lab.web1()
                .exec("grep", "-rlF", "--", SECRET, "/run", "/srv", "/tmp", "/var/cache/aegir", "/var/lib/aegir")
                .stdout();
        assertThat(found).as("files with the password in them").isEmpty();
    }

    @Test
    void redirectsAreFollowedByArchivesOnlyAndOnlyToHttps() throws Exception {
        Codebase moved = Codebase.of("x", archive("/moved/handbook.tar.gz").with("credential", "tokens/git1"));
        bench.task().run(bench.bring(moved, "web1"));
        Codebase plain = Codebase.of("x", archive("/plain/x"));
        assertThatThrownBy(() -> bench.task().run(bench.bring(plain, "web1"))).isInstanceOf(SourceException.class);
        Codebase git = Codebase.of(
                "x", CodeSource.git("https://git1/moved/handbook.git", "v2").with("credential", "tokens/git1"));
        assertThatThrownBy(() -> bench.task().run(bench.bring(git, "web1"))).isInstanceOf(SourceException.class);
    }

    /** Abuse case 12: what a redirect leads to is looked at like what the source itself says. */
    @Test
    void redirectsLeadNeitherToTheServerItself() {
        for (String place : new String[] {
            "169.254.169.254/latest/meta-data",
            "127.0.0.1/x",
            "[::1]/x",
            "localhost/x",
            "2852039166/x",
            "user:pw@git1/x",
            "-x/x"
        }) {
            redirect("https://" + place);
            Codebase codebase = Codebase.of("x", archive("/elsewhere/x"));
            assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                    .as(place)
                    .isInstanceOf(SourceException.class)
                    .hasMessageMatching("(?s).*(not fetched from|no host name|not known here).*");
        }
        redirect("https://git1/elsewhere/x");
        Codebase round = Codebase.of("x", archive("/elsewhere/x"));
        assertThatThrownBy(() -> bench.task().run(bench.bring(round, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("from one place to the next");
        assertThat(lab.web1().exec("ls", "-A", "/srv/aegir/code").stdout()).isEmpty();
    }

    /** Whoever is led to learns no password. */
    @Test
    void aPasswordIsForTheHostThatWasNamed() throws Exception {
        lab.web1()
                .exec("sh", "-c", "echo \"$(getent ahostsv4 git1 | awk '{ print $1; exit }') git2\" >>/etc/hosts")
                .orThrow();
        redirect("https://git1/private/handbook.tar.gz");
        Codebase same = Codebase.of("x", archive("/elsewhere/x").with("credential", "tokens/git1"));
        bench.task().run(bench.bring(same, "web1"));
        bench.task().run(bench.remove(same, "web1"));
        redirect("https://git2/private/handbook.tar.gz");
        assertThatThrownBy(() -> bench.task().run(bench.bring(same, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("401");
    }

    private static void redirect(String to) {
        lab.git1()
                .execWithInput(
                        "location /elsewhere/ { return 302 " + to + "; }\n", "sh", "-ec", "cat >/etc/nginx/elsewhere")
                .orThrow();
        lab.git1().reloadNginx();
    }

    @Test
    void aCertificateThatNobodyKnowsIsRefused() {
        lab.web1()
                .exec("sh", "-c", "rm /usr/local/share/ca-certificates/git1.crt && update-ca-certificates --fresh")
                .orThrow();
        Codebase codebase = Codebase.of("x", archive("/private/handbook.tar.gz").with("credential", "tokens/git1"));
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("certificate");
        Codebase git = Codebase.of("x", CodeSource.git("https://git1/private/handbook.git", "v2"));
        assertThatThrownBy(() -> bench.task().run(bench.bring(git, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("certificate");
    }
}
