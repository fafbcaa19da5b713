// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Abuse cases 2, 3 and 32, and what sites, servers and their settings let in. */
class SiteTest {
    private static final Site SITE = Site.of("example.com", "docs");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a;b",
                "/a{b",
                "/a}b",
                "/a\"b",
                "/a'b",
                "/a b",
                "/a\rb",
                "/a\nb",
                "/a\0b",
                "/$host",
                "/${PATH}",
                "/%{ENV}",
                "/a\\",
                "/a#b",
                "/a?b",
                "/a*b",
                "/a|b",
                "/a<b",
                "/a^b",
                "/a`b",
                "a",
                "",
                "/\u00e9",
                "/a\u2028b"
            })
    void aRedirectedPathHasNoMeaningToAnyWebServer(String path) {
        assertThatThrownBy(() -> Redirect.of(path, "/b")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> SITE.redirect(path, "/b")).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://x.com/;a",
                "https://x.com/a b",
                "https://x.com/\"",
                "https://x.com/'",
                "https://x.com/\\",
                "https://x.com/{a}",
                "https://x.com/$host",
                "https://x.com/${PATH}",
                "https://x.com/%{ENV}",
                "https://x.com/\r\nSet-Cookie: a",
                "https://x.com/\0",
                "https://user:pass@x.com/",
                "https://user@x.com/",
                "https:///a",
                "https:x",
                "//evil.com/",
                "javascript:alert(1)",
                "data:text/html,x",
                "ftp://x.com/",
                "file:///etc/passwd",
                "relative",
                "",
                "https://x.com/\u00e9",
                "https://x.com/*"
            })
    void aRedirectLeadsToAUrlOrAPath(String target) {
        assertThatThrownBy(() -> Redirect.of("/a", target)).isInstanceOf(InvalidValueException.class);
    }

    /** Abuse case 2, line by line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ";", "{", "}", "\"", "'", " ", "\r", "\n", "\0", "$host", "${PATH}", "%{ENV}", "\\", "\r\n", "$", "`"
            })
    void nothingOfThisIsInAnAliasOrRedirect(String text) {
        for (String where : new String[] {"a" + text, "a" + text + "b", text + "b"}) {
            assertThatThrownBy(() -> SITE.aliases(where + ".com")).isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> SITE.aliases("x." + where)).isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> SITE.redirectedNames(where + ".com")).isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> Site.of(where + ".com", "docs")).isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> SITE.redirect("/" + where, "/b")).isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> SITE.redirect("/a", "/" + where)).isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> SITE.redirect("/a", "https://x.com/" + where))
                    .isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> SITE.redirect("/a", "https://" + where + ".com/"))
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"/, https://x.com/", "/a/b.html, /c", "/a%20b, http://x.com:8080/a?b=c&d=e#f", "/a(b), https://x.com"})
    void ordinaryRedirects(String path, String target) {
        assertThat(Redirect.of(path, target).target()).hasToString(target);
    }

    @Test
    void redirectsAreBounded() {
        assertThatThrownBy(() -> Redirect.of("/" + "a".repeat(2000), "/b")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Redirect.of("/a", "/" + "b".repeat(2000))).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aSiteHasEachNameAndPathOnce() {
        assertThatThrownBy(() -> SITE.aliases("a.com", "A.com.")).hasMessageContaining("twice");
        assertThatThrownBy(() -> SITE.aliases("EXAMPLE.com")).hasMessageContaining("twice");
        assertThatThrownBy(() -> SITE.aliases("a.com").redirectedNames("a.com")).hasMessageContaining("twice");
        assertThatThrownBy(() -> SITE.redirect("/a", "/b").redirect("/a", "/c")).hasMessageContaining("two redirects");
    }

    @Test
    void theTwinIsOneOfItsNames() {
        Site site = SITE.aliases("a.com").redirectedNames("b.com").www(WwwPolicy.REDIRECT);
        assertThat(site.allNames())
                .extracting(DomainName::value)
                .containsExactly("example.com", "a.com", "b.com", "www.example.com");
        assertThat(SITE.redirectedNames("www.example.com")
                        .www(WwwPolicy.REDIRECT)
                        .allNames())
                .hasSize(2);
        assertThat(SITE.aliases("www.example.com").www(WwwPolicy.REDIRECT).allRedirectedNames())
                .isEmpty();
        assertThat(SITE.www(WwwPolicy.IGNORE).allNames()).hasSize(1);
        assertThatThrownBy(() -> Site.of("www.com", "docs").www(WwwPolicy.REDIRECT))
                .isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/srv/other", "/srv/sites", "/srv/site", "/"})
    void theDocumentRootIsInsideTheCode(String root) {
        assertThatThrownBy(() -> host(root)).hasMessageContaining("not inside /srv/site1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/srv/site1/$uri/..", "/srv/site1/../other", "/srv/site1/a\nb", "/srv/site1/"})
    void theDocumentRootIsAPath(String root) {
        assertThatThrownBy(() -> host(root)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void theDocumentRootMayBeTheTopOfTheCode() {
        assertThat(host("/srv/site1").title()).isEqualTo("example.com");
        assertThat(host("/srv/site1/public").root()).isEqualTo(HostPath.of("/srv/site1/public"));
    }

    private static VirtualHost host(String root) {
        return new VirtualHost(
                SITE.id(),
                SITE.name(),
                List.of(),
                List.of(),
                List.of(),
                HostPath.of(root),
                HostPath.of("/srv/site1"),
                new VirtualHost.StaticFiles(),
                true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;b", "a/b", "a\n", "[::1", "[x]", "$host", "a{b"})
    void anUpstreamIsAHost(String host) {
        assertThatThrownBy(() -> new VirtualHost.ReverseProxy(host, 80)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new VirtualHost.ReverseProxy("a.com", 0)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new VirtualHost.ReverseProxy("a.com", 65536))
                .isInstanceOf(InvalidValueException.class);
        assertThat(new VirtualHost.ReverseProxy("[2001:db8::1]", 8080).port()).isEqualTo(8080);
    }

    @Test
    void settingsAreTextOnOneLine() {
        Settings settings = Settings.of(Map.of("path", "/a", "count", "3", "word", "x y", "key", "web/key"));
        assertThat(settings.path("path", "/b")).isEqualTo(HostPath.of("/a"));
        assertThat(settings.path("other", "/b")).isEqualTo(HostPath.of("/b"));
        assertThat(settings.number("count", 1)).isEqualTo(3);
        assertThat(settings.number("other", 1)).isEqualTo(1);
        assertThat(settings.text("word")).contains("x y");
        assertThat(settings.text("other")).isEmpty();
        assertThat(settings.secret("key")).contains(SecretRef.of("web/key"));
        assertThatThrownBy(() -> settings.number("word", 1)).hasMessageContaining("\"x y\"");
        assertThatThrownBy(() -> settings.path("word", "/")).isInstanceOf(InvalidValueException.class);
        for (String bad : new String[] {"a\nb", "a\0", "\u001b[0m", "a\u0085b"}) {
            assertThatThrownBy(() -> Settings.none().with("a", bad)).isInstanceOf(InvalidValueException.class);
        }
        for (String bad : new String[] {"", "A", "a b", "1a", "a=b", "a\nb", "a".repeat(64)}) {
            assertThatThrownBy(() -> Settings.none().with(bad, "x")).isInstanceOf(InvalidValueException.class);
        }
        assertThat(settings.with("path", "/c").path("path", "/b")).isEqualTo(HostPath.of("/c"));
        assertThat(settings.path("path", "/b")).isEqualTo(HostPath.of("/a"));
    }

    @Test
    void aServerHasAnAddressWithoutPassword() {
        assertThat(Server.at("web1", "ssh://aegir@web1.example.net").services()).isEmpty();
        assertThat(Server.at("web1", "local:/").hostKey()).isEmpty();
        assertThat(Server.at("web1", "local:").address()).hasToString("local:/");
        assertThatThrownBy(() -> Server.at("web1", "web1.example.net")).hasMessageContaining("scheme");
        assertThatThrownBy(() -> Server.at("web1", "not a uri")).hasMessageContaining("not a URI");
        assertThatThrownBy(() -> Server.at("web1", "ssh://aegir:hunter2@web1.example.net"))
                .hasMessageContaining("credential")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void aServerHasEachServiceOnce() {
        Service http = Service.http("nginx");
        Server server = Server.at("web1", "local:/").offering(http).offering(http.with("port", "81"));
        assertThat(server.services()).hasSize(1);
        assertThat(server.service(Name.of("http")).orElseThrow().settings().number("port", 80))
                .isEqualTo(81);
        assertThat(server.service(Name.of("other"))).isEmpty();
        assertThatThrownBy(() -> new Server(
                        server.id(),
                        server.name(),
                        server.address(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(http, http)))
                .hasMessageContaining("two services");
    }

    @Test
    void aCodebaseIsServedFromInside() {
        Codebase codebase = Codebase.of("docs", CodeSource.directory("/srv/docs"));
        assertThat(codebase.webRoot("public/en").webRoot()).isEqualTo("public/en");
        assertThat(codebase.on("b", "a").on("a").servers()).containsExactly(Name.of("a"), Name.of("b"));
        for (String bad : new String[] {"..", "/etc", "a/../..", "a\nb", "$uri/..", "a/"}) {
            assertThatThrownBy(() -> codebase.webRoot(bad)).as(bad).isInstanceOf(InvalidValueException.class);
        }
        assertThatThrownBy(() -> CodeSource.directory("relative")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void valuesThatExistDoNotChangeWithWhatTheyWereMadeOf() {
        Site site = SITE.http("web1/http");
        assertThatThrownBy(() -> site.services().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> site.aliases().add(site.name())).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> Settings.none().values().put("a", "b"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(site.service(ServiceKind.HTTP)).contains(ServiceRef.of("web1/http"));
        assertThat(site.service(ServiceKind.CODE)).isEmpty();
    }
}
