// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Service;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Engine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NginxEngineTest {
    private final NginxEngine engine = new NginxEngine();

    @Test
    void isFound() {
        assertThat(ServiceLoader.load(Engine.class)).hasAtLeastOneElementOfType(NginxEngine.class);
    }

    @Test
    void publishesASiteAsOneFileNamedByItsId() {
        ConfigChange step = only(engine.ensure(Samples.request(Samples.site())));
        assertThat(step.name()).isEqualTo("nginx: publish docs.example.net on web1");
        FileTransaction change = step.change();
        assertThat(change.files()).hasSize(1);
        FileChange.Write file = (FileChange.Write) change.files().get(0);
        assertThat(file.path()).isEqualTo(HostPath.of("/etc/nginx/aegir/sites/" + Samples.ID + ".conf"));
        assertThat(file.owner()).contains(Samples.ID);
        assertThat(change.contained())
                .containsExactly(
                        new Containment(Samples.site().root(), Samples.site().within()));
        assertThat(change.drift()).isEqualTo(DriftPolicy.OVERWRITE);
        assertThat(change.checks()).hasSize(1);
        assertThat(change.activations()).hasSize(1);
        assertThat(change.confirmations()).hasSize(1);
    }

    /** Nobody but the server itself asks for it, under its own name, until it is published. */
    @Test
    void rehearsesASiteWhereNobodyElseAsks() {
        List<Step> steps = engine.rehearse(Samples.request(Samples.site()), "/up?a=b");
        ConfigChange step = (ConfigChange) steps.get(0);
        FileChange.Write file = (FileChange.Write) step.change().files().get(0);
        assertThat(file.path()).isEqualTo(HostPath.of("/etc/nginx/aegir/sites/" + Samples.ID + ".rehearsal.conf"));
        assertThat(file.owner()).contains(Samples.ID);
        assertThat(file.content().lines().map(String::strip).filter(line -> line.startsWith("listen ")))
                .isNotEmpty()
                .containsOnly("listen 127.0.0.1:20080;");
        assertThat(file.content()).contains("server_name docs.example.net");
        assertThat(step.change().contained()).hasSize(1);
        assertThat(steps.subList(1, steps.size()))
                .singleElement()
                .isInstanceOfSatisfying(
                        AskSite.class,
                        ask -> assertThat(ask.question().words())
                                .endsWith("127.0.0.1", "20080", "docs.example.net", "/up?a=b"));
        FileTransaction open =
                only(engine.open(Samples.request(Samples.site()))).change();
        FileTransaction ensure =
                only(engine.ensure(Samples.request(Samples.site()))).change();
        assertThat(open.files())
                .containsExactly(ensure.files().get(0), new FileChange.Delete(file.path(), Optional.of(Samples.ID)));
        assertThat(open.confirmations()).isEqualTo(ensure.confirmations());
    }

    @Test
    void removesThatFileAndNoOther() {
        FileTransaction change =
                only(engine.remove(Samples.request(Samples.site()))).change();
        assertThat(change.files())
                .containsExactly(new FileChange.Delete(
                        HostPath.of("/etc/nginx/aegir/sites/" + Samples.ID + ".conf"), Optional.of(Samples.ID)));
        assertThat(change.contained()).isEmpty();
    }

    @Test
    void aSiteThatServesNoFilesNeedsNone() {
        for (VirtualHost.Handler handler :
                List.of(new VirtualHost.Disabled(), new VirtualHost.ReverseProxy("192.0.2.7", 80))) {
            assertThat(only(engine.ensure(Samples.request(Samples.by(Samples.site(), handler))))
                            .change()
                            .contained())
                    .isEmpty();
        }
    }

    @Test
    void changesOfManySitesAreCheckedAndActivatedOnce() {
        List<ConfigChange> changes = IntStream.range(0, 100)
                .mapToObj(i -> only(engine.ensure(Samples.request(Samples.as(Id.next(), "site" + i + ".example.net")))))
                .toList();
        FileTransaction all = ConfigChange.merged("republish", changes).change();
        assertThat(all.files()).hasSize(100);
        assertThat(all.checks()).hasSize(1);
        assertThat(all.activations()).hasSize(1);
        assertThat(all.confirmations()).hasSize(1);
        ConfigChange removal = only(engine.remove(Samples.request(Samples.site())));
        assertThat(ConfigChange.merged("mixed", List.of(changes.get(0), removal))
                        .change()
                        .activations())
                .hasSize(1);
    }

    @Test
    void preparesTheServer() {
        ConfigChange step = only(engine.prepare(new ServiceRequest(Samples.WEB1, Samples.NGINX)));
        assertThat(step.change().files().stream().map(file -> file.path().value()))
                .containsExactly(
                        "/etc/nginx/sites-enabled/default",
                        "/etc/nginx/conf.d/aegir.conf",
                        "/etc/nginx/aegir/pages/disabled.html",
                        "/etc/nginx/aegir/pages/maintenance.html");
    }

    @ParameterizedTest
    @CsvSource({"keep, KEEP", "fail, FAIL"})
    void debiansDefaultSiteIsDisabledWhateverThePolicyForOurFiles(String setting, DriftPolicy policy) {
        List<Step> steps = engine.prepare(new ServiceRequest(Samples.WEB1, Samples.NGINX.with("drift", setting)));
        assertThat(steps).hasSize(2);
        ConfigChange first = (ConfigChange) steps.get(0);
        assertThat(first.change().drift()).isEqualTo(DriftPolicy.OVERWRITE);
        assertThat(first.change().files())
                .containsExactly(
                        new FileChange.Delete(HostPath.of("/etc/nginx/sites-enabled/default"), Optional.empty()));
        assertThat(((ConfigChange) steps.get(1)).change().drift()).isEqualTo(policy);
    }

    @Test
    void installsNginxOnlyWhenTold() {
        List<Step> steps = engine.prepare(new ServiceRequest(Samples.WEB1, Samples.NGINX.with("install", "true")));
        assertThat(steps).hasSize(2);
        RunCommand install = (RunCommand) steps.get(0);
        assertThat(install.name()).isEqualTo("nginx: install on web1");
        assertThat(install.unless()).isPresent();
        assertThat(install.script()).contains("apt-get");
    }

    @Test
    void whatVariesIsAnArgumentOfAFixedScript() {
        Service elsewhere = Samples.NGINX
                .with("config-dir", "/opt/nginx")
                .with("log-dir", "/opt/log")
                .with("pid-file", "/opt/nginx.pid")
                .with("listen", "[2001:db8::1]:8080, 80");
        FileTransaction there =
                only(engine.ensure(Samples.request(Samples.site(), elsewhere))).change();
        FileTransaction here =
                only(engine.ensure(Samples.request(Samples.site()))).change();
        assertThat(script(there.checks())).isEqualTo(script(here.checks()));
        assertThat(script(there.activations())).isEqualTo(script(here.activations()));
        assertThat(script(there.confirmations())).isEqualTo(script(here.confirmations()));
        assertThat(arguments(there.checks())).containsExactly("/opt/nginx/nginx.conf", "/opt/nginx.pid", "http");
        assertThat(arguments(there.activations())).containsExactly("/opt/nginx.pid", "/opt/log/error.log", "30");
        assertThat(arguments(there.confirmations()))
                .startsWith("/opt/nginx.pid", "/opt/nginx/aegir/sites/" + Samples.ID + ".conf")
                .endsWith("2001:db8::1", "8080", "docs.example.net", "/.well-known/aegir/" + Samples.ID);
    }

    @Test
    void aServiceWithAnotherNameIsNamed() {
        ConfigChange step = only(engine.ensure(Samples.request(Samples.site(), Samples.NGINX.named("front"))));
        assertThat(step.name()).isEqualTo("nginx: publish docs.example.net on web1/front");
    }

    @ParameterizedTest
    @CsvSource({
        "listen, ''",
        "listen, 0",
        "listen, 65536",
        "listen, eighty",
        "listen, '80,'",
        "listen, example.net:80",
        "drift, perhaps",
        "drift, OVERWRITE",
        "install, yes",
        "config-dir, nginx",
        "sites-dir, /etc/*/x",
        "reload-timeout, 0",
        "reload-timeout, soon",
        "resolver, example.net"
    })
    void asettingThatMakesNoSenseIsRefused(String setting, String value) {
        Service service = Samples.NGINX.with(setting, value);
        assertThatThrownBy(() -> engine.ensure(Samples.request(Samples.site(), service)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining(setting.equals("config-dir") ? "path" : setting);
    }

    private static ConfigChange only(List<Step> steps) {
        assertThat(steps).hasSize(1);
        return (ConfigChange) steps.get(0);
    }

    private static String script(List<Command> commands) {
        assertThat(commands).hasSize(1);
        assertThat(commands.get(0).words()).startsWith("sh", "-c");
        return commands.get(0).words().get(2);
    }

    private static List<String> arguments(List<Command> commands) {
        return commands.get(0).words().subList(4, commands.get(0).words().size());
    }
}
