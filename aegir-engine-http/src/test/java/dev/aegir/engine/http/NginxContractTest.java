// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Redirect;
import dev.aegir.model.Settings;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What every engine must keep, on a host whose nginx reads its files, loads them, and answers from what it loaded. */
class NginxContractTest extends EngineContract<VirtualHost> {
    private static final NginxSettings SETTINGS = NginxSettings.of(Settings.none());
    private static final Id NEIGHBOUR = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");

    @Override
    protected Engine<VirtualHost> engine() {
        return new NginxEngine();
    }

    @Override
    protected VirtualHost sample() {
        return Samples.redirecting(
                Samples.named(Samples.site(), List.of("help.example.net"), List.of("www.docs.example.net")),
                Redirect.of("/old", "/new"));
    }

    @Override
    protected VirtualHost changed() {
        return Samples.hidden(Samples.by(
                Samples.at(Samples.site(), "/srv/aegir/code/newer/tree", "/srv/aegir/code/newer/tree"),
                new VirtualHost.PhpFpm(HostPath.of("/run/php/docs.sock"))));
    }

    @Override
    protected VirtualHost neighbour() {
        return Samples.as(NEIGHBOUR, "neighbour.example.net");
    }

    @Override
    protected Map<String, VirtualHost> refused() {
        return Map.of(
                "a root with a variable", Samples.at(Samples.site(), "/srv/$uri", "/srv"),
                "an upstream by name without a resolver",
                        Samples.by(Samples.site(), new VirtualHost.ReverseProxy("app.example.net", 80)),
                "two redirects of one path",
                        Samples.redirecting(Samples.site(), Redirect.of("/a", "/b"), Redirect.of("//a", "/c")));
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(
                HostPath.of("/etc/nginx/aegir"),
                HostPath.of("/etc/nginx/conf.d/aegir.conf"),
                HostPath.of("/etc/nginx/sites-enabled/default"));
    }

    @Override
    protected void given(FakeHost host, VirtualHost site) {
        host.directory(site.root().value());
        host.link("/etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default");
        install(host, NginxCommands.check(SETTINGS, "http"), call -> test(call.host()));
        install(host, NginxCommands.activate(SETTINGS), call -> {
            call.host().fact("loaded", files(call.host()));
            return Answer.ok();
        });
        Command confirm = NginxCommands.confirm(
                SETTINGS, SETTINGS.serverFile(), new NginxGeneration("/x", "x"), "docs.example.net");
        install(host, confirm, NginxContractTest::ask);
    }

    @Override
    protected void verify(FakeHost host, VirtualHost site) {
        String file =
                host.text("/etc/nginx/aegir/sites/" + site.owner() + ".conf").orElseThrow();
        NginxGeneration.File wanted = NginxSiteFile.render(site, SETTINGS);
        assertThat(file).isEqualTo(wanted.content());
        assertThat(NginxParser.parse(file).get(0).block().orElseThrow())
                .contains(NginxDirective.directive(
                        "root", NginxValue.literal(site.root().value())));
        assertThat(host.fact("loaded")).contains(wanted.generation().hash());
    }

    private static void install(FakeHost host, Command command, Function<Call, Answer> program) {
        host.program(
                program,
                command.words().get(0),
                command.words().get(1),
                command.words().get(2));
    }

    private static Answer test(FakeHost host) {
        try {
            NginxParser.parse(files(host));
            return Answer.ok();
        } catch (IllegalArgumentException e) {
            return Answer.failed(1, "nginx: [emerg] " + e.getMessage());
        }
    }

    private static Answer ask(Call call) {
        String generation = call.command().words().get(6);
        return call.host().fact("loaded").contains("return 200 " + generation)
                ? Answer.ok()
                : Answer.failed(1, generation + " is not loaded");
    }

    /** The whole configuration. */
    private static String files(FakeHost host) {
        return host.snapshot().files().stream()
                .filter(path ->
                        path.value().startsWith("/etc/nginx/") && path.value().endsWith(".conf"))
                .map(path -> host.text(path.value()).orElseThrow())
                .collect(Collectors.joining());
    }
}
