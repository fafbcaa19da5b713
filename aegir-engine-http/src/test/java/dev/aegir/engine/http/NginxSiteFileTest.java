// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static dev.aegir.engine.http.NginxDirective.fixed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Redirect;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import dev.aegir.model.VirtualHost;
import dev.aegir.model.VirtualHost.PhpFpm;
import dev.aegir.model.VirtualHost.ReverseProxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NginxSiteFileTest {
    private static final NginxSettings DEFAULTS = NginxSettings.of(Settings.none());

    @Test
    void aStaticSite() {
        VirtualHost site = Samples.redirecting(
                Samples.named(Samples.site(), List.of("help.example.net"), List.of("www.docs.example.net")),
                Redirect.of("/old", "/new"));
        assertThat(NginxSiteFile.render(Samples.hidden(site), DEFAULTS).content())
                .isEqualTo(Scripts.resource("static-site.conf"));
    }

    @Test
    void aPhpSite() {
        VirtualHost site = Samples.mounting(
                Samples.by(Samples.site(), new PhpFpm(HostPath.of("/run/php/docs.sock"), 64)),
                new VirtualHost.Mount("/sites/default/files", HostPath.of("/srv/aegir/sites/X/my files")));
        assertThat(NginxSiteFile.render(site, DEFAULTS).content()).isEqualTo(Scripts.resource("php-site.conf"));
    }

    @Test
    void whatIsMissingInAMountOfGeneratedFilesIsAskedOfThePhpSite() {
        VirtualHost.Mount mount = new VirtualHost.Mount("/sites/x/files", HostPath.of("/srv/files"), true);
        VirtualHost site = Samples.mounting(Samples.site(), mount);
        assertThat(NginxSiteFile.render(Samples.by(site, new PhpFpm(HostPath.of("/run/php/docs.sock"), 64)), DEFAULTS)
                        .content())
                .containsOnlyOnce("try_files $uri /index.php$is_args$args;")
                .contains("alias /srv/files/;");
        assertThat(NginxSiteFile.render(site, DEFAULTS).content()).doesNotContain("index.php");
    }

    @Test
    void aDisabledSite() {
        VirtualHost site = Samples.by(
                Samples.redirecting(Samples.site(), Redirect.of("/old", "/new")), new VirtualHost.Disabled());
        assertThat(NginxSiteFile.render(site, DEFAULTS).content()).isEqualTo(Scripts.resource("disabled-site.conf"));
    }

    @Test
    void aSiteThatIsBeingWorkedOn() {
        String disabled = NginxSiteFile.render(Samples.by(Samples.site(), new VirtualHost.Disabled()), DEFAULTS)
                .content();
        String maintenance = NginxSiteFile.render(Samples.by(Samples.site(), new VirtualHost.Maintenance()), DEFAULTS)
                .content();
        assertThat(maintenance.replaceFirst("return 200 [0-9a-f]+", ""))
                .isEqualTo(disabled.replace("/disabled.html", "/maintenance.html")
                        .replace("Retry-After 3600", "Retry-After 300")
                        .replaceFirst("return 200 [0-9a-f]+", ""));
    }

    @Test
    void mountsAreOfFilesAndPhpOnly() {
        VirtualHost.Mount mount = new VirtualHost.Mount("/files", HostPath.of("/srv/files"));
        VirtualHost site = Samples.mounting(Samples.site(), mount);
        assertThat(NginxSiteFile.render(site, DEFAULTS).content()).contains("alias /srv/files/;");
        assertThat(NginxSiteFile.render(Samples.by(site, new VirtualHost.Disabled()), DEFAULTS)
                        .content())
                .doesNotContain("alias");
        assertThatThrownBy(() -> NginxSiteFile.render(Samples.mounting(Samples.site(), mount, mount), DEFAULTS))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("two mounts");
        assertThatThrownBy(() -> NginxSiteFile.render(
                        Samples.mounting(Samples.site(), new VirtualHost.Mount("/files", HostPath.of("/srv/$uri"))),
                        DEFAULTS))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void theServiceItself() {
        assertThat(NginxServerFile.render(ServiceRef.of("web1/http"), DEFAULTS).content())
                .isEqualTo(Scripts.resource("server.conf"));
    }

    @Test
    void theGenerationIsTheContents() {
        VirtualHost site = Samples.site();
        NginxGeneration.File file = NginxSiteFile.render(site, DEFAULTS);
        assertThat(NginxSiteFile.render(site, DEFAULTS)).isEqualTo(file);
        assertThat(file.generation().path()).isEqualTo("/.well-known/aegir/" + site.owner());
        assertThat(file.content()).contains("return 200 " + file.generation().hash() + ";");
        assertThat(NginxSiteFile.render(Samples.hidden(site), DEFAULTS)
                        .generation()
                        .hash())
                .isNotEqualTo(file.generation().hash());
    }

    @Test
    void aNameIsWrittenOnce() {
        VirtualHost site = Samples.named(
                Samples.site(),
                List.of("a.example.net", "docs.example.net"),
                List.of("a.example.net", "b.example.net", "b.example.net"));
        List<NginxDirective> servers =
                NginxParser.parse(NginxSiteFile.render(site, DEFAULTS).content());
        assertThat(servers).hasSize(2);
        assertThat(servers.get(0).block().orElseThrow())
                .contains(fixed("server_name", "docs.example.net", "a.example.net"));
        assertThat(servers.get(1).block().orElseThrow()).contains(fixed("server_name", "b.example.net"));
    }

    @ParameterizedTest
    @CsvSource({
        "/old, /old",
        "/, /",
        "/a/, /a/",
        "/a//b///c, /a/b/c",
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/a/b/.., /a/",
        "/a/., /a/",
        "/old%20page, /old page",
        "/caf%C3%A9, /café",
        "/%7B%7D%3B%22%27%5C, /{};\"'\\",
        "/a%2Fb, /a/b",
        "/a%23b, /a#b"
    })
    void aRedirectIsForThePathAsNginxComparesIt(String path, String compared) {
        VirtualHost site = Samples.redirecting(Samples.site(), Redirect.of(path, "/new"));
        List<NginxDirective> server = NginxParser.parse(
                        NginxSiteFile.render(site, DEFAULTS).content())
                .get(0)
                .block()
                .orElseThrow();
        assertThat(server).contains(fixed("location", "=", compared).with(fixed("return", "301", "/new")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%24uri",
                "/%",
                "/%2",
                "/%zz",
                "/%00",
                "/%0A",
                "/%0d",
                "/%ff",
                "/..",
                "/a/../..",
                "/%2e%2e/x",
                "/.well-known/aegir/x"
            })
    void aRedirectThatCannotBeIsRefused(String path) {
        VirtualHost site = Samples.redirecting(Samples.site(), Redirect.of(path, "/new"));
        assertThatThrownBy(() -> NginxSiteFile.render(site, DEFAULTS)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void twoRedirectsThatNginxCannotTellApartAreRefused() {
        VirtualHost site = Samples.redirecting(Samples.site(), Redirect.of("/a/b", "/c"), Redirect.of("/a//%62", "/d"));
        assertThatThrownBy(() -> NginxSiteFile.render(site, DEFAULTS))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("two redirects");
    }

    @Test
    void anUpstreamWithAnAddressIsWrittenAsItIs() {
        for (String host : List.of("192.0.2.7", "[2001:db8::7]", "localhost")) {
            String file = NginxSiteFile.render(Samples.by(Samples.site(), new ReverseProxy(host, 8080)), DEFAULTS)
                    .content();
            assertThat(location(file, "/")).contains(fixed("proxy_pass", "http://" + host + ":8080"));
        }
    }

    @Test
    void anUpstreamWithANameNeedsAResolver() {
        VirtualHost site = Samples.by(Samples.site(), new ReverseProxy("app.example.net", 8080));
        assertThatThrownBy(() -> NginxSiteFile.render(site, DEFAULTS))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("resolver");
        NginxSettings settings = NginxSettings.of(Settings.none().with("resolver", "192.0.2.53"));
        assertThat(location(NginxSiteFile.render(site, settings).content(), "/"))
                .contains(
                        fixed("resolver", "192.0.2.53"),
                        fixed("set", "$aegir_upstream", "app.example.net"),
                        fixed("proxy_pass", "http://$aegir_upstream:8080"));
    }

    private static List<NginxDirective> location(String file, String path) {
        return NginxParser.parse(file).get(0).block().orElseThrow().stream()
                .filter(d -> d.words().equals(fixed("location", path).words()))
                .findFirst()
                .orElseThrow()
                .block()
                .orElseThrow();
    }
}
